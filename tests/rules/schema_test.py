#!/usr/bin/python3
"""The JSON Schema of rules: it is valid, the extension gives out the same one, it accepts what the parser accepts
(tests/unit/assertions has the parser's half of cases.json), and the examples of the manual are valid."""
import json
import pathlib
import re
import sys
import unittest

import jsonschema

SUITE = pathlib.Path(__file__).resolve().parent
TREE = SUITE.parents[1]
sys.dont_write_bytecode = True
sys.path.insert(0, str(SUITE.parent / 'delivery'))
from services import Services  # noqa: E402

SCHEMA = json.loads((TREE / 'docs/reference/rule.schema.json').read_text(encoding='utf-8'))
EXAMPLE = re.compile(r'^```json\n(.*?)^```', re.MULTILINE | re.DOTALL)


class Schema(unittest.TestCase):

    def setUp(self):
        self.validator = jsonschema.Draft202012Validator(SCHEMA)

    def test_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_accepts_and_refuses_as_the_table_of_cases_says(self):
        for case in json.loads((SUITE / 'cases.json').read_text(encoding='utf-8')):
            with self.subTest(source=case['source']):
                self.assertEqual(self.validator.is_valid(case['source']), 'fault_at' not in case)

    def test_accepts_the_examples_of_the_documentation(self):
        examples = 0
        for page in ('docs/reference/rule.md', 'docs/how-to/write-a-rule.md'):
            for text in EXAMPLE.findall((TREE / page).read_text(encoding='utf-8')):
                examples += 1
                with self.subTest(page=page, example=text):
                    self.assertTrue(self.validator.is_valid(json.loads(text)))
        self.assertGreater(examples, 6)

    def test_is_what_the_extension_gives_out(self):
        with Services(only='postgres') as services:
            services.postgres.psql('CREATE EXTENSION pg_checker')
            self.assertEqual(json.loads(services.postgres.psql('SELECT checker.rule_schema()')), SCHEMA)


if __name__ == '__main__':
    unittest.main()
