#!/usr/bin/python3
"""Datasets read in columnar batches: each type's values arrive as the server has them, in constant memory.

GUESTS is the folder of the built guests. STREAMING_SEED replays a run with other random values.
"""
import os
import pathlib
import sys
import unittest

import psycopg2

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'delivery'))
sys.dont_write_bytecode = True
from services import Services  # noqa: E402

from batches import decode  # noqa: E402
from values import TYPES, literals  # noqa: E402

GUESTS = pathlib.Path(os.environ.get('GUESTS', 'build/dev/tests/streaming'))
SEED = os.environ.get('STREAMING_SEED', '1')
RANDOM_VALUES = 400

SET_UP = '''
CREATE EXTENSION pg_checker;
CREATE TYPE mood AS ENUM ('sad', 'it''s, "ok"');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN price AS numeric(8,3);
CREATE DOMAIN words AS text[];
CREATE TYPE pair AS (a int, b text);
'''


class Streaming(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.services = Services(only='postgres', pg_settings={
            'checker.compile_timeout': '120s', 'checker.output_limit': '64MB', 'checker.timeout': '300s',
            'timezone': 'Asia/Kathmandu', 'jit': 'off'})
        cls.addClassCleanup(cls.services.stop)
        cls.services.start()
        cls.connection = psycopg2.connect(cls.services.postgres.describe()['dsn'])
        cls.addClassCleanup(cls.connection.close)
        cls.connection.autocommit = True
        cls.cursor = cls.connection.cursor()
        cls.cursor.execute(SET_UP)
        cls.cursor.execute('SET search_path = public, checker')
        print(f'seed {SEED} (STREAMING_SEED)')

    def sql(self, statement, *arguments):
        self.cursor.execute(statement, arguments or None)
        return self.cursor.fetchall() if self.cursor.description else None

    def guest(self, name):
        return psycopg2.Binary((GUESTS / f'{name}.wasm').read_bytes())

    def run_guest(self, guest, queries, **options):
        """Status, message, output and error of a guest that reads these queries."""
        for name, query in queries.items():
            self.sql('SELECT create_dataset(%s, %s, or_replace => true)', name, query)
        given = ''.join(f', {key} => %s' for key in options)
        self.sql(f"SELECT create_checker('guest', %s::bytea, datasets => %s, or_replace => true{given})",
                 self.guest(guest), list(queries), *options.values())
        return self.sql("SELECT status::text, message, output, error FROM run_checker('guest')")[0]

    def read(self, **queries):
        """The decoded streams of queries that are read side by side."""
        status, _, output, error = self.run_guest('dump', queries, params=f'{{"read": "{" ".join(queries)}"}}')
        self.assertEqual((status, error), ('ok', None))
        return decode(output)

    def digest(self, query, **options):
        """The figures of the guest digest.c."""
        status, message, _, error = self.run_guest('digest', {'rows': query}, **options)
        self.assertEqual((status, error), ('ok', None))
        words = message.split()
        return dict(zip(words[::2], map(int, words[1::2])))

    def check_type(self, a_type):
        self.sql(f'DROP TABLE IF EXISTS given; CREATE TABLE given (id serial, v {a_type.name})')
        for value in literals(a_type, SEED, RANDOM_VALUES):
            self.sql('INSERT INTO given (v) VALUES (%s)', value)
        expected = [row[0] for row in self.sql(
            f'SELECT {a_type.expected.format(v="v")} FROM given ORDER BY id')]
        for batch_bytes in (1024, 1 << 20):
            self.sql(f'SET checker.batch_bytes = {batch_bytes}')
            stream, = self.read(rows='SELECT v, id FROM given ORDER BY id')
            column, ids = stream.columns
            self.assertEqual((column.name, column.format, column.flags), ('v', a_type.format, 2))
            arrived = [None if value is None else a_type.shown(value) for value in column.values]
            self.assertEqual(arrived, expected)
            self.assertEqual(ids.values, list(range(1, len(expected) + 1)))
            self.assertEqual(sum(stream.batches), len(expected))
        self.sql('RESET checker.batch_bytes')

    def test_each_type_arrives_exactly(self):
        for a_type in TYPES:
            with self.subTest(type=a_type.name):
                self.check_type(a_type)

    def test_no_row_and_no_column(self):
        self.assertEqual(self.read(rows='SELECT 1 AS a WHERE false')[0].batches, [0])
        stream, = self.read(rows='SELECT FROM generate_series(1, 5)')
        self.assertEqual((stream.format, stream.children, stream.batches), ('+s', 0, [5, 0]))

    def test_batches_have_at_most_65536_rows(self):
        stream, = self.read(rows='SELECT FROM generate_series(1, 200000)')
        self.assertEqual(sum(stream.batches), 200000)
        self.assertEqual(max(stream.batches), 65536)

    def test_batches_keep_within_their_bytes(self):
        for query, row_bytes in (('SELECT i::bigint AS v FROM generate_series(1, 100000) i', 8),
                                 ("SELECT repeat('x', i %% 100) AS v FROM generate_series(1, 100000) i", 0)):
            self.sql('SET checker.batch_bytes = 100000')
            figures = self.digest(query.replace('%%', '%'))
            self.sql('RESET checker.batch_bytes')
            self.assertEqual(figures['rows'], 100000)
            self.assertLessEqual(figures['largest'] + row_bytes, 100000)
            self.assertGreater(figures['longest'], 500)

    def test_readers_interleave(self):
        self.sql('SET checker.batch_bytes = 4096')
        ones, twos = self.read(
            ones="SELECT i AS a, 'x' || i AS b FROM generate_series(1, 3000) i",
            twos="SELECT repeat('y', i %% 50) AS c FROM generate_series(1, 2000) i".replace('%%', '%'))
        self.sql('RESET checker.batch_bytes')
        self.assertEqual(ones.columns[0].values, list(range(1, 3001)))
        self.assertEqual(ones.columns[1].values[-1], b'x3000'.hex())
        self.assertEqual([len(value) // 2 for value in twos.columns[0].values], [i % 50 for i in range(1, 2001)])
        self.assertGreater(len(ones.batches), 10)

    def test_one_dataset_read_twice_at_once(self):
        self.sql("SELECT create_dataset('rows', 'SELECT i FROM generate_series(1, 100) i', or_replace => true)")
        self.sql("SELECT create_checker('guest', %s::bytea, datasets => '{rows}', or_replace => true, "
                 "params => '{\"read\": \"rows rows\"}')", self.guest('dump'))
        streams = decode(self.sql("SELECT output FROM run_checker('guest')")[0][0])
        self.assertEqual([stream.columns[0].values for stream in streams], [list(range(1, 101))] * 2)

    def test_sixteen_hundred_columns(self):
        columns = ', '.join(f'i + {n} AS c{n}' if n % 2 else f"'t' || i + {n} AS c{n}" for n in range(1600))
        stream, = self.read(rows=f'SELECT {columns} FROM generate_series(1, 30) i')
        self.assertEqual(stream.children, 1600)
        self.assertEqual(stream.columns[1599].values, [i + 1599 for i in range(1, 31)])
        self.assertEqual(stream.columns[1598].values, [f't{i + 1598}'.encode().hex() for i in range(1, 31)])

    def test_names_of_columns_are_any_text(self):
        stream, = self.read(rows='SELECT 1 AS "a ""b"" \u00e9", 2 AS " "')
        self.assertEqual([column.name for column in stream.columns], ['a "b" \u00e9', ' '])

    def test_a_value_longer_than_a_batch_comes_alone(self):
        lengths = [0, 10, 3_000_000, 5, 2_000_000, 1_500_000, 1]
        stream, = self.read(rows='SELECT repeat(chr(96 + n::int), length) AS v, n FROM unnest(ARRAY'
                                 f'{lengths}) WITH ORDINALITY AS t(length, n)')
        self.assertEqual([len(value) // 2 for value in stream.columns[0].values], lengths)
        self.assertEqual(stream.columns[1].values, list(range(1, 8)))

    def test_a_text_of_100_megabytes(self):
        for source in ("SELECT repeat('x', 104857600) AS v", 'SELECT v FROM stored'):
            self.sql('DROP TABLE IF EXISTS stored; CREATE TABLE stored (v text); '
                     'ALTER TABLE stored ALTER v SET STORAGE EXTERNAL; '
                     "INSERT INTO stored VALUES (repeat('x', 104857600))")
            figures = self.digest(source, memory_limit='256MB')
            self.assertEqual((figures['rows'], figures['largest']), (1, 104857600))
            hashed = self.run_guest('digest', {'rows': source})
            self.assertEqual(hashed[0], 'error')
            self.assertRegex(hashed[3], 'memory')

    def test_ten_million_rows_in_constant_memory(self):
        query = 'SELECT i::bigint AS v FROM generate_series(1, 10000000) i'
        self.sql('DROP TABLE IF EXISTS many; CREATE UNLOGGED TABLE many AS ' + query)
        figures = self.digest('SELECT v FROM many')
        self.assertEqual((figures['rows'], figures['longest']), (10000000, 65536))
        self.assertLess(figures['pages'], 24)
        before = self.peak()
        self.digest('SELECT v FROM many')
        self.assertLess(self.peak() - before, 16 << 10)
        self.sql('DROP TABLE many')

    def peak(self):
        """Most memory that the session's backend has had, in kB, shared buffers aside."""
        pid = self.connection.info.backend_pid
        status = dict(line.split(':', 1) for line in pathlib.Path(f'/proc/{pid}/status').read_text().splitlines())
        return int(status['VmHWM'].split()[0]) - int(status['RssShmem'].split()[0])

    def test_misfits_name_column_and_row(self):
        for a_type, value, sqlstate, says in (
                ('numeric(5,2)', 'NaN', '22003', 'NaN is no decimal of 5 digits'),
                ('timestamp', '294276-12-31 23:59:59.999999', '22008', 'out of the range of 64-bit microseconds'),
                ('timestamptz', '294276-01-01 00:00:00', '22008', 'out of the range of 64-bit microseconds'),
                ('interval', '2562048 hours', '22015', 'out of the range of 64-bit nanoseconds')):
            self.sql(f'DROP TABLE IF EXISTS given; CREATE TABLE given (id serial, v {a_type})')
            self.sql('INSERT INTO given (v) VALUES (NULL), (NULL), (%s)', value)
            status, _, _, error = self.run_guest('dump', {'rows': 'SELECT v FROM given ORDER BY id'},
                                                 params='{"read": "rows"}')
            self.assertEqual(status, 'error')
            self.assertRegex(error, rf'dataset "default.rows": column "v" in row 3: .*{says}')
            self.assertIn(f'SQLSTATE {sqlstate}', error)
            self.assertIn('Cast it to text', error)

    def test_a_query_that_fails_midway_is_an_error_of_the_run(self):
        status, _, _, error = self.run_guest(
            'dump', {'rows': 'SELECT 1 / (90000 - i) AS v FROM generate_series(1, 100000) i'},
            params='{"read": "rows"}')
        self.assertEqual(status, 'error')
        self.assertIn('dataset "default.rows": division by zero (SQLSTATE 22012)', error)
        self.assertEqual(self.sql('SELECT count(*) FROM pg_cursors'), [(0,)])

    def test_rights_settings_and_parameters_are_those_of_each_dataset(self):
        self.sql('''CREATE OR REPLACE FUNCTION surroundings() RETURNS text VOLATILE LANGUAGE sql AS $$
                      SELECT concat_ws(' ', current_user, current_setting('search_path'), checker.param('read'))$$''')
        stream, = self.read(rows='SELECT surroundings() AS v FROM generate_series(1, 3)')
        for value in stream.columns[0].values:
            self.assertRegex(bytes.fromhex(value).decode(), r'^postgres public, checker, pg_temp rows$')
        self.assertEqual(self.sql("SELECT current_setting('search_path')"), [('public, checker',)])


if __name__ == '__main__':
    unittest.main(verbosity=2)
