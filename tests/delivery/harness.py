"""What the delivery tests share: real servers, a daemon under test, a writer that commits messages and keeps the books,
and consumers that know nothing of the daemon.

The outbox stands in a schema of its own, made from sql/outbox.sql alone: what is tested here is the relay and its
contract with the database, not the extension. Every test ends with the same sum: committed = consumed + dead letters,
each checker's messages in the order of their commits.
"""
import collections
import itertools
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
import unittest
import urllib.error
import urllib.request

import pika

from services import ServiceError, Services, free_port, wait_until

SOURCE = pathlib.Path(__file__).resolve().parents[2]
CHECKERD = os.environ.get('CHECKERD', 'checkerd')
PATIENCE_SECONDS = 60  # for anything that must happen; the machine may be busy
QUEUES = ('failed', 'succeeded', 'alarms')
_test_numbers = itertools.count(1)

BOOKS = '''
CREATE SCHEMA test;
-- The stand-in for the alarm's row: ids of a checker are drawn under its lock.
CREATE TABLE test.checker (id bigint PRIMARY KEY);
INSERT INTO test.checker SELECT generate_series(1, 20);
-- Written in the transaction of the message: what stands here was committed.
CREATE TABLE test.book (id bigint PRIMARY KEY, message_id uuid NOT NULL, checker_id bigint NOT NULL);
CREATE FUNCTION test.write(checker bigint, type text DEFAULT 'run.failed', body text DEFAULT '{}') RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
  written checker.outbox;
BEGIN
  PERFORM FROM test.checker c WHERE c.id = checker FOR UPDATE;
  INSERT INTO checker.outbox (checker_id, type, routing_key, body)
  VALUES (checker, type, type || '.warning.default.c' || checker, body) RETURNING * INTO written;
  INSERT INTO test.book VALUES (written.id, written.message_id, written.checker_id);
  PERFORM pg_notify('checker_outbox', '');
  RETURN written.message_id;
END $$;
'''

Received = collections.namedtuple('Received', 'queue message_id properties body routing_key time')


class Daemon:
    """A checkerd process. Settings are environment variables without their prefix: AMQP__URL='...'."""

    def __init__(self, services, config=None, **settings):
        self.port = free_port()
        self.environment = {
            'PATH': os.environ['PATH'],
            'CHECKERD_DATABASE__DSN': services.postgres.describe()['dsn'],
            'CHECKERD_AMQP__URL': services.rabbitmq.url,
            'CHECKERD_HTTP__LISTEN': f'127.0.0.1:{self.port}'}
        for name in ('ASAN_OPTIONS', 'UBSAN_OPTIONS', 'LD_LIBRARY_PATH'):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        for name, value in settings.items():
            self.environment['CHECKERD_' + name] = str(value)
        self.arguments = [CHECKERD] + (['--config', str(config)] if config else [])
        self.process = None
        self.log_path = services.directory / f'checkerd-{self.port}.log'

    def start(self):
        with open(self.log_path, 'ab') as log:
            self.process = subprocess.Popen(self.arguments, env=self.environment, stderr=log,
                                            stdin=subprocess.DEVNULL)
        return self

    def wait_ready(self):
        wait_until(lambda: self.get('/readyz')[0] == 200, PATIENCE_SECONDS, 'readiness')
        return self

    def get(self, path):
        """Status and text; (0, '') if nobody listens."""
        try:
            with urllib.request.urlopen(f'http://127.0.0.1:{self.port}{path}', timeout=5) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except (OSError, urllib.error.URLError):
            return 0, ''

    def metric(self, name):
        for line in self.get('/metrics')[1].splitlines():
            if line.startswith(name + ' '):
                return float(line.split()[-1])
        return None

    def log(self):
        return self.log_path.read_text()

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        """The exit code."""
        return self.process.wait(PATIENCE_SECONDS)

    def terminate(self):
        self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.kill()


class Writer:
    """Commits messages one transaction each, some hundred a second, and goes on when the server is away for a while."""

    def __init__(self, postgres, checkers):
        self.postgres = postgres
        self.checkers = checkers
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        script = ''.join(f'SELECT test.write({checker}), pg_sleep(0.002);\n' for checker in self.checkers * 10)
        while not self._stop.is_set():
            try:
                self.postgres.psql(script)
            except ServiceError:
                self._stop.wait(0.02)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()


class Consumer:
    """Takes everything from the queues on a thread of its own, through restarts of the broker and queues that are
    deleted. It subscribes anew when it has heard nothing for a while: a quorum queue that has just lost its leader, or
    is being deleted, may take a subscription and never serve it."""

    SILENCE_SECONDS = 5

    def __init__(self, url, queues):
        self.parameters = pika.URLParameters(url)
        self.queues = queues
        self.received = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        while not self._stop.is_set():
            self._consume()
            self._stop.wait(0.02)

    def _consume(self):
        begin = time.monotonic()

        def end(*_):
            connection.ioloop.stop()

        def subscribe(channel):
            channel.add_on_close_callback(end)
            channel.add_on_cancel_callback(end)
            channel.basic_qos(prefetch_count=500)
            for queue in self.queues:
                channel.basic_consume(queue, self._receiver(queue))

        def watch():
            last = max(begin, self.received[-1].time if self.received else begin)
            if self._stop.is_set() or time.monotonic() > last + self.SILENCE_SECONDS:
                end()
            else:
                connection.ioloop.call_later(0.05, watch)

        connection = pika.SelectConnection(
            self.parameters, on_open_callback=lambda opened: opened.channel(on_open_callback=subscribe),
            on_open_error_callback=end, on_close_callback=end)
        watch()
        connection.ioloop.start()
        if connection.is_open:
            connection.add_on_close_callback(end)
            connection.close()
            connection.ioloop.call_later(1, end)
            connection.ioloop.start()

    def _receiver(self, queue):
        def receive(channel, method, properties, body):
            self.received.append(Received(queue, properties.message_id, properties, body.decode(), method.routing_key,
                                          time.monotonic()))
            channel.basic_ack(method.delivery_tag)
        return receive

    def ids(self):
        return {message.message_id for message in list(self.received)}

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()


