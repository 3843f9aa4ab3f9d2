#!/usr/bin/python3
"""The main job from end to end: a checker fails in PostgreSQL, and its alarm is in RabbitMQ.

A real cluster with the installed extension, a real broker, the built checkerd, real data with real defects, and a
consumer that knows none of them. EXAMPLES is the folder of the built example modules, CHECKERD the daemon.
"""
import collections
import csv
import io
import json
import os
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'delivery'))
from harness import PATIENCE_SECONDS, QUEUES, Consumer, Daemon, cloud_event, main  # noqa: E402
from services import Services, process_birth, wait_until  # noqa: E402

EXAMPLES = pathlib.Path(os.environ.get('EXAMPLES', 'build/release/checkers/examples'))
LOAD_DATA = HERE.parents[1] / 'scripts' / 'load-data'

# A checker without a program of its own: the host decides on the dataset as a whole.
ASSERT_EMPTY = '''
(module
  (import "checker" "assert_empty" (func $assert_empty (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "{dataset}")
  (data (i32.const 256) "{message}")
  (func (export "check")
    (drop (call $assert_empty (i32.const 0) (i32.const {dataset_length})
                              (i32.const 256) (i32.const {message_length})))))
'''

Run = collections.namedtuple('Run', 'run_id status message failures output error')


def quoted(text):
    return "'" + str(text).replace("'", "''") + "'"


class MainJob(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.services = Services(pg_settings={'checker.compile_timeout': '120s'})
        cls.addClassCleanup(cls.services.stop)
        cls.services.start()
        cls.postgres = cls.services.postgres
        cls.postgres.psql('CREATE EXTENSION pg_checker;'
                          'ALTER DATABASE postgres SET search_path = public, checker;')
        described = cls.postgres.describe()
        subprocess.run([LOAD_DATA, 'movies', 'airports'], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, 'PGHOST': described['host'], 'PGPORT': str(described['port']),
                            'PGUSER': 'postgres', 'PGDATABASE': 'postgres'})
        cls.daemon = Daemon(cls.services)
        cls.addClassCleanup(lambda: cls.daemon.end())
        cls.daemon.start().wait_ready()
        cls.consumer = Consumer(cls.services.rabbitmq.url, QUEUES)
        cls.consumer.__enter__()
        cls.addClassCleanup(cls.consumer.__exit__)

    def psql(self, sql):
        return self.postgres.psql(sql)

    def run_checker(self, name, arguments=''):
        row = json.loads(self.psql(f'SELECT to_jsonb(r) FROM run_checker({quoted(name)} {arguments}) r'))
        return Run(*(row[field] for field in Run._fields))

    def create_example(self, name, options=''):
        module = (EXAMPLES / f'{name}.wasm').read_bytes().hex()
        self.psql(f"SELECT create_checker({quoted(name)}, '\\x{module}'::bytea {options})")

    def create_movie_checker(self, name, condition, message, options=''):
        """A checker that fails while a film meets the condition. Returns how many do."""
        self.psql(f'SELECT create_dataset({quoted(name)}, '
                  f'$$SELECT id, title, release_date FROM vega.movies WHERE {condition} ORDER BY id$$)')
        source = ASSERT_EMPTY.format(dataset=name, dataset_length=len(name), message=message,
                                     message_length=len(message))
        self.psql(f"SELECT create_checker({quoted(name)}, 'wat', {quoted(source)}, '{{{name}}}' {options})")
        return int(self.psql(f'SELECT count(*) FROM vega.movies WHERE {condition}'))

    def events(self, name):
        """The bodies of what has come about a checker, first deliveries only, in the order of arrival."""
        seen = {}
        for received in list(self.consumer.received):
            event = cloud_event(received.body)
            if event['subject'] == f'default.{name}':
                seen.setdefault(received.message_id, event)
        return list(seen.values())

    def wait_for_events(self, name, count):
        wait_until(lambda: len(self.events(name)) >= count, PATIENCE_SECONDS, f'{count} messages about {name}')
        return self.events(name)

    def received(self, name, event_type):
        """The one message of a type about a checker, as the broker handed it over."""
        of_type = [r for r in list(self.consumer.received)
                   if r.properties.type == event_type and r.routing_key.endswith(f'.default.{name}')]
        self.assertEqual(len(of_type), 1)
        return of_type[0]

    def wait_until_relayed(self):
        wait_until(lambda: self.psql('SELECT pending FROM outbox_status') == '0', PATIENCE_SECONDS, 'an empty outbox')


