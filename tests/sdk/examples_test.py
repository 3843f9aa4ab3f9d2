#!/usr/bin/python3
"""The examples give the same verdict in every language, on good rows and on bad ones: that of verdicts.json. Programs, which
read rows, also make the same assertions and log the same lines."""
import json
import unittest

from harness import LANGUAGES, TREE, SdkTest

EXAMPLES = TREE / 'checkers' / 'examples'
# Languages that are stored as source, by the end of the file's name.
SCRIPTS = {'js': 'javascript', 'py': 'python'}
# They assert what the host decides, and log nothing.
QUERIES = {'json': 'rule', 'sql': 'sql'}


def verdict(result):
    return {key: result[key] for key in ('status', 'message', 'failures')}


def created(name, language):
    return f'{name}_{language}'


class Examples(SdkTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # These days are holidays, so that the day of the test does not matter.
        cls.sql("INSERT INTO checker.holiday (day, name) SELECT current_date + n, 'test' FROM generate_series(-2, 2) n")

    def create(self, name):
        """Tables, datasets, and the checker in each compiled language. Returns the datasets' names."""
        folder = EXAMPLES / name
        self.sql((folder / 'tables.sql').read_text())
        before = set(self.sql('SELECT name FROM datasets'))
        self.sql((folder / 'datasets.sql').read_text())
        datasets = sorted(row[0] for row in set(self.sql('SELECT name FROM datasets')) - before)
        for ending in LANGUAGES:
            self.create_checker(created(name, ending), self.module(folder / f'{name}.{ending}'), datasets)
        return datasets

    def create_from_source(self, name, ending, datasets):
        language = {**SCRIPTS, **QUERIES}[ending]
        self.require_language(language)
        self.sql('SELECT create_checker(%s, %s::text, %s::text, %s::text[])', created(name, ending), language,
                 (EXAMPLES / name / f'{name}.{ending}').read_text(), [] if language == 'sql' else datasets)

    def hold_against_verdicts(self, name, rows, endings):
        wanted = json.loads((EXAMPLES / name / 'verdicts.json').read_text())[rows]
        first = []
        for ending in (*LANGUAGES, *(set(SCRIPTS) & endings)):
            with self.subTest(example=name, rows=rows, language=ending):
                result = self.evaluate(created(name, ending))
                self.assertIsNone(result['error'], result['log'])
                self.assertEqual(verdict(result), {key: wanted[key] for key in verdict(result)})
                self.assertEqual([assertion['actual'] for assertion in result['assertions']], wanted['actual'])
                self.assertEqual([line['text'] for line in result['log'] or []], wanted['log'])
                if ending in LANGUAGES:  # with expectations, samples and levels
                    first.append((result['assertions'], result['log']))
                    self.assertEqual(first[-1], first[0])
        for ending in set(QUERIES) & endings:
            with self.subTest(example=name, rows=rows, language=ending):
                result = self.evaluate(created(name, ending))
                self.assertIsNone(result['error'])
                # A query without rows has no text of its own.
                keys = ('status', 'failures') if ending == 'sql' and rows == 'good' else verdict(result)
                self.assertEqual({key: result[key] for key in keys}, {key: wanted[key] for key in keys})

    def check(self, name):
        datasets = self.create(name)
        endings = set()
        for ending in (*SCRIPTS, *QUERIES):
            with self.subTest(example=name, language=ending):
                self.create_from_source(name, ending, datasets)
                endings.add(ending)
        self.hold_against_verdicts(name, 'good', endings)
        self.sql((EXAMPLES / name / 'break.sql').read_text())
        self.hold_against_verdicts(name, 'bad', endings)

    def test_null_emails(self):
        self.check('null_emails')

    def test_order_totals(self):
        self.check('order_totals')

    def test_freshness(self):
        self.check('freshness')

    def test_distribution_drift(self):
        self.check('distribution_drift')

    def test_reconciliation(self):
        self.check('reconciliation')


if __name__ == '__main__':
    unittest.main(verbosity=2)
