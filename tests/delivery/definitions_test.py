#!/usr/bin/env python3
"""Definition files and what checkerctl does with them: apply, diff, test, new, push. Needs the extension installed."""
import json
import os
import pathlib
import shutil
import tempfile
import xml.etree.ElementTree

from ctl_case import FAILED, OK, RUN_FAIL, RUN_UNKNOWN, CtlCase
from harness import SOURCE, main

DIFFERENT = 2
WAT = '(module (func (export "check")))'
USERS = '''datasets:
  users_without_email: {query: SELECT id FROM public.users WHERE email IS NULL}
checkers:
  every_user_has_an_email:
    language: sql
    source: SELECT id FROM public.users WHERE email IS NULL
    severity: critical
    timeout: 90 s
    labels: {team: crm, weight: 1.10}
    tests:
      - {name: nobody is there, expect: ok}
'''


class Definitions(CtlCase):
    SERVERS = 'postgres'
    SETUP = '''
CREATE EXTENSION pg_checker;
CREATE TABLE public.users (id int, email text);
CREATE TABLE public."Order Items" (id int);
CREATE ROLE author LOGIN; SELECT checker.grant_access('author', 'author');
CREATE ROLE reader LOGIN; SELECT checker.grant_access('reader', 'reader');
'''

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.postgres.psql('''
            SELECT checker.drop_checker(namespace || '.' || name) FROM checker.checkers;
            SELECT checker.drop_dataset(namespace || '.' || name) FROM checker.datasets;
            TRUNCATE public.users;''')

    def write(self, text, name='checkers.yaml'):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    def names(self):
        return [row['name'] for row in self.document('list')]


