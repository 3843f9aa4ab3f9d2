"""Faults for checkers/library/postgres/replication.yaml, and for what else wants a standby."""
import shutil

from library import LibraryTest, Session, run_program
from services import Postgres


class Standby(Postgres):
    """A streaming copy of a server, without a replication slot."""

    def __init__(self, directory, primary):
        super().__init__(directory)
        self.primary = primary

    def initialize(self):
        self._make_directory()
        run_program(self, 'pg_basebackup', '-D', str(self.data), '-d', self.primary.describe()['dsn'], '-R',
                    '-c', 'fast', '--no-sync')
        with open(self.data / 'postgresql.auto.conf', 'a', encoding='utf-8') as conf:
            conf.write(f"port = {self.port}\nunix_socket_directories = '{self.socket_directory}'\nfsync = off\n"
                       "cluster_name = 'copy'\nwal_receiver_status_interval = '1s'\nhot_standby_feedback = off\n")


class Slots(LibraryTest):

    def with_slot(self):
        self.sql("SELECT pg_create_physical_replication_slot('gone', true)")
        self.addCleanup(self.postgres.psql, "SELECT pg_drop_replication_slot('gone')")

    def test_replication_slot_inactive(self):
        self.assert_ok(min_retained='0')
        self.with_slot()
        self.assert_ok()
        self.assert_fails('^physical replication slot "gone" has no consumer and retains .* of WAL$', min_retained='0')
        self.assert_ok(min_retained='0', ignore='^gone$')

    def test_replication_slot_retention(self):
        self.assert_ok(max_retained='0')
        self.with_slot()
        self.sql("SELECT pg_logical_emit_message(false, 'test', repeat('x', 100000))")
        self.assert_ok()
        self.assert_fails('^replication slot "gone" retains .* of WAL, more than 64 kB; its state is "reserved"$',
                          max_retained='64 kB')
        self.change_settings(max_slot_wal_keep_size='1MB')

        def lost():
            self.sql("SELECT pg_logical_emit_message(false, 'test', 'x')")
            self.sql('SELECT pg_switch_wal()')
            self.sql('CHECKPOINT')
            return self.value("SELECT wal_status FROM pg_replication_slots WHERE slot_name = 'gone'") == 'lost'
        self.wait(lost, 'loss of WAL')
        self.assert_fails('^replication slot "gone" has lost WAL that its consumer needs$')


class Archive(LibraryTest):

    def break_archive(self):
        self.change_settings(archive_command='/bin/false')
        self.addCleanup(self.wait_until_archived)
        failures = self.value('SELECT failed_count FROM pg_stat_archiver')
        self.sql("SELECT pg_logical_emit_message(false, 'test', 'x')")
        self.sql('SELECT pg_switch_wal()')
        self.wait(lambda: self.value('SELECT failed_count FROM pg_stat_archiver') > failures, 'a failure to archive')

    def wait_until_archived(self):
        self.reset_settings('archive_command')
        session = Session(self.postgres)
        self.wait(lambda: session.value('SELECT coalesce(last_failed_time < last_archived_time, true) '
                                        'FROM pg_stat_archiver'), 'the archive')
        session.close()

    def test_archiver_failure(self):
        self.assert_ok()
        self.break_archive()
        self.assert_fails('^archiving [0-9A-F]{24} failed at ')
        self.wait_until_archived()
        self.assert_ok()

    def test_archive_backlog(self):
        self.break_archive()
        self.assert_ok()
        self.assert_fails(r'^\d+ WAL files wait to be archived, more than 0; the oldest since', max_files=0)


class Synchronous(LibraryTest):

    def test_synchronous_standby_missing(self):
        self.assert_ok()
        self.change_settings(synchronous_standby_names='nobody')
        self.assert_fails('^no standby of "nobody" is connected: commits wait$')


class Subscriptions(LibraryTest):

    def test_subscription_stopped(self):
        self.assert_ok()
        self.with_objects("CREATE SUBSCRIPTION news CONNECTION 'dbname=elsewhere' PUBLICATION news "
                          'WITH (connect = false, slot_name = NONE)', 'DROP SUBSCRIPTION news')
        self.assert_fails('^subscription "news" is disabled; it had 0 errors$')
        self.assert_ok(ignore='^news$')


