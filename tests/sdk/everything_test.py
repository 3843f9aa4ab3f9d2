#!/usr/bin/python3
"""Every function of the SDKs, in each language: everything.c and its translations log what they see, and all of them must
log what the server has."""
import json
import pathlib
import unittest

from harness import LANGUAGES, SdkTest

HERE = pathlib.Path(__file__).resolve().parent

COLUMNS = {
    'b': ('boolean', 'boolean', 'b::text'),
    's': ('smallint', 'smallint', 's::text'),
    'i': ('int', 'integer', 'i::text'),
    'l': ('bigint', 'bigint', 'l::text'),
    'f': ('real', 'real', "('x' || encode(float4send(f), 'hex'))::bit(32)::int::text"),
    'g': ('double precision', 'double precision', "('x' || encode(float8send(g), 'hex'))::bit(64)::bigint::text"),
    't': ('text', 'text', 't'),
    'z': ('bytea', 'bytea', "encode(z, 'hex')"),
    'd': ('date', 'date',
          "CASE WHEN isfinite(d) THEN d - date '1970-01-01' WHEN d > '2000-01-01' THEN 2147483647 "
          "WHEN d IS NOT NULL THEN -2147483648 END::text"),
    'ts': ('timestamp', 'timestamp',
           "CASE WHEN isfinite(ts) THEN trunc(extract(epoch FROM ts) * 1000000) "
           "WHEN ts > '2000-01-01' THEN 9223372036854775807 WHEN ts IS NOT NULL THEN -9223372036854775808 END::text"),
    'tz': ('timestamptz', 'timestamptz', "trunc(extract(epoch FROM tz) * 1000000)::text"),
    'iv': ('interval', 'interval',
           "CASE WHEN iv IS NOT NULL THEN concat(extract(year FROM iv) * 12 + extract(month FROM iv), ' ', "
           "extract(day FROM iv), ' ', (extract(epoch FROM iv - date_trunc('day', iv)) * 1000000)::bigint * 1000) END"),
    'u': ('uuid', 'uuid', "replace(u::text, '-', '')"),
    'n': ('numeric(38,4)', 'numeric', 'n::text'),
    'j': ('jsonb', 'text', 'j::text'),
}

ROWS = '''
INSERT INTO given (b, s, i, l, f, g, t, z, d, ts, tz, iv, u, n, j) VALUES
  (true, 32767, 2147483647, 9223372036854775807, 'NaN', '-Infinity', 'Straße, "€" \U0001f600', '\\x00ff', 'infinity',
   '-infinity', '2026-11-28 01:02:03.000004+05:45', '1 year 2 months -3 days 00:00:00.000005',
   'ffffffff-0000-4000-8000-00000000000a', 9999999999999999999999999999999999.9999, '{"a": [1, null]}'),
  (false, -32768, -2147483648, -9223372036854775808, '-0', 1e-300, '', '', '-infinity', 'infinity', '1969-12-31 23:59+00',
   '0', '00000000-0000-0000-0000-000000000000', -0.0001, '"x"'),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (true, 0, 0, 0, 0, 0, ' ', '\\x20', '1970-01-01', '1970-01-01', '1970-01-01+00', '-5 hours', gen_random_uuid(), 0, '0');
INSERT INTO given (b, s, i, l, f, g, t, z, d, ts, tz, iv, u, n, j)
SELECT x % 3 = 0, x, x * 1000, x * 10000000000, x / 7.0, x / 3.0, repeat('ä', x % 40), decode(repeat('0a', x % 17), 'hex'),
       date '2000-01-01' + x, timestamp '2000-01-01' + x * interval '1.000001 s', now() + x * interval '1 s',
       make_interval(days => x), gen_random_uuid(), x * 1.2345, NULL
FROM generate_series(1, 300) AS x;
'''

CSV = [  # query, what is logged
    ('SELECT a, b, c FROM (VALUES (1, NULL, \'\'), (2, \'a,b\', \'say "hi"\'), (3, E\'x\\ny\', E\'\\r\\n\'), '
     '(NULL, NULL, NULL), (5, \'é\', \' \')) AS r (a, b, c) ORDER BY a NULLS LAST',
     ['[a]|[b]|[c]', '[1]|null|[]', '[2]|[a,b]|[say "hi"]', '[3]|[x\ny]|[\r\n]', '[5]|[é]|[ ]', 'null|null|null']),
    ("SELECT a FROM unnest(ARRAY['x', '', NULL, '\\.', '\"']) AS a", ['[a]', '[x]', '[]', 'null', '[\\.]', '["]']),
    ("SELECT 1 AS \"a \"\"b\"\",\nc\" WHERE false", ['[a "b",\nc]']),
]

PARAMS = {'whole': 42, 'least': -9223372036854775808, 'number': -1.5, 'yes': True, 'no': False, 'nothing': None,
          'text': 'a"\\/\n\t\u0001é\U0001f600', 'object': {'a': [1]}}


