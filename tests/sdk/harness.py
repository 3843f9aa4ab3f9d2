"""What the tests of the SDKs share: compiling a checker in each language, and a private cluster to run it in."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import psycopg2

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(TREE / 'tests' / 'delivery'))
from services import Services  # noqa: E402

SDK = TREE / 'checkers' / 'sdk'
LANGUAGES = {'c': 'C', 'cpp': 'C++', 'rs': 'Rust', 'ts': 'AssemblyScript'}


class SdkTest(unittest.TestCase):
    """One cluster for a class, with the extension in it and `checker` last in the search path."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.services = Services(only='postgres', pg_settings={
            'checker.compile_timeout': '120s', 'checker.timeout': '120s', 'search_path': 'public, checker'})
        cls.addClassCleanup(cls.services.stop)
        cls.services.start()
        connection = psycopg2.connect(cls.services.postgres.describe()['dsn'])
        cls.addClassCleanup(connection.close)
        connection.autocommit = True
        cls.cursor = connection.cursor()
        cls.sql('CREATE EXTENSION pg_checker')

    @classmethod
    def sql(cls, statement, *arguments):
        cls.cursor.execute(statement, arguments or None)
        return cls.cursor.fetchall() if cls.cursor.description else None

    def require_language(self, language):
        """Skips the test where the server does not have the language."""
        try:
            self.sql("SELECT create_checker('language', %s::text, ''::text)", language)
        except psycopg2.errors.InvalidParameterValue as error:
            if 'language' in error.diag.message_primary:
                self.skipTest(error.diag.message_primary)
        except psycopg2.Error:
            pass  # it does have it: an empty source is what it minds

    @classmethod
    def module(cls, source):
        """The module that the SDK's compiler makes of a source file."""
        module = cls.folder / f'{source.name}.wasm'
        subprocess.run([SDK / 'compile', source, module], check=True)
        return psycopg2.Binary(module.read_bytes())

    @classmethod
    def create_checker(cls, name, module, datasets=(), **options):
        given = ''.join(f', {key} => %s' for key in options)
        cls.sql(f'SELECT create_checker(%s, %s::bytea, datasets => %s::text[], or_replace => true{given})', name, module,
                list(datasets), *options.values())

    @classmethod
    def evaluate(cls, name, **params):
        """The result of a run as jsonb."""
        return cls.sql('SELECT evaluate_checker(%s, params => %s::jsonb)', name, json.dumps(params))[0][0]
