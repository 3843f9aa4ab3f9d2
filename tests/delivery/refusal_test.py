#!/usr/bin/env python3
"""Messages that the broker returns, refuses or chokes on, and a broker that asks for a pause."""
import json


from harness import PATIENCE_SECONDS, DeliveryTest, Writer, main, wait_until


class Refusal(DeliveryTest):

    amqp_settings = {'max_message_size': 200000}

    def delete_queue(self, name):
        self.channel().queue_delete(name)

    def test_unroutable_messages_become_dead_letters_after_the_grace_time(self):
        daemon = self.daemon(RELAY__GRACE='500ms').wait_ready()
        consumer = self.consumer()
        lost = [self.write(checker=1, type='nobody.wants.this') for _ in range(2)]
        kept = self.write(checker=1)
        wait_until(lambda: kept in consumer.ids(), PATIENCE_SECONDS, 'the messages behind it')
        self.assertEqual(self.assert_sum(consumer), 0)
        self.assertEqual(self.dead(), set(lost))
        reasons = self.postgres.psql('SELECT DISTINCT reason, attempts > 1 FROM checker.dead_letter')
        self.assertEqual(reasons, 'returned by the broker: 312 NO_ROUTE|t')
        self.assertEqual(daemon.metric('checkerd_dead_lettered_total'), 2)

    def test_while_one_checker_is_held_the_others_flow(self):
        self.daemon(RELAY__GRACE='1h').wait_ready()
        consumer = self.consumer()
        self.write(checker=1, type='nobody.wants.this')
        behind = self.write(checker=1)
        with Writer(self.postgres, [2, 3]):
            self.wait_for_progress(consumer, 100)
        self.assertNotIn(behind, consumer.ids())
        wait_until(lambda: self.waiting() == 2, PATIENCE_SECONDS, 'all but the held checker')

    def test_a_queue_that_comes_back_within_the_grace_time_gets_everything(self):
        self.daemon().wait_ready()
        consumer = self.consumer()
        with Writer(self.postgres, [1, 2]):
            self.wait_for_progress(consumer, 20)
            self.delete_queue('failed')
            self.write()
            channel = self.channel()
            channel.queue_declare('failed', durable=True, arguments={'x-queue-type': 'quorum'})
            channel.queue_bind('failed', 'checker', 'run.failed.#')
            self.wait_for_progress(consumer, 20)
        self.wait_until_empty()
        self.assertEqual(self.dead(), set())

    def test_a_deleted_queue_is_declared_again_and_gets_what_was_returned(self):
        daemon = self.daemon(RELAY__GRACE='1h').wait_ready()
        self.delete_queue('failed')
        returned = self.write()
        consumer = self.consumer()
        wait_until(lambda: returned in consumer.ids(), PATIENCE_SECONDS, 'the returned message')
        self.assert_sum(consumer)
        log = daemon.log()
        self.assertRegex(log, f'level=warning event=unroutable message_id={returned} '
                              'routing_key=run.failed.warning.default.c1 '
                              'reason="returned by the broker: 312 NO_ROUTE"')
        self.assertNotIn('event=connection_lost', log)

    def test_an_unroutable_key_is_logged_once_a_minute(self):
        daemon = self.daemon(RELAY__GRACE='1h').wait_ready()
        self.write(checker=1, type='nobody.wants.this')
        self.write(checker=2, type='nobody.wants.this')
        self.write(checker=2, type='run.warned')  # of a type that is dropped: no matter
        wait_until(lambda: daemon.metric('checkerd_retried_total') >= 6, PATIENCE_SECONDS, 'retries')
        keys = [line.split('routing_key=')[1].split()[0] for line in daemon.log().splitlines()
                if 'event=unroutable ' in line]
        self.assertEqual(sorted(keys), ['nobody.wants.this.warning.default.c1', 'nobody.wants.this.warning.default.c2'])

    def wait_for_connections(self, number):
        """Until the broker has seen so many more."""
        def seen():
            return self.rabbitmq.log.read_text(errors='replace').count('accepting AMQP connection')
        target = seen() + number
        wait_until(lambda: seen() >= target, PATIENCE_SECONDS, f'{number} more connections')

    def test_an_exchange_that_is_missing_and_not_its_to_declare_is_waited_for(self):
        daemon = self.daemon(AMQP__DECLARE='false', RELAY__GRACE='100ms')
        message_id = self.write()
        self.wait_for_connections(8)
        self.assertEqual(daemon.get('/readyz'), (503, 'the broker is not connected\n'))
        log = daemon.log()
        self.assertIn('could not find exchange \\"checker\\": 404 NOT_FOUND', log)
        self.assertNotIn('event=ready', log)
        self.assertLessEqual(log.count('peer=broker'), 2, 'the same again is logged twice a minute')
        channel = self.channel()
        queue = channel.queue_declare('', exclusive=True).method.queue
        channel.exchange_declare('checker', 'topic', durable=True)
        channel.queue_bind(queue, 'checker', 'run.#')
        _, properties, _ = next(channel.consume(queue, inactivity_timeout=PATIENCE_SECONDS))
        self.assertEqual(properties.message_id, message_id)
        self.wait_until_empty()
        self.assertEqual(self.dead(), set())
        daemon.wait_ready()

    def test_a_broker_that_lets_it_in_and_refuses_every_message_is_not_ready_twice_a_second(self):
        channel = self.channel()
        channel.exchange_declare('checker', 'topic', durable=True)
        queue = channel.queue_declare('', exclusive=True).method.queue
        channel.queue_bind(queue, 'checker', 'run.#')
        self.rabbitmq.ctl('add_user', 'checkerd', 'secret')
        self.addCleanup(self.rabbitmq.ctl, 'delete_user', 'checkerd')
        self.rabbitmq.ctl('set_permissions', 'checkerd', '^$', '^$', '^$')
        message_id = self.write()
        daemon = self.daemon(AMQP__DECLARE='false', RELAY__GRACE='100ms',
                             AMQP__URL=self.rabbitmq.url.replace('guest:guest', 'checkerd:secret'))
        self.wait_for_connections(8)
        self.assertEqual(daemon.get('/readyz'), (503, 'connections to the broker do not last\n'))
        log = daemon.log()
        self.assertIn('403 ACCESS_REFUSED', log)
        self.assertLessEqual(log.count('event=ready'), 2)
        self.assertLessEqual(log.count('event=connection_lost'), 2)
        self.assertLessEqual(log.count('event=connected peer=broker'), 2)
        self.rabbitmq.ctl('set_permissions', 'checkerd', '^$', '^checker$', '^$')
        _, properties, _ = next(channel.consume(queue, inactivity_timeout=PATIENCE_SECONDS))
        self.assertEqual(properties.message_id, message_id)
        self.wait_until_empty()
        self.assertEqual(self.dead(), set())
        daemon.wait_ready()

    def test_a_message_that_the_broker_chokes_on_is_found_and_buried(self):
        self.daemon(RELAY__GRACE='500ms').wait_ready()
        consumer = self.consumer()
        with Writer(self.postgres, [1, 2, 3]):
            self.wait_for_progress(consumer, 20)
            poison = self.write(checker=2, body=json.dumps({'text': 'x' * 300000}))
            wait_until(lambda: poison in self.dead(), PATIENCE_SECONDS, 'burial', interval=0.1)
            self.wait_for_progress(consumer, 20)
        self.assert_sum(consumer)
        self.assertEqual(self.dead(), {poison})

    def test_a_blocked_broker_is_waited_for(self):
        daemon = self.daemon(AMQP__CONFIRM_TIMEOUT='1s').wait_ready()
        consumer = self.consumer()
        self.write()
        self.assert_sum(consumer)
        self.rabbitmq.ctl('set_vm_memory_high_watermark', '0.0000001')
        try:
            self.write()  # the broker says that it is blocked once it is sent something
            wait_until(lambda: daemon.metric('checkerd_blocked') == 1, PATIENCE_SECONDS, 'the broker to say so')
            self.write(checker=2)
        finally:
            self.rabbitmq.ctl('set_vm_memory_high_watermark', 'absolute', '1GB')
        self.assert_sum(consumer)
        self.assertEqual(daemon.metric('checkerd_blocked'), 0)
        self.assertNotIn('event=connection_lost', daemon.log())


if __name__ == '__main__':
    main()