class Everything(SdkTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sql("SET checker.output_limit = '1MB'")
        cls.sql("SELECT create_dataset('rows', 'SELECT 1 AS a'), create_dataset('others', 'SELECT 1 AS a'), "
                "create_dataset('none', 'SELECT 1 AS a WHERE false')")
        for language in LANGUAGES:
            cls.create_checker(f'everything_{language}', cls.module(HERE / f'everything.{language}'),
                               ['rows', 'others', 'none'])

    def rows(self, query):
        self.sql("SELECT create_dataset('rows', %s, or_replace => true)", query)

    def each(self, job, verify, **params):
        """Has a function look at the result in each language."""
        for language, title in LANGUAGES.items():
            with self.subTest(language=title, job=job):
                verify(self.evaluate(f'everything_{language}', **{'do': job, **params}))

    def texts(self, result):
        self.assertIsNone(result['error'], result['log'])
        return [line['text'] for line in result['log'] or []]

    def test_each_type_arrives_with_its_nulls(self):
        self.sql('CREATE TABLE given (id serial, '
                 + ', '.join(f'{name} {kind}' for name, (kind, _, _) in COLUMNS.items()) + ')')
        self.sql(ROWS)
        shown = ", ".join(f"coalesce({expression}, 'null')" for _, _, expression in COLUMNS.values())
        self.cursor.execute(f"SELECT concat_ws('|', {shown}) FROM given ORDER BY id")
        expected = [', '.join(f'{name} {kind}' for name, (_, kind, _) in COLUMNS.items()),
                    *(row[0] for row in self.cursor.fetchall())]
        self.rows(f'SELECT {", ".join(COLUMNS)} FROM given ORDER BY id')
        self.sql('SET checker.batch_bytes = 4096')
        self.each('values', lambda result: self.assertEqual(self.texts(result), expected))
        self.sql('RESET checker.batch_bytes')

    def test_csv_tells_null_from_empty(self):
        for query, expected in CSV:
            self.rows(query)
            self.each('csv', lambda result: self.assertEqual(self.texts(result), expected))

    def test_assertions_say_what_holds(self):
        self.rows('SELECT generate_series(1, 3) AS a')
        first = []

        def verify(result):
            self.assertEqual(self.texts(result), ['10101010' '100101' '10' '10' '10'])
            self.assertEqual((result['status'], result['message']), ('fail', 'empty'))
            said = [(assertion['ok'], assertion['message']) for assertion in result['assertions']]
            self.assertEqual(said[-4:], [(False, 'fäil'), (False, 'warn'), (True, 'succeed'), (True, 'ok')])
            first.append(result['assertions'])
            self.assertEqual(first[-1], first[0])

        self.each('assertions', verify)

    def test_params_input_and_clock(self):
        for language, title in LANGUAGES.items():
            with self.subTest(language=title):
                self.cursor.execute('BEGIN')
                now, result = self.sql(
                    "SELECT trunc(extract(epoch FROM now()) * 1000000)::text, "
                    "evaluate_checker(%s, input => '{\"b\": \"ü\"}', params => %s)", f'everything_{language}',
                    json.dumps({'do': 'params', **PARAMS}))[0]
                self.cursor.execute('COMMIT')
                first, second = self.texts(result)
                self.assertEqual(first, f'42 {PARAMS["least"]} -1 -1500 101 {PARAMS["text"]} none {{"a": [1]}} null '
                                        '{"b": "ü"}')
                self.assertRegex(second, f'^[01] {now}$')

    def test_levels_of_the_log(self):
        self.each('levels', lambda result: self.assertEqual(
            [(line['level'], line['text']) for line in result['log']],
            [(level, level) for level in ('debug', 'info', 'warning', 'error')]))

    def assert_errors(self, job, said, **params):
        def verify(result):
            self.assertEqual(result['status'], 'error')
            self.assertEqual(result['log'][-1], {'level': 'error', 'text': said})
            self.assertIn(f"Detail: The program's last words: {said}", result['error'])

        self.each(job, verify, **params)

    def test_mistakes_are_named(self):
        self.rows("SELECT 1 AS a, 'x'::text AS t")
        self.assert_errors('wrong type', 'dataset "rows": column "t" is text, not bigint; cast it in the dataset\'s query, or '
                                         'read it as what it is')
        self.assert_errors('no column', 'dataset "rows" has no column "x"; it has "a", "t"')
        self.assert_errors('wrong param', 'parameter "text" is "ab\\"c", not a whole number', text='ab"c')
        for given in (1.5, 9223372036854775808, True, -9223372036854775809):
            self.assert_errors('wrong param', f'parameter "text" is {json.dumps(given)}, not a whole number', text=given)
        self.assert_errors('dance', 'nothing to do')


if __name__ == '__main__':
    unittest.main(verbosity=2)
