"""Faults for checkers/library/postgres/superuser.yaml."""
from library import LibraryTest

# The MD5 of some password and name; nobody logs in with it.
MD5 = 'md5' + '0123456789abcdef' * 2


class Superuser(LibraryTest):

    def append(self, file, line):
        """Adds a line to a file of the data directory for as long as the test runs."""
        path = self.postgres.data / file
        before = path.read_text(encoding='utf-8')
        self.addCleanup(path.write_text, before, encoding='utf-8')
        path.write_text(f'{before}{line}\n', encoding='utf-8')

    def test_password_as_md5(self):
        self.assert_ok()
        self.with_objects(f"CREATE ROLE dated LOGIN PASSWORD '{MD5}'", 'DROP ROLE dated')
        self.assert_fails('^the password of role "dated" is stored as MD5$')
        self.sql("ALTER ROLE dated PASSWORD 'better'")
        self.assert_ok()

    def test_password_without_expiry(self):
        self.assert_ok()
        self.with_objects("CREATE ROLE eternal LOGIN PASSWORD 'x' VALID UNTIL 'infinity'", 'DROP ROLE eternal')
        self.assert_fails('^the password of role "eternal" never runs out$')
        self.sql("ALTER ROLE eternal VALID UNTIL '2100-01-01'")
        self.assert_ok()

    def test_configuration_error(self):
        self.assert_ok()
        self.append('postgresql.conf', "work_mem = 'plenty'")
        self.assert_fails(r'^/.*/postgresql\.conf, line \d+: work_mem: ')
        self.doCleanups()
        self.session = self.connect()
        self.append('pg_hba.conf', 'host all all everywhere')
        self.assert_fails(r'^/.*/pg_hba\.conf, line \d+: ')

    def test_trust_from_network(self):
        self.assert_ok()
        self.append('pg_hba.conf', 'hostssl all mary 10.0.0.0/8 trust')
        self.assert_fails(r'^line \d+ of pg_hba.conf lets mary in from 10.0.0.0 by method "trust"$')
        self.assert_ok(allowed=['127.0.0.1', '::1', '10.0.0.0'])