class Applying(Definitions):

    def test_a_second_apply_says_that_nothing_changed(self):
        path = self.write(USERS)
        self.assertEqual(self.good('apply', path),
                         '+ dataset default.users_without_email\n+ checker default.every_user_has_an_email\n'
                         '2 to create, 0 to change, 0 to drop, 0 unchanged\napplied\n')
        before = self.postgres.psql('SELECT checkers::text FROM checker.checkers')
        self.assertEqual(self.good('apply', path),
                         '= dataset default.users_without_email\n= checker default.every_user_has_an_email\n'
                         'nothing changed: 0 to create, 0 to change, 0 to drop, 2 unchanged\n')
        self.assertEqual(self.postgres.psql('SELECT checkers::text FROM checker.checkers'), before,
                         'what is the same is not touched')

    def test_a_change_shows_what_changes(self):
        self.good('apply', self.write(USERS))
        changed = USERS.replace('90 s', '2 min').replace('critical', 'info').replace('1.10', '1.1')
        output = self.good('apply', self.write(changed))
        self.assertIn('= dataset default.users_without_email\n~ checker default.every_user_has_an_email\n', output)
        self.assertIn('    severity: "critical" -> "info"\n', output)
        self.assertIn('    timeout: "00:01:30" -> "00:02:00"\n', output)
        self.assertIn('"weight": 1.10} -> {"team": "crm", "weight": 1.1}\n', output)
        self.assertNotIn('version', output, 'the program is the same')
        output = self.good('apply', self.write(changed.replace('source: SELECT id FROM', 'source: SELECT id, email FROM')))
        self.assertIn('    version: 1 -> 2\n', output)

    def test_a_dry_run_and_diff_change_nothing(self):
        path = self.write(USERS)
        self.assertIn('dry run: 2 to create', self.good('apply', '--dry-run', path))
        self.assertEqual(self.good('diff', path, code=DIFFERENT),
                         '+ dataset default.users_without_email\n+ checker default.every_user_has_an_email\n')
        self.assertEqual(self.names(), [])
        self.good('apply', path)
        self.assertEqual(self.good('diff', path, code=OK), '')
        self.bad('diff', path, code=FAILED, port=1)

    def test_only_prune_drops_and_only_in_namespaces_of_the_files(self):
        self.postgres.psql('''
            SELECT checker.create_checker('old', 'sql', 'SELECT 1 AS one WHERE false');
            SELECT checker.create_dataset('unused', 'SELECT 1 AS one');
            SELECT checker.create_checker('other.kept', 'sql', 'SELECT 1 AS one WHERE false');''')
        path = self.write(USERS)
        self.good('apply', path)
        self.assertEqual(self.names(), ['every_user_has_an_email', 'old', 'other.kept'])
        self.assertEqual(self.good('diff', path), '')
        self.assertEqual(self.good('diff', '--prune', path, code=DIFFERENT),
                         '- checker default.old\n- dataset default.unused\n')
        self.assertIn('0 to change, 2 to drop', self.good('apply', '--prune', path))
        self.assertEqual(self.names(), ['every_user_has_an_email', 'other.kept'])

    def test_all_or_nothing(self):
        path = self.write(USERS + '  broken: {language: sql, source: SELEC 1}\n')
        error = self.bad('apply', path)
        self.assertIn(f'checkerctl: {path}:12:35: ', error)
        self.assertIn('default.broken', error)
        self.assertEqual(self.names(), [])

    def test_a_fault_in_a_query_has_its_place(self):
        path = self.write('datasets:\n  d:\n    query: |\n      SELECT id,\n        oops FROM public.users\n')
        error = self.bad('apply', path)
        self.assertIn(f'checkerctl: {path}:3:12: dataset "default.d": column "oops" does not exist\n', error)
        self.assertIn('Line 2, column 3 of the query.', error)

    def test_faults_of_the_file_need_no_server(self):
        path = self.write('checkers: {a: {sauce: x}, b: {language: sql, source: 1}}')
        error = self.bad('apply', path, port=1)
        self.assertIn(f'{path}:1:16: unknown key "sauce" of checker "default.a"\nhint: It may have language', error)
        self.assertIn(f'{path}:1:54: "source" is a number and takes a text', error)

    def test_for_each_serves_many_tables(self):
        path = self.write('''
datasets:
  "${table}_rows": {for_each: {table: [public.users, public.Order Items]}, query: "SELECT * FROM ${table}"}
checkers:
  "${t}_filled": {for_each: {t: [public_users]}, language: wat, source: '%s', datasets: ["${t}_rows"]}
''' % WAT)
        self.good('apply', path)
        rows = self.postgres.psql("SELECT name || ' ' || query FROM checker.datasets ORDER BY 1")
        self.assertEqual(rows.split('\n'), ['public_Order_Items_rows SELECT * FROM public."Order Items"',
                                            'public_users_rows SELECT * FROM public.users'])

    def test_documents(self):
        path = self.write(USERS)
        self.assertEqual(self.document('apply', path)['applied'], True)
        self.write(USERS.replace('critical', 'info'))
        document = self.document('apply', '--dry-run', path)
        self.assertEqual(document, {'changes': [{'action': 'change', 'kind': 'checker',
                                                 'name': 'default.every_user_has_an_email',
                                                 'fields': {'severity': {'from': 'critical', 'to': 'info'}}}],
                                    'unchanged': 1, 'applied': False})

    def test_an_author_applies_and_a_reader_does_not(self):
        path = self.write('datasets: {d: {query: SELECT 1 AS one}}')
        self.assertIn("grant_access('author', 'role')", self.bad('apply', path, user='reader'))
        self.assertIn('applied\n', self.good('apply', path, user='author'))

    def test_modules_stand_beside_the_definitions(self):
        self.write(WAT, 'src/fine.wat')
        path = self.write('checkers: {fine: {module_file: src/fine.wat}}')
        self.good('apply', path)
        self.assertEqual(self.document('show', 'fine')['language'], 'wat')
        (self.folder / 'src/fine.wat').unlink()
        self.assertIn('could not read file', self.bad('apply', path))


