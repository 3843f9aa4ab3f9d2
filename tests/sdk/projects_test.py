#!/usr/bin/python3
"""A project made of each template builds with the installed SDK alone, its checker tells good rows from bad ones, and its
definition holds on its own made-up rows. SDK is where the SDKs are installed, CHECKERCTL the program. The guides show examples as they are, and the header of the ABI and that of the SDK declare the same imports."""
import os
import pathlib
import re
import subprocess
import unittest

import psycopg2

from harness import TREE, SdkTest

HERE = pathlib.Path(__file__).resolve().parent
CHECKERCTL = os.environ.get('CHECKERCTL', TREE / 'build/dev/bin/checkerctl')
INSTALLED = pathlib.Path(os.environ.get('SDK', '/usr/local/share/pg_checker/sdk'))
NAME = 'no_missing-emails'  # a name may have both
TEMPLATES = {'c': 'c', 'cpp': 'cpp', 'rust': 'rs', 'assemblyscript': 'ts'}
BAD = "SELECT 1::bigint AS id, 'ada@example.org' AS email UNION ALL SELECT 2, NULL"


def environment():
    """Nothing of the tree but AssemblyScript, which a user has from npm."""
    nodes = sorted((TREE / 'node_modules').glob('node-linux-*/bin/node'))
    return {'PATH': os.environ['PATH'], 'CHECKER_SDK': str(INSTALLED),
            'CHECKER_ASC': str(TREE / 'node_modules/assemblyscript/bin/asc.js'), 'NODE': str((*nodes, 'node')[0])}


class Projects(SdkTest):

    def ctl(self, *arguments):
        dsn = self.services.postgres.describe()['dsn']
        done = subprocess.run([CHECKERCTL, '--dsn', dsn, *arguments], cwd=self.folder, env=environment(), text=True,
                              capture_output=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def project(self, language):
        """A new one, built if there is something to build."""
        self.ctl('new', '--language', language, NAME, language)
        folder = self.folder / language
        self.assertEqual([path for path in folder.rglob('*') if '@NAME@' in path.name], [])
        if (folder / 'build').exists():
            subprocess.run(['./build'], cwd=folder, env=environment(), check=True)

    def check(self, language):
        self.project(language)
        self.ctl('apply', f'{language}/checker.yaml')
        self.ctl('test', f'{language}/checker.yaml')
        self.assertEqual(self.evaluate(NAME)['status'], 'ok')
        if language != 'sql':  # whose rows stand in its query
            self.sql('SELECT create_dataset(%s, %s, or_replace => true)', f'{NAME}_rows', BAD)
            result = self.evaluate(NAME)
            self.assertEqual((result['status'], result['message']), ('fail', 'every user has an e-mail'))

    def check_script(self, language):
        self.require_language(language)
        self.check(language)

    def test_javascript(self):
        self.check_script('javascript')

    def test_python(self):
        self.check_script('python')

    def test_rule(self):
        self.check_script('rule')

    def test_sql(self):
        self.check_script('sql')

    def test_c(self):
        self.check('c')

    def test_cpp(self):
        self.check('cpp')

    def test_rust(self):
        self.check('rust')

    def test_assemblyscript(self):
        self.check('assemblyscript')


    def check_bare(self, module):
        self.sql('SELECT create_dataset(%s, %s, or_replace => true)', 'users', BAD)
        self.create_checker('bare', psycopg2.Binary(module.read_bytes()), ['users'])
        result = self.evaluate('bare')
        self.assertEqual((result['status'], result['message']), ('fail', '1 users have no e-mail'))

    def test_c_without_a_library(self):
        module = self.folder / 'bare.c.wasm'
        subprocess.run(['clang-14', '--target=wasm32', '-std=c11', '-O2', '-Wall', '-Wextra', '-Werror', '-pedantic',
                        '-ffreestanding', '-nostdlib', '-Wl,--no-entry', '-I', INSTALLED / 'c', '-o', module,
                        HERE / 'no_library.c'], check=True)
        self.check_bare(module)

    def test_rust_without_std(self):
        crate, module = self.folder / 'libchecker.rlib', self.folder / 'bare.rust.wasm'
        rustc = ['/usr/bin/rustc', '--edition', '2021', '--target', 'wasm32-unknown-unknown', '-D', 'warnings', '-O',
                 '-C', 'panic=abort']
        subprocess.run([*rustc, '--crate-name', 'checker', '--crate-type', 'rlib', '-o', crate,
                        INSTALLED / 'rust/src/lib.rs'], check=True)
        subprocess.run([*rustc, '--crate-type', 'cdylib', '-C', 'lto', '--extern', f'checker={crate}', '-o', module,
                        HERE / 'no_std.rs'], check=True)
        self.check_bare(module)


class Pages(unittest.TestCase):

    def test_guides_show_the_examples_that_are_tested(self):
        for language, ending in TEMPLATES.items():
            with self.subTest(language=language):
                page = (TREE / 'docs' / 'how-to' / f'write-a-checker-in-{language}.md').read_text()
                lines = (TREE / 'checkers/examples/order_totals' / f'order_totals.{ending}').read_text().splitlines()
                self.assertIn('\n'.join(f'    {line}' if line else '' for line in lines), page)

    def test_each_sdk_imports_what_the_abi_has(self):
        """All of module checker, except for what needs multi-value and what is there under another name."""
        pattern = re.compile(r'CHECKER_HOST_FUNCTION\(\w+, "checker", "(\w+)"')
        offered = set(pattern.findall((TREE / 'extension/src/engine/abi.def').read_text()))
        offered -= {'ok', 'dataset', 'datasets', 'param', 'input'}
        sdk = TREE / 'checkers' / 'sdk'
        for path, pattern in ((TREE / 'checkers/abi/checker_abi.h', r'CHECKER_IMPORT\((\w+)\)'),
                              (sdk / 'c/checker.h', r'CHECKER_IMPORT_\((\w+)\)'),
                              (sdk / 'rust/src/abi.rs', r'pub\(crate\) fn (\w+)\('),
                              (sdk / 'assemblyscript/checker/host.ts', r'@external\("checker", "(\w+)"\)')):
            with self.subTest(file=path.name):
                found = set(re.findall(pattern, path.read_text())) - {'name'}
                self.assertEqual(offered - found, set())


if __name__ == '__main__':
    unittest.main(verbosity=2)
