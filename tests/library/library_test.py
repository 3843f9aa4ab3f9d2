"""The library as a whole: a healthy cluster, who may install it, and what its documentation says."""
import json
import re
import unittest

from library import LIBRARY, SOURCE, LibraryTest, apply, checkerctl

COLUMNS = ('name', 'description', 'severity', 'labels', 'params', 'schedule', 'runbook', 'source')
CHECKERS = '''
SELECT c.namespace || '.' || c.name, c.description, c.severity, c.labels, c.params, c.schedule, c.runbook, v.source
FROM checker.checker c JOIN checker.checker_version v ON v.checker_id = c.id AND v.version = c.version
WHERE c.labels ->> 'library' = 'postgres' ORDER BY c.name
'''
NEEDS_SUPERUSER = 'superuser.yaml'


class Library(LibraryTest):

    def checkers(self):
        return [dict(zip(COLUMNS, row)) for row in self.sql(CHECKERS)]

    def test_a_healthy_cluster_is_ok(self):
        runs = self.sql('SELECT checker, status::text, coalesce(error, message) FROM checker.run_checker()')
        self.assertGreater(len(runs), 50)
        self.assertEqual([run for run in runs if run[1] != 'ok'], [])

    def test_a_second_apply_changes_nothing(self):
        self.assertEqual(checkerctl(self.postgres, 'diff', LIBRARY).returncode, 0)
        apply(self.postgres, LIBRARY)
        self.assertEqual(self.value('SELECT max(version) FROM checker.checker'), 1)

    def test_the_cases_that_checkers_carry_hold(self):
        done = checkerctl(self.postgres, 'test', LIBRARY)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r'\n1\d cases, 0 failed\n')

    def test_pg_monitor_suffices(self):
        self.with_objects('CREATE DATABASE watched', 'DROP DATABASE watched')
        admin = self.connect(database='watched')
        admin.sql('CREATE EXTENSION pg_checker')
        admin.sql('CREATE ROLE watcher LOGIN')
        self.addCleanup(self.postgres.psql, 'DROP ROLE watcher')
        self.addCleanup(self.postgres.psql, 'DROP EXTENSION pg_checker; DROP OWNED BY watcher', database='watched')
        admin.sql('GRANT pg_monitor TO watcher')
        admin.sql("SELECT checker.grant_access('author', 'watcher')")
        for file in sorted(LIBRARY.glob('*.yaml')):
            if file.name != NEEDS_SUPERUSER:
                apply(self.postgres, file, user='watcher', database='watched')
        refused = checkerctl(self.postgres, 'apply', LIBRARY / NEEDS_SUPERUSER, user='watcher', database='watched')
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn('permission denied', refused.stderr)
        watcher = self.connect(user='watcher', database='watched')
        runs = watcher.sql('SELECT checker, status::text, coalesce(error, message) FROM checker.run_checker()')
        self.assertGreater(len(runs), 50)
        self.assertEqual([run for run in runs if run[1] != 'ok'], [])
        for session in (watcher, admin):
            session.close()

    def test_each_checker_has_a_test(self):
        tests = set()
        for suite in unittest.defaultTestLoader.discover(str(SOURCE / 'tests' / 'library'), '*_test.py'):
            for case in suite:
                tests.update(test._testMethodName.removeprefix('test_') for test in case)
        self.assertEqual([c['name'] for c in self.checkers() if c['name'].removeprefix('postgres.') not in tests], [])

    def test_defaults_in_queries_are_those_of_params(self):
        # A query repeats them for whoever sets some of the parameters and so replaces all.
        for checker in self.checkers():
            in_query = dict(re.findall(r"checker\.param\('(\w+)', '([^']*)'\)", checker['source']))
            given = {name: value if isinstance(value, str) else json.dumps(value)
                     for name, value in checker['params'].items()}
            self.assertEqual(in_query, given, checker['name'])
            self.assertEqual(len(re.findall(r'checker\.param', checker['source'])), len(given), checker['name'])

    def test_each_checker_says_what_to_do(self):
        for checker in self.checkers():
            with self.subTest(checker=checker['name']):
                self.assertEqual(re.findall(r'^- \*\*(\w+)\*\* ', checker['runbook'], re.MULTILINE),
                                 ['Means', 'Matters', 'Look', 'Fix'])
                self.assertEqual(set(checker['labels']), {'library', 'topic', 'scope'})
                self.assertIn(checker['labels']['scope'], ('cluster', 'database', 'standby'))
                self.assertTrue(checker['description'].endswith('.') or checker['description'].endswith(')'))
                self.assertIsNotNone(checker['schedule'])
                self.assertIn(' AS message', checker['source'])

    def test_runbooks_name_checkers_that_exist(self):
        names = {checker['name'] for checker in self.checkers()}
        for checker in self.checkers():
            self.assertLessEqual(set(re.findall(r'`(postgres\.\w+)`', checker['runbook'])), names)

    def test_the_reference_has_each_checker(self):
        page = (SOURCE / 'docs' / 'reference' / 'library-postgres.md').read_text(encoding='utf-8')
        found = [line for line in page.splitlines() if line.startswith('| `postgres.')]
        self.assertEqual(sorted(found), sorted(map(reference_line, self.checkers())))


def reference_line(checker):
    """The checker's line in docs/reference/library-postgres.md."""
    params = '<br>'.join(f'`{name}: {shown(value)}`' for name, value in sorted(checker['params'].items()))
    return (f"| `{checker['name']}` | {checker['description']} | {params} | {checker['severity']} "
            f"| {checker['labels']['scope']} | `{checker['schedule']}` |")


def shown(value):
    """As the files have it; a bar would end the cell."""
    text = value if isinstance(value, str) and value else json.dumps(value)
    return text.replace('|', r'\|')