CASES = '''datasets:
  users_without_email: {query: SELECT id FROM %s WHERE email IS NULL}
checkers:
  few:
    language: wat
    datasets: [users_without_email]
    source: |
      (module
        (import "checker" "assert_less_than" (func $f (param i32 i32 i64 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "users_without_email") (data (i32.const 64) "few & <none>")
        (func (export "check") (drop (call $f (i32.const 0) (i32.const 19) (i64.const 2) (i32.const 64) (i32.const 12)))))
    tests:
      - {name: one, datasets: {users_without_email: [{id: 1}]}, expect: ok}
      - name: two
        datasets: {users_without_email: [{id: 1}, {id: 2}]}
        expect: {status: %s, message: few & <none>, failures: 1, assertions: [{ok: false, expected: "< 2", actual: 2}]}
'''


class Testing(Definitions):

    def test_cases_run_on_made_up_rows(self):
        for table in ('public.users', 'not_here'):
            path = self.write(CASES % (table, 'fail'))
            self.assertEqual(self.good('test', path),
                             'ok    default.few: one\nok    default.few: two\n2 cases, 0 failed\n')
        self.assertEqual(self.names(), [], 'nothing is stored')

    def test_a_case_that_is_not_as_expected(self):
        path = self.write(CASES % ('public.users', 'ok'))
        self.assertEqual(self.good('test', path, code=FAILED),
                         f'ok    default.few: one\nFAIL  default.few: two ({path}:15:9)\n'
                         '      status: expected ok, found fail: few & <none>\n2 cases, 1 failed\n')
        self.assertEqual(self.good('test', '--format', 'tap', path, code=FAILED),
                         'TAP version 13\n1..2\nok 1 - default.few: one\nnot ok 2 - default.few: two\n  ---\n'
                         f'  at: "{path}:15:9"\n  faults:\n'
                         '    - "status: expected ok, found fail: few & <none>"\n  ...\n')
        report = self.folder / 'report.xml'
        self.assertEqual(self.good('test', '--format', 'junit', '--report', str(report), path, code=FAILED), '')
        suites = xml.etree.ElementTree.parse(report).getroot()
        self.assertEqual((suites.get('tests'), suites.get('failures')), ('2', '1'))
        self.assertEqual(suites.find('.//failure').get('message'), 'status: expected ok, found fail: few & <none>')
        document = json.loads(self.good('--output', 'json', 'test', path, code=FAILED))
        self.assertEqual([case['passed'] for case in document], [True, False])

    def test_a_checker_that_cannot_be_made_fails_its_cases(self):
        path = self.write('checkers: {c: {language: sql, source: SELEC, tests: [{expect: ok}]}}')
        self.assertIn('syntax error', self.good('test', path, code=FAILED))
        self.assertIn('has no test cases', self.bad('test', self.write('checkers: {}')))

    def test_apply_refuses_a_new_version_whose_cases_fail(self):
        good = self.write(CASES % ('public.users', 'fail'))
        self.assertIn('applied\n', self.good('apply', '--test', good))
        self.assertIn('nothing changed', self.good('apply', '--test', good))
        error = self.ctl('apply', '--test', self.write(CASES.replace('i64.const 2', 'i64.const 1') % ('public.users', 'fail')))
        self.assertEqual(error.returncode, FAILED)
        self.assertIn('FAIL  default.few: one', error.stderr.decode())
        self.assertIn('checkerctl: test cases failed, so nothing was applied\n', error.stderr.decode())
        self.assertEqual(self.document('show', 'few')['version'], 1)

    def test_one_source_file(self):
        source = self.write(CASES.split('source: |\n')[1].split('    tests:')[0], 'few.wat')
        rows = self.write('{"users_without_email": [{"id": 1}, {"id": 2}]}', 'rows.json')
        output = self.good('test', source, '--data', rows, code=RUN_FAIL)
        self.assertTrue(output.startswith('FAIL default.test: few & <none> | failures=1 passes=0\n\n[fail]'), output)
        self.assertIn('expected: < 2\n', output)
        self.assertRegex(output, r'\nfuel: [0-9]+\ntime: 00:')
        rows = self.write('users_without_email: []', 'rows.yaml')
        self.assertTrue(self.good('test', source, '--data', rows).startswith('OK default.test'))
        self.bad('test', source, '--data', self.write('[1]', 'rows.json'), code=RUN_UNKNOWN)
        self.bad('test', str(self.folder / 'none.wat'), code=RUN_UNKNOWN)

    def test_params_and_clock_of_one_source(self):
        source = self.write("SELECT 1 AS one WHERE checker.param('n', '0')::int > 1 AND now() < '2020-01-01'", 'a.sql')
        at = ('--at', '2019-01-01')
        self.good('test', source, *at)
        self.good('test', source, *at, '--param', 'n=2', code=RUN_FAIL)
        self.good('test', source, *at, '--params', '{"n": 2}', code=RUN_FAIL)
        self.good('test', source, *at, '--params', '{"n": 2}', '--param', 'n=1')