class Standbys(LibraryTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.standby = Standby(cls.postgres.directory.parent / 'standby', cls.postgres)
        cls.addClassCleanup(shutil.rmtree, cls.standby.directory)
        cls.addClassCleanup(cls.standby.stop)
        cls.standby.initialize()
        cls.standby.start()

    def setUp(self):
        super().setUp()
        self.copy = self.connect_standby()
        self.wait_until_streaming()

    def connect_standby(self):
        session = Session(self.standby)
        self.addCleanup(session.close)
        return session

    def wait_until_streaming(self):
        def streams():
            return (self.copy.value("SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'") == 1
                    and self.value("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == 1)
        self.wait(streams, 'streaming')

    def commit(self):
        """Commits something and returns the place in WAL after it."""
        self.sql('SELECT pg_current_xact_id()')
        return self.value('SELECT pg_current_wal_insert_lsn()')

    def replayed(self, place):
        return self.copy.value('SELECT pg_last_wal_replay_lsn() >= %s', place)

    def pause_replay(self):
        """Pauses it and has the primary write what the standby gets and does not replay."""
        place = self.commit()
        self.wait(lambda: self.replayed(place), 'replay')
        self.copy.sql('SELECT pg_wal_replay_pause()')
        self.wait(lambda: self.copy.value('SELECT pg_get_wal_replay_pause_state()') == 'paused', 'the pause')
        self.addCleanup(self.standby.psql, 'SELECT pg_wal_replay_resume()')
        place = self.commit()
        self.wait(lambda: self.value('SELECT bool_and(flush_lsn >= %s) FROM pg_stat_replication', place), 'the way')
        return place

    def test_replication_lag(self):
        self.assert_ok()
        self.pause_replay()
        self.assert_ok()
        self.assert_fails('^standby "copy" is .* behind', max_bytes='0')
        self.assert_ok(max_bytes='0', max_lag='1 day', ignore='^copy$')

    def test_standby_not_streaming(self):
        self.assert_ok()
        self.assert_ok(self.copy)
        self.pause_replay()
        self.assert_fails('^replay on this standby is paused$', self.copy)
        self.assert_ok()
        self.copy.sql('SELECT pg_wal_replay_resume()')
        self.wait(lambda: self.copy.value('SELECT pg_get_wal_replay_pause_state()') == 'not paused', 'replay')
        self.assert_ok(self.copy)
        conninfo = self.copy.value("SELECT current_setting('primary_conninfo')")
        self.copy.sql('ALTER SYSTEM SET primary_conninfo = %s', 'host=127.0.0.1 port=1')
        self.reload(self.copy)
        self.wait(lambda: self.copy.value('SELECT count(*) FROM pg_stat_wal_receiver') == 0, 'the end of streaming')
        self.assert_fails('^this standby does not stream WAL from its primary$', self.copy)
        self.copy.sql('ALTER SYSTEM SET primary_conninfo = %s', conninfo)
        self.reload(self.copy)
        self.wait_until_streaming()
        self.assert_ok(self.copy)

    def test_standby_replay_delay(self):
        place = self.pause_replay()
        self.assert_ok(self.copy)
        self.assert_fails('^the last transaction replayed was committed .* ago, more than 00:00:00$', self.copy,
                          max_delay='0')
        self.assert_ok(max_delay='0')
        self.copy.sql('SELECT pg_wal_replay_resume()')
        self.wait(lambda: self.replayed(place), 'replay')

    def test_all_checkers_answer_on_a_standby(self):
        self.with_objects('CREATE UNLOGGED SEQUENCE not_there;\nCREATE UNLOGGED TABLE neither (id serial PRIMARY KEY)',
                          'DROP SEQUENCE not_there; DROP TABLE neither')
        place = self.commit()
        self.wait(lambda: self.replayed(place), 'replay')
        errors = self.copy.sql("SELECT c.name, e.result ->> 'error' FROM checker.checkers c CROSS JOIN LATERAL "
                               "checker.evaluate_checker(c.namespace || '.' || c.name) e (result) "
                               "WHERE e.result ->> 'status' = 'error'")
        self.assertEqual(errors, [])

    def test_checksums_off(self):
        self.assert_ok()
        self.assert_ok(self.copy)
        self.standby.stop()
        run_program(self.standby, 'pg_checksums', '--disable', '--no-sync', '-D', str(self.standby.data))
        self.standby.start()
        self.copy = self.connect_standby()
        self.assert_fails('^data checksums are off: damage on disk would go unnoticed$', self.copy)
        self.assert_ok()
