"""Scripts that mean harm: to their interpreter, to the host's part of it, to the backend that runs them."""
from driver import Case, create_or_fail, expect, expect_cancelled, expect_error, expect_run, run_checker

_ROWS = 'SELECT i AS a, i * 3 AS b FROM generate_series(1::bigint, 3000) i'


def _prepared(world):
    if world.once('script rows'):
        world.author.must("SELECT create_dataset('script_rows', %s)", (_ROWS,))


def _script(world, source, **options):
    _prepared(world)
    world.author.must(
        "SELECT create_checker('script', 'javascript', %s, datasets => '{script_rows}', or_replace => true"
        + ''.join(f', {name} => %s' for name in options) + ')', (source, *options.values()))
    return run_checker(world.author, 'script')


def _private_kilobytes(world):
    with open(f'/proc/{world.author.pid}/smaps_rollup', encoding='ascii') as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith('Private_'))


def _ends(says, source, status='error', **options):
    """The script ends with this status and text, and the next one in the same session runs."""
    def run(world):
        expect_run(_script(world, source, **options), status, says)
        expect_run(_script(world, 'assertEqual(datasets.script_rows.rows.length, 3000)'), 'ok')
    return run


def _refused(source, says, states='42601'):
    def run(world):
        _prepared(world)
        expect_error(world.author.run("SELECT create_checker('refused', 'javascript', %s)", (source,)), states, says)
    return run


def _cancelled(source):
    def run(world):
        _script(world, 'ok("once, so that the interpreter is there")')
        world.author.must("SELECT create_checker('endless', 'javascript', %s, datasets => '{script_rows}', "
                          "or_replace => true)", (source,))
        expect_cancelled(world, 'endless')
    return run


def _memory_comes_back(world):
    _script(world, 'ok(1)')
    before = _private_kilobytes(world)
    for _ in range(5):
        expect_run(_script(world, 'const a = []; while (true) a.push("x".repeat(10000) + a.length)'), 'error',
                   'out of memory')
    grown = _private_kilobytes(world) - before
    expect(grown < 8192, f'five scripts without measure left {grown} kB behind')


def _state_stays(world):
    session = ("SELECT current_user::text, current_setting('search_path'), current_setting('TimeZone'), "
               "(SELECT count(*) FROM pg_cursors), (SELECT count(*) FROM pg_prepared_statements)")
    before = world.author.must(session), world.author.signals()
    for source in ('const i = datasets.script_rows[Symbol.iterator](); i.next(); throw 1',
                   'for (const r of datasets.script_rows) { for (const q of datasets.script_rows) null.x }',
                   '(function f() { return f() + 1 })()', 'x'):
        expect_run(_script(world, source), 'error')
    expect((world.author.must(session), world.author.signals()) == before, 'the session is another than before')


CASES = [
    Case('an endless loop is cancelled', _cancelled('for (;;);')),
    Case('an endless regular expression is cancelled', _cancelled('/(a+)+$/.test("a".repeat(60) + "b")')),
    Case('endless promises are cancelled', _cancelled('const f = () => Promise.resolve().then(f); await f()')),
    Case('endless reading is cancelled', _cancelled('for (;;) for (const r of datasets.script_rows);')),
    Case('an endless sort is cancelled',
         _cancelled('for (;;) Array.from({ length: 1e5 }, Math.random).sort((a, b) => a - b)')),
    Case('an endless string is cancelled', _cancelled('for (;;) "x".repeat(1e5).split("").reverse().join("")')),
    Case('an endless toString of a message is cancelled', _cancelled('fail({ toString() { for (;;); } })')),
    Case('an endless getter of an error is cancelled',
         _cancelled('const e = new Error("x"); Object.defineProperty(e, "message", { get() { for (;;); } }); throw e')),
    Case('deep recursion', _ends('stack', '(function f() { return f() + 1 })()')),
    Case('deep recursion through JSON', _ends('', 'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a)')),
    Case('deep recursion through a regular expression', _ends('', 'new RegExp("(".repeat(1e5) + ")".repeat(1e5))')),
    Case('deep recursion through a parser', _ends('', 'eval("[".repeat(1e6))')),
    Case('deep recursion through getters', _ends('', 'const o = { get a() { return o.a } }; o.a')),
    Case('deep recursion through an assertion',
         _ends('', 'let a = [], b = []; for (let i = 0; i < 1e5; i++) { a = [a]; b = [b]; } assertEqual(a, b)')),
    Case('a gigabyte of string', _ends('out of memory', '"x".repeat(2 ** 29)')),
    Case('a string that doubles', _ends('', 'let s = "x"; for (;;) s += s')),
    Case('a gigabyte of array', _ends('out of memory', 'new Uint8Array(2 ** 30)')),
    Case('a gigabyte of BigInt', _ends('', '2n ** (2n ** 40n)')),
    Case('memory is given back', _memory_comes_back),
    Case('a promise that never settles', _ends('never settles', 'await new Promise(() => {})')),
    Case('a rejection that nobody handles', _ends('unhandled rejection', 'Promise.reject(1)')),
    Case('output without end', _ends('over the limit', 'for (;;) console.log("x".repeat(1000))')),
    Case('a log without end', _ends('over the limit', 'for (;;) log("x".repeat(1000))')),
    Case('assertions without end', _ends('assertions', 'for (;;) ok("x")')),
    Case('a message of 10 MB', _ends('', 'fail("x".repeat(1e7))', status='fail')),
    Case('fuel', _ends('fuel', 'for (;;);', fuel=1000000)),
    Case('time', _ends('time limit', 'for (;;);', timeout='200 ms')),
    Case('helpers that the prelude uses are replaced', _ends(
        '', 'JSON.parse = Object.freeze = Reflect.apply = Array.prototype.push = Map.prototype.get = null; '
            'assertEqual(datasets.script_rows.rows.length, 3000)', status='ok')),
    Case('Array.prototype yields other arrays', _ends(
        '', 'Array.prototype[Symbol.iterator] = function () { this.length = 0; return { next: () => ({ done: '
                   'true }) } }; for (const r of datasets.script_rows); for (const r of datasets.script_rows);',
        status='ok')),
    Case('a buffer that is not the column\'s', _ends(
        'was changed', 'Object.defineProperty(Object.getPrototypeOf(BigInt64Array.prototype), "buffer", { get() { '
                       'return new ArrayBuffer(1e6) } }); datasets.script_rows.column("a")')),
    Case('a proxy that throws', _ends('', 'throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } })')),
    Case('readings that are never closed', _ends(
        'readings', 'const a = []; for (;;) { const i = datasets.script_rows[Symbol.iterator](); i.next(); a.push(i) }')),
    Case('modules are not there', _ends('could not load module', 'await import("std")')),
    Case('the session stays as it was', _state_stays),
    Case('a fault of the syntax', _refused('let a = = 1', 'Line 1')),
    Case('a script of parentheses', _refused('(' * 100000, '', states=('42601', 'PC035'))),
    Case('a script that closes the function', _refused('}); while (true); (function () {', '')),
]