class Exporting(Definitions):

    def test_what_is_exported_is_applied_without_a_change(self):
        wasm = self.write('', 'module.wasm')
        pathlib.Path(wasm).write_bytes(b'\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\7\x09\1\5check\0\0\x0a\4\1\2\0\x0b')
        self.good('apply', self.write(USERS + CASES.split('checkers:\n')[1] % 'fail' + '''
  other.module: {module_file: module.wasm, datasets: [default.users_without_email], enabled: false, fuel: 12345678901,
                 alarm_on: [warn], input: {"a": [1.10, null]}, for_duration: 5 min, schedule: "30 seconds"}
'''))
        folder = self.folder / 'export'
        self.good('export', '--output-dir', str(folder), user='postgres')
        self.assertEqual(sorted(file.name for file in folder.iterdir()),
                         ['default.yaml', 'other.module.wasm', 'other.yaml'])
        first = {file.name: file.read_bytes() for file in folder.iterdir()}
        self.assertEqual(self.good('diff', '--prune', str(folder)), '')
        self.assertIn('needs a file of its own', self.bad('export'))
        self.setUp()
        self.good('apply', str(folder))
        self.good('export', '--output-dir', str(folder))
        self.assertEqual({file.name: file.read_bytes() for file in folder.iterdir()}, first)


RULE = '''namespace: crm
datasets:
  users: {query: SELECT id FROM public.users}
checkers:
  users:
    language: rule
    datasets: [users]
    source:
      - {dataset: users, assert: not_empty}
      - {dataset: users, assert: less_than, value: 1.10, message: few}
    tests:
      - {name: one, datasets: {users: [{id: 1}]}, expect: {status: ok, passes: 2}}
      - {name: two, datasets: {users: [{id: 1}, {id: 2}]}, expect: {status: fail, message: few}}
'''

# Tables that the imported checks of tests/unit/sidecar/import are about.
IMPORTED = '''
CREATE SCHEMA IF NOT EXISTS sales; CREATE SCHEMA IF NOT EXISTS raw_data;
CREATE TABLE sales.orders (order_id int, line_number int, status text, amount_paid numeric, total numeric,
  discount numeric, ordered_at timestamptz, customer_id int, amount numeric, code text);
CREATE TABLE public.customers (id int); CREATE TABLE public.order_lines (id int);
CREATE TABLE raw_data."People" (person_id int);
CREATE TABLE public.dim_customer (id int, phone text, birth_date date, name text, number_cars_owned int, email text,
  first_name text, last_name text, income numeric, total numeric, last_seen timestamptz, city_id int,
  total_children int, pii_x text);
CREATE TABLE public.dim_city (id int); CREATE TABLE public.closed_city (id int);
CREATE TABLE public.dim_customer_copy (id int);
CREATE TABLE public.taxi (vendor_id text, pickup timestamptz, dropoff timestamptz, passenger_count int,
  payment_type numeric, fare numeric, note text, id int);
'''


