#!/usr/bin/python3
"""The examples give the same verdict in every language, on good rows and on bad ones: that of verdicts.json. Programs, which
read rows, also make the same assertions and log the same lines."""
import json
import unittest

from harness import LANGUAGES, TREE, SdkTest

EXAMPLES = TREE / 'checkers' / 'examples'
# Languages that are stored as source, by the end of the file's name.
SCRIPTS = {}
# They assert what the host decides, and log nothing.
QUERIES = {'sql': 'sql'}


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
        """Tables, datasets, and the checker in each language."""
        folder = EXAMPLES / name
        self.sql((folder / 'tables.sql').read_text())
        before = set(self.sql('SELECT name FROM datasets'))
        self.sql((folder / 'datasets.sql').read_text())
        datasets = sorted(row[0] for row in set(self.sql('SELECT name FROM datasets')) - before)
        for ending in LANGUAGES:
            self.create_checker(created(name, ending), self.module(folder / f'{name}.{ending}'), datasets)
        for ending, language in {**SCRIPTS, **QUERIES}.items():
            self.sql('SELECT create_checker(%s, %s::text, %s::text, %s::text[])', created(name, ending), language,
                     (folder / f'{name}.{ending}').read_text(), [] if language == 'sql' else datasets)

    def hold_against_verdicts(self, name, rows):
        wanted = json.loads((EXAMPLES / name / 'verdicts.json').read_text())[rows]
        first = []
        for ending in (*LANGUAGES, *SCRIPTS):
            with self.subTest(example=name, rows=rows, language=ending):
                result = self.evaluate(created(name, ending))
                self.assertIsNone(result['error'], result['log'])
                self.assertEqual(verdict(result), {key: wanted[key] for key in verdict(result)})
                self.assertEqual([assertion['actual'] for assertion in result['assertions']], wanted['actual'])
                self.assertEqual([line['text'] for line in result['log'] or []], wanted['log'])
                first.append((result['assertions'], result['log']))
                self.assertEqual(first[-1], first[0])
        for ending in QUERIES:
            with self.subTest(example=name, rows=rows, language=ending):
                result = self.evaluate(created(name, ending))
                self.assertIsNone(result['error'])
                # A query without rows has no text of its own.
                keys = ('status', 'failures') if ending == 'sql' and rows == 'good' else verdict(result)
                self.assertEqual({key: result[key] for key in keys}, {key: wanted[key] for key in keys})

    def check(self, name):
        self.create(name)
        self.hold_against_verdicts(name, 'good')
        self.sql((EXAMPLES / name / 'break.sql').read_text())
        self.hold_against_verdicts(name, 'bad')

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