class DeliveryTest(unittest.TestCase):
    """Each test finds an empty outbox and a broker without exchange or queues."""

    amqp_settings = {}
    # A broker that is killed soon after a queue was deleted and declared again under the same name finds it broken at
    # its return (3.10). Tests that restart the broker therefore use names of their own.
    own_names = False

    @classmethod
    def setUpClass(cls):
        cls.services = Services(amqp_settings=cls.amqp_settings)
        cls.addClassCleanup(cls.services.stop)
        cls.services.start()
        cls.postgres, cls.rabbitmq = cls.services.postgres, cls.services.rabbitmq

    def run(self, result=None):
        """A test that fails shows what its daemons had to say."""
        self.daemons = []
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            for daemon in self.daemons:
                print(f'--- {daemon.log_path.name} of {self.id()}\n{daemon.log()[-4000:]}', file=sys.stderr)
        return result

    def setUp(self):
        for server in (self.postgres, self.rabbitmq):
            if not server.running():  # a test has failed amid an outage
                server.start()
        self.postgres.psql('SET client_min_messages = error; DROP SCHEMA IF EXISTS checker, test CASCADE;'
                           'CREATE SCHEMA checker;\n' + (SOURCE / 'sql/outbox.sql').read_text() + BOOKS)
        if self.own_names:
            suffix = f'-{next(_test_numbers)}'
            self.queues = {name: name + suffix for name in QUEUES}
        else:
            self.queues = {name: name for name in QUEUES}
            self.clean_broker()

    def channel(self):
        """A channel to the broker for as long as the test runs."""
        connection = pika.BlockingConnection(pika.URLParameters(self.rabbitmq.url))
        self.addCleanup(connection.close)
        return connection.channel()

    def clean_broker(self):
        connection = pika.BlockingConnection(pika.URLParameters(self.rabbitmq.url))
        channel = connection.channel()
        for queue in self.queues.values():
            channel.queue_delete(queue)
        channel.exchange_delete('checker')
        connection.close()

    def wait_until_queues_last(self):
        """Until the broker has its queues' names on disk: before, not even a restart would find them again."""
        names = self.rabbitmq.directory / 'mnesia' / self.rabbitmq.node / 'quorum' / self.rabbitmq.node / 'names.dets'
        wait_until(lambda: all(f'%2F_{queue}'.encode() in names.read_bytes() for queue in self.queues.values()),
                   PATIENCE_SECONDS, 'durable queues')

    def daemon(self, **settings):
        if self.own_names:
            for name, queue in self.queues.items():
                settings[f'AMQP__QUEUES__{name.upper()}'] = queue
        daemon = Daemon(self.services, **settings)
        self.addCleanup(daemon.end)
        self.daemons.append(daemon)
        return daemon.start()

    def consumer(self):
        consumer = Consumer(self.rabbitmq.url, self.queues.values())
        consumer.__enter__()
        self.addCleanup(consumer.__exit__)
        return consumer

    def write(self, checker=1, type='run.failed', body='{}'):
        return self.postgres.psql(f"SELECT test.write({checker}, '{type}', '{body}')")

    def committed(self):
        """(checker, message_id), in the order of their commits within each checker."""
        rows = self.postgres.psql('SELECT checker_id, message_id FROM test.book ORDER BY id').splitlines()
        return [tuple(row.split('|')) for row in rows]

    def dead(self):
        return set(self.postgres.psql('SELECT message_id FROM checker.dead_letter').split())

    def waiting(self):
        return int(self.postgres.psql('SELECT count(*) FROM checker.outbox'))

    def wait_until_empty(self):
        wait_until(lambda: self.waiting() == 0, PATIENCE_SECONDS, 'an empty outbox', interval=0.1)

    def wait_for_progress(self, consumer, messages):
        """Until so many more have been consumed."""
        target = len(consumer.ids()) + messages
        wait_until(lambda: len(consumer.ids()) >= target, PATIENCE_SECONDS, f'{messages} more messages')

    def assert_sum(self, consumer):
        """committed = consumed + dead letters, and the order of each checker kept. Returns the number of duplicates."""
        self.wait_until_empty()
        committed = self.committed()
        expected = {message_id for _, message_id in committed} - self.dead()
        wait_until(lambda: expected <= consumer.ids(), PATIENCE_SECONDS, 'consumption of all that was committed')
        self.assertEqual(consumer.ids(), expected, 'consumed what was never committed, or is a dead letter')
        first_seen = {}
        for place, message in enumerate(list(consumer.received)):
            first_seen.setdefault(message.message_id, place)
        last = {}
        for checker, message_id in committed:
            if message_id not in first_seen:
                continue
            self.assertGreater(first_seen[message_id], last.get(checker, -1), f'checker {checker} out of order')
            last[checker] = first_seen[message_id]
        self.assertEqual(self.postgres.psql('SELECT count(*) FROM checker.outbox_lease'), '0')
        return len(consumer.received) - len(expected)


def main():
    sys.dont_write_bytecode = True
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    unittest.main(verbosity=2, warnings='ignore')  # pika leaves sockets to the collector


def cloud_event(text):
    event = json.loads(text)
    assert event['specversion'] == '1.0', text
    return event