class Examples(MainJob):
    """Six small modules from other compilers than ours."""

    def test_always_fail(self):
        self.create_example('always_fail', ", severity => 'critical'")
        run = self.run_checker('always_fail')
        self.assertEqual((run.status, run.message, run.failures), ('fail', 'always fails', 1))
        events = self.wait_for_events('always_fail', 2)
        self.assertEqual([event['type'] for event in events], ['run.failed', 'alarm.firing'])
        self.assertEqual(self.received('always_fail', 'alarm.firing').routing_key,
                         'alarm.firing.critical.default.always_fail')

    def test_always_succeed(self):
        self.create_example('always_succeed')
        run = self.run_checker('always_succeed')
        self.assertEqual((run.status, run.message, run.failures), ('ok', 'always succeeds', 0))
        self.wait_until_relayed()
        self.assertEqual(self.events('always_succeed'), [])

    def test_write_stdout(self):
        self.create_example('write_stdout')
        run = self.run_checker('write_stdout')
        self.assertEqual((run.status, run.output, run.error), ('ok', 'hello from a checker\n', None))

    def test_read_stdin_forever(self):
        self.create_example('read_stdin_forever', ", timeout => '300 ms', input => '\"something to read\"'")
        run = self.run_checker('read_stdin_forever')
        self.assertEqual((run.status, run.failures), ('error', 0))
        self.assertIn('time limit', run.error)
        events = self.wait_for_events('read_stdin_forever', 2)
        self.assertEqual([event['type'] for event in events], ['run.error', 'alarm.firing'])
        self.assertEqual(events[0]['data']['error'], run.error)
        fuel = self.psql("SET checker.fuel = 100000; SET checker.emit = 'none';"
                         "SELECT status, error FROM run_checker('read_stdin_forever')")
        self.assertTrue(fuel.startswith('error|fuel limit of 100000'), fuel)

    def copied(self, query):
        """What COPY writes of a query, and that it is CSV to somebody else's reader."""
        text = self.psql(f'COPY ({query}) TO STDOUT (FORMAT csv, HEADER)') + '\n'
        rows = list(csv.reader(io.StringIO(text)))
        self.assertGreater(len(rows), 100)
        self.assertEqual({len(row) for row in rows}, {4})
        return text

    # No more than fits into a message.
    QUERY = "SELECT iata, name, city, state FROM vega.airports WHERE state = 'AK' ORDER BY iata LIMIT 120"

    def test_return_dataset(self):
        self.psql(f"SELECT create_dataset('rows', {quoted(self.QUERY)})")
        self.create_example('return_dataset', ", datasets => '{rows}'")
        run = self.run_checker('return_dataset')
        self.assertEqual((run.status, run.error), ('ok', None))
        self.assertEqual(run.message, self.copied(self.QUERY))

    def test_dataset_at_65538(self):
        self.psql(f"SELECT create_dataset('old', {quoted(self.QUERY)})")
        self.create_example('dataset_at_65538', ", datasets => '{old}'")
        run = self.run_checker('dataset_at_65538')
        self.assertEqual((run.status, run.message, run.error), ('ok', 'wrote the dataset', None))
        self.assertEqual(run.output, self.copied(self.QUERY))


