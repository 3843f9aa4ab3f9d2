#!/usr/bin/env python3
"""The normal course: from a commit to a consumer, settings, readiness, a graceful end."""
import os
import signal
import subprocess
import tempfile
import time
import unittest

import pika

from harness import (CHECKERD, PATIENCE_SECONDS, DeliveryTest, Writer, cloud_event, main, wait_until)


class Course(DeliveryTest):

    def test_a_committed_message_arrives_as_the_contract_says(self):
        self.daemon().wait_ready()
        consumer = self.consumer()
        before = int(time.time())
        body = '{"specversion":"1.0","text":"Grüße"}'
        message_id = self.write(checker=3, body=body)
        wait_until(lambda: consumer.received, PATIENCE_SECONDS, 'arrival')
        message = consumer.received[0]
        self.assertEqual(message.message_id, message_id)
        self.assertEqual(message.body, body)
        self.assertEqual(message.queue, 'failed')
        self.assertEqual(message.routing_key, 'run.failed.warning.default.c3')
        properties = message.properties
        self.assertEqual(properties.delivery_mode, 2)
        self.assertEqual(properties.content_type, 'application/cloudevents+json')
        self.assertEqual(properties.type, 'run.failed')
        self.assertEqual(properties.app_id, 'pg_checker')
        self.assertLess(abs(properties.timestamp - before), 60)
        self.assertEqual(self.assert_sum(consumer), 0)

    def test_types_find_their_queues(self):
        self.daemon().wait_ready()
        consumer = self.consumer()
        wanted = {'run.failed': 'failed', 'run.error': 'failed', 'run.no_data': 'failed', 'run.succeeded': 'succeeded',
                  'alarm.firing': 'alarms', 'alarm.resolved': 'alarms'}
        sent = {self.write(type=type): queue for type, queue in wanted.items()}
        self.write(type='run.warned')  # nobody wants it: dropped
        self.wait_until_empty()
        wait_until(lambda: len(consumer.ids()) == len(sent), PATIENCE_SECONDS, 'arrival of all')
        self.assertEqual({message.message_id: message.queue for message in consumer.received}, sent)
        self.assertEqual(self.dead(), set())

    def test_a_rolled_back_message_never_arrives(self):
        self.daemon().wait_ready()
        consumer = self.consumer()
        self.postgres.psql('BEGIN; SELECT test.write(1); ROLLBACK')
        self.write()
        self.assertEqual(self.assert_sum(consumer), 0)
        self.assertEqual(len(consumer.received), 1)

    def test_a_message_that_commits_late_is_not_passed_over(self):
        self.daemon().wait_ready()
        consumer = self.consumer()
        late = subprocess.Popen(
            [self.postgres.program('psql'), '-XAtq', '-d', self.postgres.describe()['dsn']], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.addCleanup(late.kill)
        late.stdin.write('BEGIN;\nSELECT test.write(1);\n')
        late.stdin.flush()
        late_id = late.stdout.readline().strip()
        later = self.write(checker=2)  # a greater id, committed before
        wait_until(lambda: later in consumer.ids(), PATIENCE_SECONDS, 'arrival of the later id')
        self.wait_until_empty()
        self.assertNotIn(late_id, consumer.ids())
        late.communicate('COMMIT;\n')
        wait_until(lambda: late_id in consumer.ids(), PATIENCE_SECONDS, 'arrival of the late commit')
        self.assertEqual(self.assert_sum(consumer), 0)

    def test_a_backlog_drains_in_order(self):
        self.postgres.psql('SELECT test.write(1 + i % 7) FROM generate_series(1, 5000) i')
        self.daemon(AMQP__CONFIRM_WINDOW=100, RELAY__BATCH=200).wait_ready()
        self.assertEqual(self.assert_sum(self.consumer()), 0)

    def test_sigterm_drains_and_exits_with_0(self):
        daemon = self.daemon().wait_ready()
        consumer = self.consumer()
        with Writer(self.postgres, [1, 2, 3]):
            self.wait_for_progress(consumer, 50)
            begin = time.monotonic()
            self.assertEqual(daemon.terminate(), 0)
            self.assertLess(time.monotonic() - begin, 10)
        self.assertIn('event=stopped drained=yes', daemon.log())
        self.assertEqual(self.postgres.psql('SELECT count(*) FROM checker.outbox_lease'), '0')
        # What it had published was deleted, what it had not is still there: nothing is sent twice.
        self.daemon().wait_ready()
        self.assertEqual(self.assert_sum(consumer), 0)

    def test_sigterm_ends_it_within_its_deadline_though_the_broker_hangs(self):
        daemon = self.daemon(RELAY__DRAIN_TIMEOUT='1s').wait_ready()
        os.kill(self.rabbitmq.pid, signal.SIGSTOP)
        try:
            self.write()
            wait_until(lambda: daemon.metric('checkerd_in_flight') > 0, PATIENCE_SECONDS, 'a message on its way')
            begin = time.monotonic()
            self.assertEqual(daemon.terminate(), 0)
            # Saying goodbye to the broker would take another second.
            self.assertLess(time.monotonic() - begin, 1.8)
        finally:
            os.kill(self.rabbitmq.pid, signal.SIGCONT)
        self.assertEqual(self.waiting(), 1)

    def test_a_folder_is_not_a_configuration(self):
        """What a container makes of a file that is not there to be mounted."""
        done = subprocess.run([CHECKERD, '--config', str(self.services.directory), '--check-config'],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn('Is a directory', done.stderr)

    def test_a_stricter_default_isolation_is_none_of_its_business(self):
        """Two sidecars' statements would fail on one another, each time at the cost of a connection."""
        self.postgres.psql("""
            CREATE FUNCTION test.demand() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF current_setting('transaction_isolation') <> 'read committed' THEN
                RAISE EXCEPTION 'in an isolation of its own';
              END IF;
              RETURN NULL;
            END $$;
            CREATE TRIGGER demand AFTER DELETE ON checker.outbox EXECUTE FUNCTION test.demand();
            ALTER DATABASE postgres SET default_transaction_isolation = serializable;""")
        self.addCleanup(self.postgres.psql, 'ALTER DATABASE postgres RESET default_transaction_isolation')
        daemon = self.daemon().wait_ready()
        consumer = self.consumer()
        self.write()
        self.assertEqual(self.assert_sum(consumer), 0)
        self.assertNotIn('event=connection_lost', daemon.log())

    def test_sigint_ends_it_as_well(self):
        daemon = self.daemon().wait_ready()
        daemon.signal(signal.SIGINT)
        self.assertEqual(daemon.wait(), 0)

    def test_heartbeats_reach_those_who_bind_to_them(self):
        self.daemon(RELAY__HEARTBEAT_MESSAGE='200ms').wait_ready()
        channel = self.channel()
        queue = channel.queue_declare('', exclusive=True).method.queue
        channel.queue_bind(queue, 'checker', 'checkerd.heartbeat')
        beats = [body for _, _, body in zip(range(2), iter(int, 1), channel.consume(queue))]
        events = [cloud_event(body[2]) for body in beats]
        self.assertEqual(events[0]['type'], 'checkerd.heartbeat')
        self.assertRegex(events[0]['source'], r'^/pg_checker/[0-9]+/postgres$')
        self.assertNotEqual(events[0]['id'], events[1]['id'])
        self.assertEqual(self.dead(), set())

    def test_no_heartbeat_comes_before_the_databases_name_is_known(self):
        channel = self.channel()
        channel.exchange_declare('checker', 'topic', durable=True)
        queue = channel.queue_declare('', exclusive=True).method.queue
        channel.queue_bind(queue, 'checker', 'checkerd.heartbeat')
        self.postgres.stop()
        try:
            daemon = self.daemon(RELAY__HEARTBEAT_MESSAGE='1h')
            wait_until(lambda: daemon.metric('checkerd_up{peer="broker"}') == 1, PATIENCE_SECONDS, 'the broker')
        finally:
            self.postgres.start()
        _, _, body = next(channel.consume(queue, inactivity_timeout=PATIENCE_SECONDS))
        self.assertRegex(cloud_event(body)['source'], r'^/pg_checker/[0-9]+/postgres$')


class Settings(DeliveryTest):

    def config(self, text):
        file = tempfile.NamedTemporaryFile('w', suffix='.yaml', dir=self.services.directory, delete=False)
        with file:
            file.write(text)
        return file.name

    def test_an_empty_mapping_is_a_valid_file(self):
        self.daemon(config=self.config('{}\n')).wait_ready()
        consumer = self.consumer()
        self.write()
        self.assertEqual(self.assert_sum(consumer), 0)

    def check(self, text, **environment):
        return subprocess.run([CHECKERD, '--config', self.config(text), '--check-config'], capture_output=True,
                              text=True, env=environment)

    def test_check_config_names_the_place_of_the_fault(self):
        good = self.check('amqp: {exchange: x}\n')
        self.assertEqual((good.returncode, good.stderr), (0, ''))
        bad = self.check('amqp:\n  exchagne: x\n')
        self.assertEqual(bad.returncode, 2)
        self.assertRegex(bad.stderr, r':2:3: unknown key "amqp.exchagne"\nhint: Did you mean "amqp.exchange"\?')
        bad = self.check('{}', CHECKERD_RELAY__GRACE='long')
        self.assertEqual(bad.returncode, 2)
        self.assertIn('CHECKERD_RELAY__GRACE', bad.stderr)

    def test_check_config_refuses_what_can_never_work(self):
        for text, place in (('database:\n  dsn: bogus=1\n', ':2:8: value of "database.dsn"'),
                            ('database:\n  dsn: "host=\'"\n', ':2:8: value of "database.dsn"'),
                            (f'amqp:\n  exchange: {"x" * 256}\n', ':2:13: value of "amqp.exchange"'),
                            (f'amqp:\n  queues: {{alarms: {"x" * 256}}}\n', ':2:20: value of "amqp.queues.alarms"'),
                            ('amqp.url: amqp://a\namqp: {url: amqp://b}\n', ':2:8: key "amqp.url" stands here')):
            bad = self.check(text)
            self.assertEqual(bad.returncode, 2, text)
            self.assertIn(place, bad.stderr)

    def test_without_declaration_it_declares_nothing(self):
        channel = self.channel()
        channel.exchange_declare('checker', 'topic', durable=True)
        queue = channel.queue_declare('', exclusive=True).method.queue
        channel.queue_bind(queue, 'checker', '#')
        self.daemon(AMQP__DECLARE='false').wait_ready()
        message_id = self.write()
        _, properties, _ = next(channel.consume(queue))
        while properties.type == 'checkerd.heartbeat':
            _, properties, _ = next(channel.consume(queue))
        self.assertEqual(properties.message_id, message_id)
        self.wait_until_empty()
        with self.assertRaises(pika.exceptions.ChannelClosedByBroker):
            self.channel().queue_declare('failed', passive=True)

    def test_sighup_rereads_the_log_level_and_says_what_needs_a_restart(self):
        path = self.config('log: {level: info}\n')
        daemon = self.daemon(config=path).wait_ready()
        with open(path, 'w', encoding='utf-8') as file:
            file.write('log: {level: debug}\nrelay: {grace: 7s}\n')
        daemon.signal(signal.SIGHUP)
        wait_until(lambda: 'event=reloaded' in daemon.log(), PATIENCE_SECONDS, 'reload')
        self.assertIn('event=reloaded changed=log.level needs_restart=relay.grace', daemon.log())
        self.write()
        wait_until(lambda: 'event=published' in daemon.log(), PATIENCE_SECONDS, 'a line at level debug')
        with open(path, 'w', encoding='utf-8') as file:
            file.write('nonsense: 1\n')
        daemon.signal(signal.SIGHUP)
        wait_until(lambda: 'event=reload_failed' in daemon.log(), PATIENCE_SECONDS, 'refusal')
        self.assertEqual(daemon.terminate(), 0)

    def test_a_password_comes_from_a_file_and_never_shows(self):
        path = self.config('guest\n')
        url = self.rabbitmq.url.replace('guest:guest', 'guest:topsecret')
        daemon = self.daemon(AMQP__URL=url, AMQP__PASSWORD_FILE=path, LOG__FORMAT='json').wait_ready()
        daemon.terminate()
        wrong = self.daemon(AMQP__URL=url)
        wait_until(lambda: 'connect_failed' in wrong.log(), PATIENCE_SECONDS, 'refusal')
        self.assertIn('ACCESS_REFUSED', wrong.log())
        for log in (daemon.log(), wrong.log()):
            self.assertNotIn('topsecret', log)

    def test_the_second_on_a_port_says_so(self):
        first = self.daemon().wait_ready()
        second = self.daemon(HTTP__LISTEN=f'127.0.0.1:{first.port}')
        self.assertEqual(second.wait(), 1)
        self.assertIn('could not listen', second.log())

    def test_metrics_count(self):
        daemon = self.daemon().wait_ready()
        consumer = self.consumer()
        self.write()
        self.write(type='run.warned')
        self.assert_sum_of_routed(consumer)
        self.assertEqual(daemon.metric('checkerd_confirmed_total'), 1)
        self.assertEqual(daemon.metric('checkerd_dropped_total'), 2)  # the heartbeat as well
        self.assertEqual(daemon.metric('checkerd_delivery_latency_seconds_count'), 1)
        self.assertEqual(daemon.metric('checkerd_dead_lettered_total'), 0)
        self.assertIn('checkerd_build_info{version="', daemon.get('/metrics')[1])
        self.assertEqual(daemon.get('/nothing')[0], 404)

    def assert_sum_of_routed(self, consumer):
        self.wait_until_empty()
        wait_until(lambda: consumer.received, PATIENCE_SECONDS, 'arrival')


if __name__ == '__main__':
    main()