class Rules(Definitions):

    def test_a_rule_is_a_list(self):
        path = self.write(RULE)
        self.assertIn('2 cases, 0 failed\n', self.good('test', path))
        self.assertIn('applied\n', self.good('apply', '--test', path))
        self.assertIn('nothing changed', self.good('apply', path))
        exported = self.good('export')
        self.assertIn('- {dataset: crm.users, assert: less_than, value: 1.10, message: few}\n', exported)
        self.assertEqual(self.good('diff', self.write(exported, 'exported.yaml')), '')

    def test_a_fault_stands_at_its_item(self):
        path = self.write(RULE.replace('less_than', 'less_then'))
        self.assertIn(f'checkerctl: {path}:10:9: checker "crm.users": ', self.bad('apply', path))

    def test_imported_checks_are_applied(self):
        self.postgres.psql(IMPORTED)
        sources = SOURCE / 'tests/unit/sidecar/import'
        for tool, file in (('dbt', 'dbt.yml'), ('soda', 'soda.yml'), ('gx', 'gx.json')):
            path = self.folder / f'{tool}.yaml'
            done = self.ctl('import', tool, str(sources / file), '--schema', 'public', '-o', str(path), port=1)
            self.assertEqual(done.returncode, OK)
            self.assertRegex(done.stderr.decode(), r'(?s)^not taken over: .*\n[0-9]+ checks taken over, [0-9]+ not\n$')
            self.assertIn('applied\n', self.good('apply', str(path)))
            self.assertIn('nothing changed', self.good('apply', str(path)))
        errors = self.postgres.psql("SELECT checker, error FROM checker.run_checker() WHERE status = 'error'")
        self.assertEqual(errors, '')


class Projects(Definitions):

    def new(self, *arguments, code=OK):
        environment = {'CHECKER_SDK': str(SOURCE / 'checkers/sdk')}
        done = self.ctl('new', *arguments, environment=environment, port=1)
        self.assertEqual(done.returncode, code, done.stderr.decode())
        return done.stdout.decode() if code == OK else done.stderr.decode()

    def test_every_language_has_a_template(self):
        self.assertEqual(self.new('--list').split(),
                         ['assemblyscript', 'c', 'cpp', 'javascript', 'python', 'rule', 'rust', 'sql', 'wat'])

    def test_a_project_is_made_and_nothing_overwritten(self):
        folder = self.folder / 'emails'
        made = self.new('--language', 'c', 'few_null_emails', str(folder)).split()
        self.assertEqual([pathlib.Path(file).name for file in made], ['.gitignore', 'build', 'checker.yaml', 'few_null_emails.c'])
        self.assertTrue(os.access(folder / 'build', os.X_OK))
        for file in made:
            self.assertNotIn('@NAME@', pathlib.Path(file).read_text())
        (folder / 'build').unlink()
        error = self.new('--language', 'c', 'few_null_emails', str(folder), code=FAILED)
        self.assertIn('is there already', error)
        self.assertFalse((folder / 'build').exists())

    def test_templates_pass_their_own_cases(self):
        for language in ('rule', 'sql', 'wat'):
            folder = self.folder / language
            self.new('--language', language, 'few-emails', str(folder))
            self.assertIn(' 0 failed\n', self.good('test', str(folder)))
            self.assertIn('applied\n', self.good('apply', '--test', str(folder)))

    def test_what_cannot_be_made(self):
        self.assertIn('no template for language "cobol"', self.new('--language', 'cobol', 'x', code=FAILED))
        self.assertIn('not a valid name', self.new('--language', 'c', '../x', code=FAILED))
        self.assertIn('checkerctl new --list', self.new(code=FAILED))

    def test_push_stores_one_file(self):
        path = self.write(WAT, 'fine.wat')
        self.assertEqual(self.good('push', path), 'default.fine version 1\n')
        self.assertIn('already exists', self.bad('push', path))
        self.write('(module (func (export "check") nop))', 'fine.wat')
        self.assertEqual(self.good('push', '--replace', path), 'default.fine version 2\n')
        self.assertIn('language of file', self.bad('push', self.write('x', 'notes.txt')))


if __name__ == '__main__':
    main()
