"""Faults for checkers/library/postgres/vacuum.yaml."""
from library import LibraryTest


class Vacuum(LibraryTest):

    def with_table(self):
        self.with_objects('CREATE TABLE changing (id int PRIMARY KEY, filler text);\n'
                          "INSERT INTO changing SELECT i, repeat('x', 100) FROM generate_series(1, 2000) i;\n"
                          'SELECT pg_stat_force_next_flush();\nVACUUM ANALYZE changing', 'DROP TABLE changing')

    def test_dead_rows(self):
        self.with_table()
        self.assert_ok(min_rows=1)
        self.sql('DELETE FROM changing WHERE id % 4 > 0')
        self.flush_statistics()
        self.assert_ok()
        self.assert_fails('^table public.changing has 1500 dead rows and 500 live ones; autovacuum was due at 450',
                          min_rows=1)
        self.sql('ALTER TABLE changing SET (autovacuum_vacuum_threshold = 1000)')
        self.assert_ok(min_rows=1)
        self.sql('ALTER TABLE changing RESET (autovacuum_vacuum_threshold)')
        self.sql('VACUUM changing')
        self.assert_ok(min_rows=1)

    def test_autovacuum_disabled(self):
        self.with_table()
        self.assert_ok()
        self.sql('ALTER TABLE changing SET (autovacuum_enabled = of)')
        self.assert_fails('^autovacuum is switched off for table public.changing ')
        self.assert_ok(ignore='changing')
        self.sql('ALTER TABLE changing SET (autovacuum_enabled = on)')
        self.assert_ok()

    def test_stale_statistics(self):
        self.with_table()
        self.assert_ok(min_rows=1)
        self.sql("UPDATE changing SET filler = 'y' WHERE id > 1000")
        self.flush_statistics()
        self.assert_ok()
        self.assert_fails('^1000 rows of table public.changing have changed since it was analyzed .*; due at 250',
                          min_rows=1)
        self.sql('ANALYZE changing')
        self.assert_ok(min_rows=1)

    def test_table_without_statistics(self):
        self.with_objects('CREATE TABLE fresh (id int) PARTITION BY RANGE (id);\n'
                          'CREATE TABLE fresh_1 PARTITION OF fresh FOR VALUES FROM (0) TO (10000);\n'
                          'INSERT INTO fresh SELECT generate_series(1, 5000)', 'DROP TABLE fresh')
        limits = {'min_size': '64 kB', 'ignore': '^checker[.]'}
        self.assert_ok()
        sample = self.assert_fails(r'public\.fresh.* has never been analyzed \(and 1 more\)$', **limits)
        self.assertEqual({row['table'] for row in sample}, {'fresh', 'fresh_1'})
        self.sql('ANALYZE fresh_1')
        self.assert_fails(r'^partitioned table public.fresh .* has never been analyzed$', **limits)
        self.sql('ANALYZE fresh')
        self.assert_ok(**limits)

    def test_table_bloat(self):
        limits = {'min_wasted': '100 kB', 'max_percent': 20}
        self.with_table()
        self.assert_ok(**limits)
        self.sql('DELETE FROM changing WHERE id % 4 > 0')
        self.sql('VACUUM ANALYZE changing')
        self.assert_fails(r'^table public\.changing: about .* of .* are unused \(7\d %\), more than 20 %', **limits)
        self.assert_ok()
        self.sql('VACUUM FULL changing')
        self.sql('ANALYZE changing')
        self.assert_ok(**limits)
