#!/usr/bin/env python3
"""Each party goes away under load and comes back; nothing is lost and each checker's order is kept."""
import signal
import time

from harness import PATIENCE_SECONDS, DeliveryTest, Writer, main, wait_until

LOAD = [1, 2, 3, 4, 5]


class Outage(DeliveryTest):

    own_names = True

    def under_load(self, fault):
        """Runs the fault amid continuous load; returns the duplicates."""
        daemon = self.daemon().wait_ready()
        consumer = self.consumer()
        with Writer(self.postgres, LOAD), Writer(self.postgres, LOAD[::-1]):
            self.wait_for_progress(consumer, 100)
            self.wait_until_queues_last()
            fault(daemon)
            self.wait_for_progress(consumer, 100)
        return self.assert_sum(consumer)

    def test_postgresql_restarts(self):
        self.under_load(lambda _: self.postgres.restart())

    def test_postgresql_crashes(self):
        def crash(_):
            self.postgres.kill()
            self.postgres.start()
        self.under_load(crash)

    def test_rabbitmq_restarts(self):
        self.under_load(lambda _: self.rabbitmq.restart())

    def test_rabbitmq_crashes(self):
        def crash(_):
            self.rabbitmq.kill()
            self.rabbitmq.start()
        self.under_load(crash)

    def test_checkerd_is_killed_again_and_again(self):
        def kill(daemon):
            for _ in range(5):
                daemon.kill()
                daemon.start()
                daemon.wait_ready()
        self.under_load(kill)

    def test_a_killed_checkerds_messages_do_not_wait_for_its_lease(self):
        daemon = self.daemon(RELAY__LEASE='1h').wait_ready()
        consumer = self.consumer()
        with Writer(self.postgres, LOAD):
            self.wait_for_progress(consumer, 100)
            daemon.signal(signal.SIGSTOP)  # so that it dies with messages on their way
            self.wait_for_commits(50)
            daemon.kill()
        self.daemon(RELAY__LEASE='1h').wait_ready()
        self.assert_sum(consumer)

    def wait_for_commits(self, number):
        target = len(self.committed()) + number
        wait_until(lambda: len(self.committed()) >= target, PATIENCE_SECONDS, 'commits')

    def test_it_starts_before_its_peers_and_says_so(self):
        self.rabbitmq.stop()
        self.postgres.stop()
        daemon = self.daemon()
        try:
            wait_until(lambda: daemon.get('/readyz') == (503, 'the database is not connected\n'), PATIENCE_SECONDS,
                       'a reason')
            self.assertEqual(daemon.get('/healthz')[0], 200)
        finally:
            self.postgres.start()
        wait_until(lambda: daemon.get('/readyz')[1] == 'the broker is not connected\n', PATIENCE_SECONDS, 'one peer')
        self.rabbitmq.start()
        daemon.wait_ready()
        consumer = self.consumer()
        self.write()
        self.assertEqual(self.assert_sum(consumer), 0)

    def test_the_first_message_arrives_within_a_second_of_the_brokers_return(self):
        self.daemon().wait_ready()
        consumer = self.consumer()
        self.write()
        self.assert_sum(consumer)
        self.wait_until_queues_last()
        self.rabbitmq.stop()
        waiting = self.write()
        self.rabbitmq.start()
        begin = time.monotonic()
        wait_until(lambda: waiting in consumer.ids(), PATIENCE_SECONDS, 'delivery')
        arrival = next(message.time for message in consumer.received if message.message_id == waiting)
        # The consumer has to come back as well, and the machine may be busy: the figure itself is 1 s.
        self.assertLess(arrival - begin, 3)

    def test_a_demoted_primary_is_left(self):
        daemon = self.daemon().wait_ready()
        consumer = self.consumer()
        self.postgres.psql('ALTER SYSTEM SET default_transaction_read_only = on; SELECT pg_reload_conf()')
        try:
            self.postgres.psql('SET default_transaction_read_only = off; SELECT test.write(1)')
            wait_until(lambda: daemon.get('/readyz')[0] == 503, PATIENCE_SECONDS, 'leaving')
            self.assertRegex(daemon.log(), '25006|read-only')
        finally:
            self.postgres.psql('SET default_transaction_read_only = off; '
                               'ALTER SYSTEM RESET default_transaction_read_only; SELECT pg_reload_conf()')
        self.assert_sum(consumer)


if __name__ == '__main__':
    main()
