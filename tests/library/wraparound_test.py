"""Faults for checkers/library/postgres/wraparound.yaml."""
from library import LibraryTest


class Wraparound(LibraryTest):

    def test_transaction_id_age(self):
        self.burn_transaction_ids(200)
        self.assert_ok()
        sample = self.assert_fails(r'database ".+" holds transaction ids \d+ transactions old, more than 100;',
                                   max_age=100)
        self.assertIn('postgres', {row['database'] for row in sample})

    def test_table_transaction_id_age(self):
        self.burn_transaction_ids(200)
        self.assert_ok()
        self.assert_fails(r'pg_\w+\.\w+ \(.+\) holds transaction ids \d+ transactions old, more than 100', max_age=100)

    def test_multixact_age(self):
        self.with_objects('CREATE TABLE shared_row (id int PRIMARY KEY);\nINSERT INTO shared_row VALUES (1)',
                          'DROP TABLE shared_row')
        oldest = self.value('SELECT max(mxid_age(datminmxid)) FROM pg_database')
        self.assert_ok(max_age=oldest)
        other = self.connect()
        for session in (self.session, other):
            session.sql('BEGIN')
            session.sql('SELECT FROM shared_row FOR SHARE')
        for session in (self.session, other):
            session.sql('COMMIT')
        self.assert_fails(rf'holds multixact ids {oldest + 1} multixacts old, more than {oldest};', max_age=oldest)
        self.assert_ok()

    def test_vacuum_horizon(self):
        self.assert_ok(max_age=100)
        reader = self.connect()
        reader.sql('BEGIN ISOLATION LEVEL REPEATABLE READ')
        reader.sql('SELECT 1')
        self.burn_transaction_ids(200)
        self.assert_fails(rf'session {reader.pid} of postgres keeps rows that died up to \d+ transactions ago',
                          max_age=100)
        reader.sql('ROLLBACK')
        self.assert_ok(max_age=100)
        reader.sql('BEGIN')
        reader.sql('SELECT pg_current_xact_id()')
        reader.sql("PREPARE TRANSACTION 'undecided'")
        self.addCleanup(self.postgres.psql, "ROLLBACK PREPARED 'undecided'")
        self.burn_transaction_ids(200)
        self.assert_fails('^prepared transaction undecided keeps rows', max_age=100)