class Alarms(MainJob):
    """The life of an alarm, seen from the queue."""

    def test_fires_once_and_resolves(self):
        bad = self.create_movie_checker('untitled', 'title IS NULL', 'every film has a title',
                                        ", labels => '{\"team\": \"films\"}', owner => 'archive'")
        self.assertGreater(bad, 0)
        first = self.run_checker('untitled')
        self.assertEqual((first.status, first.message), ('fail', 'every film has a title'))
        second = self.run_checker('untitled')
        self.psql("UPDATE vega.movies SET title = 'untitled' WHERE title IS NULL")
        self.assertEqual(self.run_checker('untitled').status, 'ok')

        events = self.wait_for_events('untitled', 4)
        self.assertEqual([event['type'] for event in events],
                         ['run.failed', 'alarm.firing', 'run.failed', 'alarm.resolved'])
        data = [event['data'] for event in events]
        self.assertEqual([d['sequence'] for d in data], [1, 2, 3, 4])
        self.assertEqual([d['run_id'] for d in data][:3], [first.run_id, first.run_id, second.run_id])
        self.assertEqual({d['alarm']['id'] for d in data[1:]}, {data[1]['alarm']['id']})
        self.assertEqual([d['alarm']['state'] for d in data[1:]], ['firing', 'firing', 'ok'])
        self.assertEqual([d['result'] for d in data], ['failed', 'failed', 'failed', 'succeeded'])
        facts = data[0]['dataset']['untitled']
        self.assertEqual((facts['rows'], facts['exact']), (bad, True))
        self.assertEqual(len(facts['sample']), min(bad, 5))
        self.assertEqual({row['title'] for row in facts['sample']}, {None})
        self.assertEqual((data[0]['labels'], data[0]['owner']), ({'team': 'films'}, 'archive'))
        self.check_envelope('untitled')

    def check_envelope(self, name):
        for event_type, queue in (('alarm.firing', 'alarms'), ('alarm.resolved', 'alarms')):
            message = self.received(name, event_type)
            event = json.loads(message.body)
            properties = message.properties
            self.assertEqual(message.queue, queue)
            self.assertEqual(message.routing_key, f'{event_type}.warning.default.{name}')
            self.assertEqual(properties.message_id, event['id'])
            self.assertEqual(properties.content_type, 'application/cloudevents+json')
            self.assertEqual(properties.delivery_mode, 2)
            self.assertEqual(properties.app_id, 'pg_checker')
            self.assertIsInstance(properties.timestamp, int)
            self.assertRegex(event['source'], r'^/pg_checker/\d+/postgres$')
            self.assertRegex(event['time'], r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$')
            self.assertEqual(event['datacontenttype'], 'application/json')

    def test_rolled_back_run_sends_nothing(self):
        self.create_movie_checker('undone', 'imdb_votes IS NULL', 'every film has votes')
        self.psql("BEGIN; SELECT run_checker('undone'); ROLLBACK;")
        run = self.run_checker('undone')
        events = self.wait_for_events('undone', 2)
        self.wait_until_relayed()
        self.assertEqual([event['data']['run_id'] for event in events], [run.run_id] * 2)
        self.assertEqual([event['data']['sequence'] for event in events], [1, 2])


class Restarts(MainJob):
    """Whatever stops in between, what was committed arrives."""

    def assert_complete(self, name, types):
        """Exactly these messages have come about a checker, numbered without a gap, in order."""
        events = self.wait_for_events(name, len(types))
        self.wait_until_relayed()
        self.assertEqual([event['type'] for event in self.events(name)], types)
        self.assertEqual([event['data']['sequence'] for event in events], list(range(1, len(types) + 1)))
        return events

    def test_nothing_is_lost(self):
        name = 'unreleased'
        bad = self.create_movie_checker(name, "release_date > date '2030-01-01'", 'no film comes from the future')
        self.assertGreater(bad, 0)
        types = []

        def fails(times=1):
            for _ in range(times):
                self.assertEqual(self.run_checker(name).status, 'fail')
                types.extend(['run.failed'] if types else ['run.failed', 'alarm.firing'])

        fails()
        self.assert_complete(name, types)

        self.services.rabbitmq.stop()
        fails(3)
        self.assertGreaterEqual(int(self.psql('SELECT pending FROM outbox_status')), 3)
        self.services.rabbitmq.start()
        self.assert_complete(name, types)

        self.services.rabbitmq.stop()
        fails(2)
        self.postgres.restart()
        fails(2)
        self.services.rabbitmq.start()
        self.assert_complete(name, types)

        self.postgres.kill()
        self.postgres.start()
        fails()
        self.assert_complete(name, types)

        self.daemon.kill()
        fails(2)
        self.daemon.start().wait_ready()
        self.assert_complete(name, types)

        self.psql("UPDATE vega.movies SET release_date = NULL WHERE release_date > date '2030-01-01'")
        self.assertEqual(self.run_checker(name).status, 'ok')
        types.append('alarm.resolved')
        events = self.assert_complete(name, types)
        self.assertEqual(len({event['data']['alarm']['id'] for event in events if event['type'].startswith('alarm.')}), 1)
        self.assertEqual(self.psql('SELECT dead_letters FROM outbox_status'), '0')
        self.end_everything()

    def end_everything(self):
        """SIGTERM ends the daemon well, and nothing of ours runs on."""
        self.assertEqual(self.daemon.terminate(), 0)
        self.consumer.__exit__()
        servers = [self.postgres, self.services.rabbitmq]
        pids = [(server.pid, server.birth) for server in servers]
        epmd = self.services.rabbitmq.epmd.pid
        pids.append((epmd, process_birth(epmd)))
        directory = str(self.services.directory)
        self.services.stop()
        for pid, birth in pids:
            self.assertNotEqual(process_birth(pid), birth)
        for entry in pathlib.Path('/proc').glob('[0-9]*/cmdline'):
            try:
                self.assertNotIn(directory.encode(), entry.read_bytes(), entry)
            except OSError:
                continue  # it ended meanwhile


if __name__ == '__main__':
    main()
