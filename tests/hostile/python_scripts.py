"""Scripts in Python that mean harm: to their interpreter, to the host's part of it, to the backend that runs them."""

from driver import Case, expect, expect_cancelled, expect_error, expect_run, run_checker

_ROWS = 'SELECT i AS a, i * 3 AS b FROM generate_series(1::bigint, 3000) i'


def _prepared(world):
    if world.once('python rows'):
        world.author.must("SELECT create_dataset('python_rows', %s)", (_ROWS,))


def _script(world, source, **options):
    _prepared(world)
    world.author.must(
        "SELECT create_checker('python', 'python', %s, datasets => '{python_rows}', or_replace => true"
        + ''.join(f', {name} => %s' for name in options) + ')', (source, *options.values()))
    return run_checker(world.author, 'python')


def _ends(says, source, status='error', **options):
    """The script ends with this status and text, and the next one in the same session runs."""
    def run(world):
        expect_run(_script(world, source, **options), status, says)
        expect_run(_script(world, "CheckerCase().assertEqual(len(list(datasets['python_rows'])), 3000)"), 'ok')
    return run


def _refused(source, says):
    def run(world):
        _prepared(world)
        expect_error(world.author.run("SELECT create_checker('refused', 'python', %s)", (source,)), '42601', says)
    return run


def _cancelled(source):
    def run(world):
        _script(world, 'ok("once, so that the interpreter is there")')
        world.author.must("SELECT create_checker('endless', 'python', %s, datasets => '{python_rows}', "
                          "or_replace => true)", (source,))
        expect_cancelled(world, 'endless')
    return run


def _state_stays(world):
    session = ("SELECT current_user::text, current_setting('search_path'), current_setting('TimeZone'), "
               "(SELECT count(*) FROM pg_cursors), (SELECT count(*) FROM pg_prepared_statements)")
    before = world.author.must(session), world.author.signals()
    for source in ("next(iter(datasets['python_rows']))\nraise ValueError(1)",
                   "for r in datasets['python_rows']:\n  for q in datasets['python_rows']:\n    r.x",
                   'def f():\n  f()\nf()', 'x'):
        expect_run(_script(world, source), 'error')
    expect((world.author.must(session), world.author.signals()) == before, 'the session is another than before')


CASES = [
    Case('an endless loop is cancelled', _cancelled('while True: pass')),
    Case('endless exceptions are cancelled', _cancelled(
        'while True:\n  try:\n    raise ValueError\n  except ValueError:\n    pass')),
    Case('an endless regular expression is cancelled', _cancelled(
        'import re\nwhile True:\n  re.match("(a+)+$", "a" * 25 + "b")')),
    Case('endless reading is cancelled', _cancelled("while True:\n  for r in datasets['python_rows']: pass")),
    Case('an endless sort is cancelled', _cancelled(
        'import random\nwhile True:\n  sorted(random.random() for i in range(100000))')),
    Case('a huge power is cancelled', _cancelled('while True: 7 ** 200000')),
    Case('endless collections are cancelled', _cancelled('import gc\nwhile True: gc.collect()')),
    Case('an endless sleep is cancelled', _cancelled('import time\nwhile True: time.sleep(1000)')),
    Case('an endless repr of a message is cancelled', _cancelled(
        'class E:\n  def __str__(self):\n    while True: pass\nfail(E())')),
    Case('deep recursion', _ends('recursion', 'def f(n): return f(n + 1)\nf(0)')),
    Case('deep recursion through a method', _ends('', 'class A:\n  def __len__(self): return len(self)\nlen(A())')),
    Case('deep recursion through a comparison', _ends('', 'a = []\na.append(a)\nb = []\nb.append(b)\na == b')),
    Case('deep recursion through repr', _ends('', 'a = []\na.append(a)\nprint(a)')),
    Case('deep recursion through JSON', _ends('', 'import json\njson.loads("[" * 100000)')),
    Case('deep recursion through a regular expression', _ends('', 'import re\nre.compile("(" * 100000)')),
    Case('deep recursion through a parser', _ends('', 'eval("(" * 5000)')),
    Case('deep recursion through sorting', _ends(
        '', 'class A:\n  def __lt__(self, other): return sorted([A(), A()])\nsorted([A(), A()])')),
    Case('a gigabyte of string', _ends('out of memory', 'x = "a" * (1 << 30)')),
    Case('a gigabyte of list', _ends('', 'x = [0] * (1 << 29)')),
    Case('a string that doubles', _ends('out of memory', 's = "x"\nwhile True: s += s')),
    Case('a number without end', _ends('', 'x = 1 << (1 << 40)')),
    Case('lists without end', _ends('out of memory', 'a = []\nwhile True: a.append([0] * 100000)')),
    Case('output without end', _ends('over the limit', 'while True: print("x" * 1000)')),
    Case('a log without end', _ends('over the limit', 'while True: log("x" * 1000)')),
    Case('assertions without end', _ends('assertions', 'while True: ok("x")')),
    Case('a message of 10 MB', _ends('', 'fail("x" * 10000000)', status='fail')),
    Case('fuel', _ends('fuel', 'while True: pass', fuel=1000000)),
    Case('time', _ends('time limit', 'while True: pass', timeout='200 ms')),
    Case('names that the prelude uses are replaced', _ends(
        '', 'import builtins, json\nbuiltins.tuple = builtins.list = builtins.len = builtins.str = None\n'
            'json.loads = None\nfor r in datasets["python_rows"]: pass')),
    Case('an exception that cannot be shown', _ends(
        '', 'class E(Exception):\n  def __str__(self): raise E()\n  __repr__ = __str__\nraise E()', timeout='1 s')),
    Case('what is no exception is raised', _ends('', 'raise 1')),
    Case('readings that are never closed', _ends(
        'readings', 'a = []\nwhile True:\n  i = iter(datasets["python_rows"])\n  next(i)\n  a.append(i)')),
    Case('readings that are left', _ends(
        '', 'for i in range(1000):\n  for r in datasets["python_rows"]: break', status='ok')),
    Case('files are not there', _ends('no files', 'open("/etc/passwd")')),
    Case('the system is not there', _ends('no module', 'import os')),
    Case('JavaScript is not there', _ends('no module', 'import js')),
    Case('raw memory is not there through the prelude', _ends(
        '_import', "CheckerCase.assertEmpty.__globals__['_import']('uctypes')")),
    Case('raw memory is not there under another name', _ends('no module', "__import__('uuctypes')")),
    Case('raw memory is not there by the import of the interpreter', _ends(
        'no module', 'import builtins\ndel builtins.__import__\nimport uctypes')),
    Case('JavaScript is not there by the import of the interpreter', _ends(
        'no module', 'import builtins\ndel builtins.__import__\nimport js')),
    Case('rows for what is no list', _ends(
        'no list', "host = CheckerCase.assertEmpty.__globals__['host']\n"
                   "host.fill(host.open(datasets['python_rows'].name), bytearray(64))")),
    Case('modules are not found by their names', _ends('KeyError', 'import sys\nsys.modules["js"]')),
    Case('the session stays as it was', _state_stays),
    Case('a fault of the syntax', _refused('a = = 1', 'ine 1')),
    Case('a script of parentheses', _refused('(' * 5000, '')),
    Case('a script that indents without end', _refused('\n'.join(' ' * i + 'if 1:' for i in range(1000)), '')),
]
