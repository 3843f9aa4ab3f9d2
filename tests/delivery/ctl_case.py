"""A server and checkerctl before it: what the tests of its commands are made of."""
import json
import os
import subprocess
import unittest

from services import Services

CHECKERCTL = os.environ.get('CHECKERCTL', 'checkerctl')
OK, FAILED = 0, 1
RUN_OK, RUN_WARN, RUN_FAIL, RUN_UNKNOWN = 0, 1, 2, 3


class CtlCase(unittest.TestCase):
    SETUP = 'CREATE EXTENSION pg_checker;'  # SQL that makes what the tests find
    SERVERS = None  # all of them; or 'postgres'

    @classmethod
    def setUpClass(cls):
        cls.services = Services(pg_settings={'checker.compile_timeout': '120s'}, only=cls.SERVERS)
        cls.addClassCleanup(cls.services.stop)
        cls.services.start()
        cls.postgres = cls.services.postgres
        cls.postgres.psql(cls.SETUP)

    def ctl(self, *arguments, user='postgres', database='postgres', port=None, stdout=subprocess.PIPE, environment=None):
        dsn = f'host=127.0.0.1 port={port or self.postgres.port} user={user} dbname={database}'
        inherited = {name: os.environ[name] for name in ('PATH', 'ASAN_OPTIONS', 'UBSAN_OPTIONS')
                       if name in os.environ}
        return subprocess.run([CHECKERCTL, '--dsn', dsn, *arguments], stdout=stdout, stderr=subprocess.PIPE,
                              stdin=subprocess.DEVNULL, env=inherited | (environment or {}), timeout=150)

    def good(self, *arguments, code=OK, **options):
        """Standard output of a command that ends with `code` and complains about nothing."""
        done = self.ctl(*arguments, **options)
        self.assertEqual((done.returncode, done.stderr.decode()), (code, ''), done.stdout.decode())
        return done.stdout.decode()

    def bad(self, *arguments, code=FAILED, **options):
        """Standard error of a command that ends with `code` and prints nothing else."""
        done = self.ctl(*arguments, **options)
        output = done.stdout.decode() if done.stdout is not None else ''
        self.assertEqual((done.returncode, output), (code, ''), done.stderr.decode())
        self.assertTrue(done.stderr.decode().startswith('checkerctl: '), done.stderr)
        return done.stderr.decode()

    def document(self, *arguments, **options):
        return json.loads(self.good('--output', 'json', *arguments, **options))
