"""Faults for checkers/library/postgres/server.yaml, but for checksums_off, which wants another cluster."""
import psycopg2

from library import LibraryTest


class Server(LibraryTest):

    def test_checksum_failures(self):
        self.assert_ok()
        self.with_objects('CREATE DATABASE whole', 'DROP DATABASE IF EXISTS damaged; DROP DATABASE whole')
        whole = self.connect(database='whole')
        whole.sql("CREATE TABLE rows AS SELECT repeat('x', 100) FROM generate_series(1, 1000)")
        whole.close()
        # Copied as files, so that no page of the copy is in memory when one is changed on disk.
        self.wait(lambda: self.value("SELECT count(*) FROM pg_stat_activity WHERE datname = 'whole'") == 0, 'the end')
        self.sql('CREATE DATABASE damaged TEMPLATE whole STRATEGY file_copy')
        damaged = self.connect(database='damaged')
        path = self.postgres.data / damaged.value("SELECT pg_relation_filepath('rows')")
        with open(path, 'r+b') as file:
            file.seek(8192 + 5000)
            file.write(b'damage')
        with self.assertRaisesRegex(psycopg2.Error, 'invalid page in block 1'):
            damaged.sql('SELECT count(*) FROM rows')
        self.assert_fails('^1 pages of database "damaged" had a wrong checksum, the last one at 2')
        damaged.close()

    def test_dangerous_settings(self):
        self.assert_ok()
        self.change_settings(fsync='off')
        self.assert_fails('^fsync is off for the server: a crash of the machine loses the cluster$')
        self.assert_ok(ignore=['fsync'])
        self.reset_settings('fsync')
        self.wait(lambda: self.value("SELECT current_setting('fsync')") == 'on', 'fsync')
        self.assert_ok()
        self.with_objects('CREATE ROLE hasty;\nALTER ROLE hasty SET synchronous_commit = off', 'DROP ROLE hasty')
        self.assert_fails('^synchronous_commit is off for role hasty: a crash loses transactions')

    def test_pending_restart(self):
        self.assert_ok()
        self.addCleanup(self.reset_settings, 'max_connections')
        self.sql('ALTER SYSTEM SET max_connections = 51')
        self.reload()
        self.assert_fails('^setting max_connections was changed and waits for a restart; it still is "50"$')
        self.reset_settings('max_connections')

    def test_collation_version_mismatch(self):
        self.with_objects("CREATE COLLATION english (provider = icu, locale = 'en');\n"
                          'CREATE TABLE english_text (t text COLLATE english PRIMARY KEY)',
                          'DROP TABLE english_text; DROP COLLATION english')
        self.assert_ok()
        self.sql("UPDATE pg_collation SET collversion = '1.2' WHERE collname = 'english'")
        self.assert_fails('^collation english has version 1.2 here and .* in the system')
        self.sql('ALTER COLLATION english REFRESH VERSION')
        self.assert_ok()
        self.with_objects("CREATE DATABASE icu TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'",
                          'DROP DATABASE icu')
        self.assert_ok()
        self.sql("UPDATE pg_database SET datcollversion = '1.2' WHERE datname = 'icu'")
        self.assert_fails('^the default collation of database "icu" has version 1.2 here')

    def test_wal_directory_size(self):
        self.assert_ok()
        self.assert_fails(r'^pg_wal holds .* in \d+ files, \d+ % of max_wal_size, more than 1 %$', max_percent=1)

    def test_checkpoints_on_request(self):
        self.assert_ok()
        self.sql('CHECKPOINT')
        self.wait(lambda: self.value('SELECT checkpoints_req FROM pg_stat_bgwriter') > 0, 'a count of checkpoints')
        self.assert_fails(r'^\d+ of \d+ checkpoints since .* were requested \(\d+ %\), more than 0 %$', max_percent=0,
                          min_checkpoints=1)
        self.assert_ok(max_percent=100, min_checkpoints=1)

    def test_temporary_files(self):
        self.assert_ok(max_per_day='0')
        self.addCleanup(self.postgres.psql, 'SELECT pg_stat_reset()')
        self.sql("SET work_mem = '64kB'")
        self.sql('SELECT count(*) FROM (SELECT i FROM generate_series(1, 50000) i ORDER BY -i OFFSET 1) sorted')
        self.flush_statistics()
        self.assert_fails('^queries in database "postgres" write .* a day to temporary files', max_per_day='0')
        self.assert_ok()

    def test_cache_hit_ratio(self):
        self.assert_ok()
        self.assert_fails(r'^.* % of \d+ pages that database ".*" wanted were in shared buffers, less than 100 %',
                          min_percent=100, min_reads=1)
        self.assert_ok(min_percent=0, min_reads=1)
