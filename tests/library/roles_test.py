"""Faults for checkers/library/postgres/roles.yaml."""
from library import LibraryTest


class Roles(LibraryTest):

    def test_superuser_can_log_in(self):
        self.assert_ok()
        self.with_objects('CREATE ROLE mighty SUPERUSER LOGIN', 'DROP ROLE mighty')
        self.assert_fails('^role "mighty" is a superuser and can log in$')
        self.assert_ok(allowed=['postgres', 'mighty'])
        self.sql('ALTER ROLE mighty NOLOGIN')
        self.assert_ok()

    def test_role_bypasses_row_security(self):
        self.assert_ok()
        self.with_objects('CREATE ROLE passing BYPASSRLS', 'DROP ROLE passing')
        self.assert_fails('^role "passing" passes by row security$')
        self.assert_ok(allowed=['passing'])

    def test_role_reaches_files(self):
        self.assert_ok()
        self.with_objects('CREATE ROLE porter;\nGRANT pg_execute_server_program, pg_read_server_files TO porter;\n'
                          'CREATE ROLE loader LOGIN IN ROLE porter', 'DROP ROLE loader, porter')
        self.assert_fails('^role "loader" reaches files or programs of the server through pg_execute_server_program, '
                          'pg_read_server_files$')
        self.assert_ok(allowed=['loader'])

    def test_role_expires_soon(self):
        self.with_objects("CREATE ROLE guest LOGIN VALID UNTIL 'infinity'", 'DROP ROLE guest')
        self.assert_ok()
        self.sql("DO $$ BEGIN EXECUTE format('ALTER ROLE guest VALID UNTIL %L', now() + '10 days'); END $$")
        self.assert_fails('^the password of role "guest" runs out at ')
        self.assert_ok(within='9 days')
        self.assert_ok(ignore=['guest'])
        self.sql("ALTER ROLE guest VALID UNTIL '2020-02-02'")
        self.assert_fails('^the password of role "guest" ran out at 2020-02-02 00:00$')
        self.sql('ALTER ROLE guest NOLOGIN')
        self.assert_ok()
