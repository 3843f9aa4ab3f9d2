#!/usr/bin/env python3
"""Several sidecars on one outbox."""
import signal

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


if __name__ == '__main__':
    main()
