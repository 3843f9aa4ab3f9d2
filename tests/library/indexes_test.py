"""Faults for checkers/library/postgres/indexes.yaml."""
import psycopg2

from library import LibraryTest

OWN = '^checker[.]'  # the extension's own indexes are no matter of these tests


class Indexes(LibraryTest):

    def test_invalid_index(self):
        self.with_objects('CREATE TABLE doubled (id int);\nINSERT INTO doubled VALUES (1), (1)', 'DROP TABLE doubled')
        self.assert_ok()
        with self.assertRaises(psycopg2.errors.UniqueViolation):
            self.sql('CREATE UNIQUE INDEX CONCURRENTLY doubled_id ON doubled (id)')
        self.assert_fails('^index public.doubled_id on table doubled is not valid: queries do not use it')
        self.assert_ok(ignore='^public[.]doubled_id$')
        self.sql('DROP INDEX doubled_id')
        self.assert_ok()

    def test_duplicate_index(self):
        self.with_objects('CREATE TABLE twice (a int PRIMARY KEY, b text);\n'
                          'CREATE INDEX twice_b ON twice (b);\nCREATE INDEX twice_b_desc ON twice (b DESC);\n'
                          'CREATE INDEX twice_b_lower ON twice (lower(b));\n'
                          'CREATE INDEX twice_b_some ON twice (b) WHERE a > 1', 'DROP TABLE twice')
        self.assert_ok()
        self.sql('CREATE INDEX twice_b_again ON twice (b)')
        self.assert_fails('^indexes twice_b, twice_b_again on table public.twice are the same; .* could be saved$')
        self.assert_ok(ignore='twice')
        self.sql('DROP INDEX twice_b_again')
        self.sql('CREATE INDEX twice_a ON twice (a)')
        self.assert_fails('^indexes twice_a, twice_pkey on table public.twice')

    def test_redundant_index(self):
        self.with_objects('CREATE TABLE longer (a int, b int, c int);\nCREATE INDEX longer_ab ON longer (a, b);\n'
                          'CREATE INDEX longer_b ON longer (b);\nCREATE INDEX longer_a_desc ON longer (a DESC);\n'
                          'CREATE INDEX longer_a_some ON longer (a) WHERE b > 1;\n'
                          'CREATE UNIQUE INDEX longer_a_unique ON longer (a)', 'DROP TABLE longer')
        self.assert_ok(min_size='0', ignore=OWN)
        self.sql('CREATE INDEX longer_a ON longer (a)')
        self.assert_fails('^index public.longer_a .* is the beginning of index longer_ab of the same table',
                          min_size='0', ignore=OWN)
        self.assert_ok()

    def test_unused_index(self):
        limits = {'min_size': '0', 'min_observed': '0', 'ignore': OWN}
        self.assert_ok(**limits)
        self.with_objects('CREATE TABLE seldom (id int PRIMARY KEY, a int);\nCREATE INDEX seldom_a ON seldom (a)',
                          'DROP TABLE seldom')
        self.assert_fails('^index public.seldom_a .* has not been used since', **limits)
        self.assert_ok()
        self.sql('SET enable_seqscan = off')
        self.sql('SELECT FROM seldom WHERE a = 1')
        self.flush_statistics()
        self.assert_ok(**limits)

    def test_foreign_key_without_index(self):
        limits = {'min_size': '0', 'ignore': OWN}
        self.with_objects('CREATE TABLE customer (a int, b int, PRIMARY KEY (a, b));\n'
                          'CREATE TABLE purchase (a int, b int, n int, CONSTRAINT of_customer FOREIGN KEY (a, b) '
                          'REFERENCES customer)', 'DROP TABLE purchase, customer')
        sample = self.assert_fails('^foreign key of_customer of table public.purchase .* to customer has no index',
                                   **limits)
        self.assertEqual(sample[0]['columns'], ['a', 'b'])
        self.assert_ok()
        self.sql('CREATE INDEX purchase_na ON purchase (n, a, b)')
        self.assert_fails('of_customer', **limits)
        self.sql('CREATE INDEX purchase_ba ON purchase (b, a, n)')
        self.assert_ok(**limits)

    def test_index_bloat(self):
        limits = {'min_wasted': '100 kB', 'max_percent': 30, 'ignore': OWN}
        self.with_objects('CREATE TABLE thinned (id int PRIMARY KEY, name text);\n'
                          "INSERT INTO thinned SELECT i, 'name ' || i FROM generate_series(1, 20000) i;\n"
                          'CREATE INDEX thinned_name ON thinned (upper(name));\nANALYZE thinned', 'DROP TABLE thinned')
        self.assert_ok(**limits)
        self.sql('DELETE FROM thinned WHERE id % 10 > 0')
        self.sql('VACUUM ANALYZE thinned')
        sample = self.assert_fails(r'^index public\.thinned_\w+: about .* of .* are unused \(\d+ %\), more than 30 %',
                                   **limits)
        self.assertEqual({row['index'] for row in sample}, {'thinned_pkey', 'thinned_name'})
        self.assert_ok()
        self.sql('REINDEX TABLE thinned')
        self.assert_ok(**limits)
