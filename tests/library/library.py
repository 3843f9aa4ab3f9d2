"""What the library's tests share: one cluster with data checksums and an archive, in which the library is installed by
checkerctl, and a way to ask one of its checkers.

A test is named after the checker whose fault it provokes. It lowers thresholds through params instead of making data,
and takes the fault away again, so that the cluster is healthy for whoever comes next.
"""
import atexit
import os
import pathlib
import subprocess
import sys
import threading
import unittest

import psycopg2
import psycopg2.extras

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / 'delivery'))
from services import Services, wait_until  # noqa: E402

LIBRARY = SOURCE / 'checkers' / 'library' / 'postgres'
CHECKERCTL = os.environ.get('CHECKERCTL', 'checkerctl')
PATIENCE_SECONDS = 60  # for anything that must happen; the machine may be busy

SETTINGS = {
    # A healthy cluster: the harness turns these two off.
    'fsync': 'on', 'full_page_writes': 'on',
    'wal_level': 'logical', 'max_prepared_transactions': 5, 'archive_mode': 'on', 'archive_command': '/bin/true',
    # Nothing mends a fault, or writes, while a test looks at it.
    'autovacuum_naptime': '1d', 'checkpoint_timeout': '1d',
    'checker.timeout': '60s',
}


class Cluster:
    """The servers of all tests of a process, started by the first one that asks."""

    _services = None

    @classmethod
    def services(cls):
        if cls._services is None:
            services = Services(only='postgres', pg_settings=SETTINGS)
            atexit.register(services.stop)
            postgres = services.postgres
            postgres.initialize()
            run_program(postgres, 'pg_checksums', '--enable', '--no-sync', '-D', str(postgres.data))
            postgres.start()
            postgres.psql('CREATE EXTENSION pg_checker')
            apply(postgres, LIBRARY)
            cls._services = services
        return cls._services


def run_program(postgres, name, *arguments):
    """Runs one of PostgreSQL's programs as the server's user."""
    subprocess.run([postgres.program(name), *arguments], check=True, cwd=postgres.directory,
                   stdout=subprocess.DEVNULL, **postgres._identity())


def checkerctl(postgres, *arguments, user='postgres', database='postgres'):
    """The finished process."""
    dsn = f'host={postgres.host} port={postgres.port} user={user} dbname={database}'
    return subprocess.run([CHECKERCTL, '--dsn', dsn, *map(str, arguments)], capture_output=True, text=True)


def apply(postgres, path, **options):
    done = checkerctl(postgres, 'apply', path, **options)
    if done.returncode != 0:
        raise AssertionError(f'checkerctl apply {path}: {done.stdout}{done.stderr}')


class Session:
    """A connection that commits each statement, unless it says BEGIN itself."""

    def __init__(self, postgres, user='postgres', database='postgres'):
        self.connection = psycopg2.connect(host=postgres.host, port=postgres.port, user=user, dbname=database)
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.pid = self.connection.get_backend_pid()

    def sql(self, statement, *arguments):
        self.cursor.execute(statement, arguments or None)
        return self.cursor.fetchall() if self.cursor.description else None

    def value(self, statement, *arguments):
        return self.sql(statement, *arguments)[0][0]

    def background(self, statement):
        """Starts a statement that does not return by itself; an error of it is the caller's wish."""
        def run():
            try:
                self.sql(statement)
            except psycopg2.Error:
                pass
        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def close(self):
        self.connection.close()


class LibraryTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.postgres = Cluster.services().postgres

    def setUp(self):
        self.session = self.connect()

    def connect(self, **options):
        session = Session(self.postgres, **options)
        self.addCleanup(session.close)
        return session

    def sql(self, statement, *arguments):
        return self.session.sql(statement, *arguments)

    def value(self, statement, *arguments):
        return self.session.value(statement, *arguments)

    def with_objects(self, create, drop):
        self.addCleanup(self.postgres.psql, drop)
        for statement in create.split(';\n'):
            self.sql(statement)

    def checker(self):
        """The checker that the test is named after."""
        return 'postgres.' + self._testMethodName.removeprefix('test_')

    def evaluate(self, session=None, **params):
        return (session or self.session).value(
            'SELECT checker.evaluate_checker(%s, params => %s)', self.checker(), psycopg2.extras.Json(params))

    def assert_ok(self, session=None, **params):
        result = self.evaluate(session, **params)
        self.assertEqual((result['status'], result['error']), ('ok', None), result['message'])

    def assert_fails(self, message, session=None, **params):
        """The rows kept as a sample, the first of which has made the message."""
        result = self.evaluate(session, **params)
        self.assertEqual((result['status'], result['error']), ('fail', None))
        self.assertRegex(result['message'], message)
        return result['assertions'][0]['sample']

    def burn_transaction_ids(self, count):
        self.sql(f'DO $$ BEGIN FOR i IN 1..{count} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$')

    def flush_statistics(self, session=None):
        """What the session has counted is there for all when this returns."""
        (session or self.session).sql('SELECT pg_stat_force_next_flush()')

    def change_settings(self, **settings):
        """Into the configuration, and in force for the test's session when this returns."""
        self.addCleanup(self.reset_settings, *settings)
        for name, value in settings.items():
            self.sql(f'ALTER SYSTEM SET {name} = %s', value)
        self.reload()
        for name, value in settings.items():
            self.wait(lambda: self.value('SELECT current_setting(%s)', name) == value, f'{name} = {value}')

    def reset_settings(self, *names):
        session = Session(self.postgres)
        for name in names:
            before = self.postgres.settings.get(name)
            session.sql(f'ALTER SYSTEM SET {name} = %s' if before is not None else f'ALTER SYSTEM RESET {name}',
                        *([str(before)] if before is not None else []))
        self.reload(session)
        session.close()

    def reload(self, session=None):
        """Returns when the session has read the configuration again."""
        session = session or self.session
        loaded = session.value('SELECT pg_conf_load_time()')
        session.sql('SELECT pg_reload_conf()')
        self.wait(lambda: session.value('SELECT pg_conf_load_time()') > loaded, 'the configuration')

    def wait(self, condition, what):
        return wait_until(condition, PATIENCE_SECONDS, what)
