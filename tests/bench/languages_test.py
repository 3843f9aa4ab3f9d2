#!/usr/bin/python3
"""The bench's checks say the same in every language: C, Rust and AssemblyScript as WebAssembly, the host's assertion,
plain SQL and the procedural languages."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

import psycopg2

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path[:0] = [str(TREE / 'bench'), str(TREE / 'tests' / 'delivery')]
import checks  # noqa: E402
from services import Services  # noqa: E402


class Languages(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        guests = cls.enterClassContext(tempfile.TemporaryDirectory())
        subprocess.run([TREE / 'bench' / 'guests' / 'build', guests], check=True)
        cls.services = Services(only='postgres', pg_settings={'checker.compile_timeout': '120s'})
        cls.addClassCleanup(cls.services.stop)
        cls.services.start()
        connection = psycopg2.connect(cls.services.postgres.describe()['dsn'])
        cls.addClassCleanup(connection.close)
        connection.autocommit = True
        cls.cursor = connection.cursor()
        cls.cursor.execute('CREATE EXTENSION pg_checker; CREATE SCHEMA bench')
        checks.create(cls.cursor, guests)

    def test_agree_on_rows_that_break_the_rules(self):
        checks.agree(self.cursor)

    def test_agree_on_rows_that_break_none(self):
        for rows in (0, 1, 1000):
            checks.hold(self.cursor, rows)
            for check in checks.CHECKS:
                for label, statement in checks.statements(check).items():
                    with self.subTest(check=check.name, language=label, rows=rows):
                        wanted = 'ok' if label in checks.VERDICTS else checks.expected(check, rows)
                        self.assertEqual(checks.ask(self.cursor, statement), wanted)


if __name__ == '__main__':
    unittest.main()
