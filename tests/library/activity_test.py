"""Faults for checkers/library/postgres/activity.yaml."""
import psycopg2

from library import LibraryTest


class Activity(LibraryTest):

    def waiter(self):
        """A session whose statement waits for a lock that the test's own holds, and its thread."""
        self.sql('SELECT pg_advisory_lock(1)')
        waiter = self.connect()
        thread = waiter.background('SELECT pg_advisory_lock(1)')
        self.addCleanup(thread.join)
        self.addCleanup(self.postgres.psql, f'SELECT pg_terminate_backend({waiter.pid})')
        self.wait(lambda: self.value('SELECT count(waitstart) FROM pg_locks WHERE pid = %s', waiter.pid) == 1, 'a wait')
        return waiter

    def test_connections(self):
        self.with_objects('CREATE ROLE limited LOGIN CONNECTION LIMIT 2', 'DROP ROLE limited')
        self.assert_ok()
        self.assert_fails(r'^\d+ of 47 connections of the cluster are used, more than 1 %', max_percent=1)
        first, second = self.connect(user='limited'), self.connect(user='limited')
        self.assert_fails('^2 of 2 connections of role "limited" are used, more than 85 %$')
        for session in (first, second):
            session.close()
            self.wait(lambda: self.value('SELECT count(*) FROM pg_stat_activity WHERE pid = %s', session.pid) == 0,
                      'the end of a session')
        self.assert_ok()

    def test_long_transaction(self):
        self.assert_ok(max_age='0')
        other = self.connect()
        other.sql('BEGIN')
        other.sql('SELECT 1')
        self.assert_ok()
        self.assert_fails(rf'^session {other.pid} \(idle in transaction\) of role "postgres" in database "postgres" '
                          r'has had a transaction open for .+, longer than 00:00:00$', max_age='0')
        self.assert_ok(max_age='0', ignore_roles=['postgres'])
        other.sql("SET application_name = 'pg_dump'")
        self.assert_ok(max_age='0')
        other.sql('ROLLBACK')

    def test_idle_in_transaction(self):
        other = self.connect()
        self.assert_ok(max_age='0')
        other.sql('BEGIN')
        self.assert_ok()
        self.assert_fails(rf'^session {other.pid} of role "postgres" in database "postgres" has been idle in '
                          'transaction for', max_age='0')
        self.assert_ok(max_age='0', ignore_roles=['postgres'])
        with self.assertRaises(psycopg2.Error):
            other.sql('SELECT 1 / 0')
        self.assert_fails(r'idle in transaction \(aborted\)', max_age='0')
        other.sql('ROLLBACK')
        self.assert_ok(max_age='0')

    def test_long_query(self):
        self.assert_ok(max_age='0')
        waiter = self.waiter()
        self.assert_ok()
        sample = self.assert_fails(rf'^session {waiter.pid} of role "postgres" .* running a statement for',
                                   max_age='0')
        self.assertEqual(sample[0]['waits_for'], 'Lock: advisory')

    def test_blocked_session(self):
        self.assert_ok(max_wait='0')
        waiter = self.waiter()
        self.assert_ok()
        self.assert_fails(rf'^session {waiter.pid} of role "postgres" has been waiting for ExclusiveLock on a advisory '
                          rf'for .*; blocked by {self.session.pid}$', max_wait='0')
        self.sql('SELECT pg_advisory_unlock(1)')
        self.wait(lambda: self.value('SELECT count(*) FROM pg_locks WHERE NOT granted') == 0, 'the lock')
        self.assert_ok(max_wait='0')

    def test_prepared_transaction(self):
        self.assert_ok(max_age='0')
        self.sql('BEGIN')
        self.sql('SELECT pg_current_xact_id()')
        self.sql("PREPARE TRANSACTION 'forgotten'")
        self.addCleanup(self.postgres.psql, "ROLLBACK PREPARED 'forgotten'")
        self.assert_ok()
        self.assert_fails('^transaction "forgotten" of role "postgres" in database "postgres" has been prepared for',
                          max_age='0')

    def test_deadlocks(self):
        self.assert_ok(max_per_day=0)
        self.addCleanup(self.postgres.psql, 'SELECT pg_stat_reset()')
        one, two = self.connect(), self.connect()
        for session, lock in ((one, 1), (two, 2)):
            session.sql("SET deadlock_timeout = '10ms'")
            session.sql('BEGIN')
            session.sql('SELECT pg_advisory_xact_lock(%s)', lock)
        thread = one.background('SELECT pg_advisory_xact_lock(2)')
        two.background('SELECT pg_advisory_xact_lock(1)').join()
        thread.join()  # one of both was ended, and so the other went on
        for session in (one, two):
            session.sql('ROLLBACK')
            self.flush_statistics(session)
        self.assert_fails(r'^database "postgres" had 1 deadlocks since .*, 1\.0 a day, more than 0$', max_per_day=0)
        self.assert_ok()
