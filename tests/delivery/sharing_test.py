#!/usr/bin/env python3
"""Several sidecars on one outbox."""
import signal
import subprocess

from harness import DeliveryTest, Writer, main

CHECKERS = list(range(1, 17))


class Sharing(DeliveryTest):

    def test_two_share_and_send_nothing_twice(self):
        daemons = [self.daemon().wait_ready() for _ in range(2)]
        consumer = self.consumer()
        with Writer(self.postgres, CHECKERS), Writer(self.postgres, CHECKERS[::-1]), Writer(self.postgres, CHECKERS):
            self.wait_for_progress(consumer, 1000)
        self.assertEqual(self.assert_sum(consumer), 0)
        shares = [daemon.metric('checkerd_confirmed_total') for daemon in daemons]
        self.assertEqual(sum(shares), len(consumer.received))
        self.assertGreater(min(shares), 0, shares)

    def test_they_share_a_backlog(self):
        self.postgres.psql('SELECT test.write(1 + i % 16) FROM generate_series(1, 4000) i')
        daemons = [self.daemon(RELAY__BATCH=20, AMQP__CONFIRM_WINDOW=20) for _ in range(2)]
        consumer = self.consumer()
        self.assertEqual(self.assert_sum(consumer), 0)
        for daemon in daemons:
            daemon.wait_ready()

    def test_joining_and_dying(self):
        consumer = self.consumer()
        first = self.daemon().wait_ready()
        with Writer(self.postgres, CHECKERS), Writer(self.postgres, CHECKERS[::-1]):
            self.wait_for_progress(consumer, 100)
            second = self.daemon().wait_ready()
            self.wait_for_progress(consumer, 100)
            first.kill()
            self.wait_for_progress(consumer, 100)
            third = self.daemon().wait_ready()
            self.assertEqual(second.terminate(), 0)
            self.wait_for_progress(consumer, 100)
            third.kill()
            self.daemon().wait_ready()
        self.assert_sum(consumer)

    def test_one_that_hangs_is_taken_over_and_finds_out(self):
        hanging = self.daemon(RELAY__LEASE='1s').wait_ready()
        consumer = self.consumer()
        with Writer(self.postgres, CHECKERS):
            self.wait_for_progress(consumer, 100)
            hanging.signal(signal.SIGSTOP)
            other = self.daemon(RELAY__LEASE='1s').wait_ready()
            self.wait_for_progress(consumer, 500)
            hanging.signal(signal.SIGCONT)
            self.wait_for_progress(consumer, 100)
        self.assert_sum(consumer)
        self.assertGreater(other.metric('checkerd_confirmed_total'), 0)

    def test_many_workers_neither_deadlock_nor_get_a_message_twice(self):
        """The functions of the outbox alone, hammered: each statement of each client is a transaction of its own."""
        self.postgres.psql('''
            -- The key is the assertion: a message that is handed out twice ends the benchmark with an error.
            CREATE TABLE test.handed (id bigint PRIMARY KEY, worker text NOT NULL);
            CREATE FUNCTION test.claim(worker text) RETURNS void LANGUAGE plpgsql AS $$
            BEGIN
              IF NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) THEN
                PERFORM checker.join_outbox(worker, '1 hour');
              END IF;
              INSERT INTO test.handed SELECT c.id, worker FROM checker.claim_outbox(worker, 20, 1000000, '1 hour') c;
            END $$;
            CREATE FUNCTION test.confirm(worker text) RETURNS void LANGUAGE sql AS $$
              SELECT checker.confirm_outbox(worker, ARRAY(
                SELECT o.id FROM checker.outbox o JOIN test.handed h USING (id) WHERE h.worker = confirm.worker
                ORDER BY random() LIMIT 30));
              SELECT checker.renew_outbox(worker, '1 hour');
            $$;''')
        script = self.services.directory / 'hammer.sql'
        script.write_text("""SELECT count(test.write(checker)) FROM generate_series(1, 16) checker;
SELECT test.claim('w' || :client_id);
SELECT test.confirm('w' || :client_id);
SELECT test.claim('w' || :client_id);
SELECT test.confirm('w' || :client_id);
""")
        script.chmod(0o644)
        done = subprocess.run(
            [self.postgres.program('pgbench'), '-n', '-c', '8', '-j', '2', '-t', '150', '-f', script,
             '-h', str(self.postgres.socket_directory), '-p', str(self.postgres.port), '-U', 'postgres', 'postgres'],
            capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotRegex(done.stderr, 'deadlock|duplicate key|aborted')
        handed = int(self.postgres.psql('SELECT count(*) FROM test.handed'))
        never_handed = int(self.postgres.psql('SELECT count(*) FROM checker.outbox WHERE id NOT IN '
                                              '(SELECT id FROM test.handed)'))
        self.assertGreater(handed, 0)
        self.assertEqual(handed + never_handed, len(self.committed()))
        # The workers' sessions have ended, and with them leases of an hour: what they have left goes its way.
        self.daemon().wait_ready()
        self.wait_until_empty()
        self.assertEqual(self.postgres.psql('SELECT count(*) FROM checker.outbox_lease'), '0')


if __name__ == '__main__':
    main()
