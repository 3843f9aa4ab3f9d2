"""Modules that are none, modules made to break their reader, and modules made to break the C compiler."""
import random
import subprocess

from driver import Case, create, create_or_fail, expect, expect_error, expect_run, run_checker
from guests import (F64, FUNCREF, I32, I64, MAGIC, NO_TYPE, code, data, leb, module, name, section, vector,
                    wat)

INVALID = 'PC010'
UNKNOWN_IMPORT = 'PC011'
MISSING_ENTRY = 'PC012'
COMPILE_TIMEOUT = 'PC021'
COMPILE_FAILED = 'PC022'
TOO_LARGE = '54000'
SYNTAX = '42601'
# What a module that no compiler likes may end with. Never a crash, never a hang.
REFUSED = (INVALID, UNKNOWN_IMPORT, MISSING_ENTRY, COMPILE_FAILED, COMPILE_TIMEOUT, TOO_LARGE)

CHECK = name('check') + b'\0\0'
# Where C could be injected, were names to reach it.
_EVIL_NAMES = [
    ('end_of_comment', b'*/ int evil = 1; /*'),
    ('newline', b'a\nint evil(void) { return 1; }\n'),
    ('quotes', b'"); system("true'),
    ('nul', b'a\0b'),
    ('trigraphs', b'??/\n??=include "/etc/passwd"'),
    ('preprocessor', b'\n#include "/etc/passwd"\n#define struct\n'),
    ('continued_line', b'a\\\n*/ int evil; //'),
    ('keyword', b'if'),
    ('empty', b''),
    ('long', b'n' * 100000),
    ('not_utf8', b'\xff\xfe'),
]


def i32_const(n):
    """Signed LEB128, of numbers below 2^31."""
    out = bytearray(b'\x41')
    while True:
        byte, n = n & 0x7F, n >> 7
        if n == 0 and not byte & 0x40:
            return bytes(out + bytes([byte]))
        out.append(byte | 0x80)


def _named_export(text):
    return module(exports=[CHECK, name(text) + b'\0\0'])


def _named_import(text):
    return module(sections={2: vector([name('checker') + name(text) + b'\0' + leb(0)])})


def _imported_module(text):
    return module(sections={2: vector([name(text) + name('fail') + b'\0' + leb(0)])})


def _name_section(text):
    names = b'\x01' + leb(len(vector([leb(0) + name(text)]))) + vector([leb(0) + name(text)])
    return module(after=section(0, name('name') + b'\0' + leb(len(name(text))) + name(text) + names))


def _custom_section(text):
    return module(after=section(0, name(text) + b'whatever'))


# (name, bytes, SQLSTATE(s) at creation or None, text)
_BINARIES = [
    ('empty', b'', INVALID, ''),
    ('one_byte', b'\0', INVALID, ''),
    ('magic_only', b'\0asm', INVALID, ''),
    ('version_2', b'\0asm\2\0\0\0', INVALID, 'version'),
    ('component', b'\0asm\x0d\0\1\0', INVALID, 'version'),
    ('no_sections', MAGIC, MISSING_ENTRY, 'neither'),
    ('trailing_byte', module(after=b'\0'), INVALID, ''),
    ('unknown_section', module(after=b'\x7f\0'), INVALID, 'section'),
    ('section_twice', module(before=section(1, vector([NO_TYPE]))), INVALID, 'section'),
    ('section_longer_than_module', MAGIC + b'\1\xff\xff\xff\xff\x0f', INVALID, ''),
    ('section_size_too_long_leb', MAGIC + b'\1\x80\x80\x80\x80\x80\x80\x80\x00', INVALID, ''),
    ('four_billion_types', MAGIC + section(1, leb(0xFFFFFFFF)), INVALID, ''),
    ('four_billion_functions', module(sections={3: leb(0xFFFFFFFF)}), INVALID, ''),
    ('four_billion_exports', module(sections={7: leb(0xFFFFFFFF)}), INVALID, ''),
    ('four_billion_elements', module(sections={9: leb(0xFFFFFFFF)}), INVALID, ''),
    ('four_billion_data_segments', module(sections={11: leb(0xFFFFFFFF), 12: leb(0xFFFFFFFF)}), INVALID, ''),
    ('four_billion_params', module(types=[b'\x60' + leb(0xFFFFFFFF)]), INVALID, ''),
    ('four_billion_locals', module(locals_=[(0xFFFFFFFF, I64)]), INVALID, 'locals'),
    ('four_billion_locals_twice', module(locals_=[(0xFFFFFFFF, I64), (0xFFFFFFFF, F64)]), INVALID, 'local'),
    ('locals_50001', module(locals_=[(50001, I64)]), INVALID, 'limit is 50000'),
    ('locals_3000_unused', module(locals_=[(3000, I64)]), None, ''),
    ('locals_50000_unused', module(locals_=[(50000, I64)]), None, ''),
    ('four_billion_branches', module(b'\x41\0\x0e' + leb(0xFFFFFFFE) + b'\0'), INVALID, ''),
    ('function_without_code', module(sections={3: vector([leb(0), leb(0)])}), INVALID, 'function'),
    ('code_without_function', module(sections={10: vector([code(b''), code(b'')])}), INVALID, 'function'),
    ('function_of_unknown_type', module(sections={3: vector([leb(77)])}), INVALID, 'type'),
    ('export_of_unknown_function', module(exports=[name('check') + b'\0' + leb(99)]), INVALID, ''),
    ('start_of_unknown_function', module(sections={8: leb(0xFFFFFFFF)}), INVALID, ''),
    ('call_of_unknown_function', module(b'\x10\xff\xff\xff\xff\x0f'), INVALID, ''),
    ('exports_twice', module(exports=[CHECK, CHECK]), INVALID, 'check|duplicate|redefin'),
    ('check_is_a_global', module(exports=[name('check') + b'\3\0'], sections={
        6: vector([I32 + b'\0' + i32_const(0) + b'\x0b'])}), MISSING_ENTRY, 'check'),
    ('check_takes_a_param', module(types=[b'\x60\1' + I32 + b'\0']), MISSING_ENTRY, 'type'),
    ('check_returns_two', module(b'\x41\0\x41\0', types=[b'\x60\0\2' + I32 + I32]), MISSING_ENTRY, 'type'),
    ('stack_underflow', module(b'\x1a'), INVALID, ''),
    ('value_left', module(b'\x41\0'), INVALID, ''),
    ('end_missing', module(sections={10: vector([leb(1) + b'\0'])}), INVALID, ''),
    ('too_many_ends', module(sections={10: vector([leb(4) + b'\0\x0b\x0b\x0b'])}), INVALID, ''),
    ('unknown_opcode', module(b'\xff'), INVALID, ''),
    ('reserved_prefix', module(b'\xfe\x7f'), INVALID, ''),
    ('two_memories', module(sections={5: vector([b'\0\0', b'\0\0'])}), INVALID, 'memor'),
    ('memory_of_too_many_pages', module(sections={5: vector([b'\0' + leb(65537)])}), INVALID, 'pages'),
    ('memory_of_all_pages', module(sections={5: vector([b'\0' + leb(65536)])}), '54000', 'begins with 4194304 kB'),
    ('memory_maximum_below_minimum', module(sections={5: vector([b'\1\2\1'])}), INVALID, ''),
    ('shared_memory', module(sections={5: vector([b'\3\1\1'])}), INVALID, 'shared|thread|limits'),
    ('memory64', module(sections={5: vector([b'\4\1'])}), INVALID, 'memory64|limits|64'),
    ('simd', module(b'\xfd\x0c' + bytes(16) + b'\x1a'), INVALID, 'v128|opcode'),
    ('simd_local', module(locals_=[(1, b'\x7b')]), INVALID, 'v128|type'),
    ('threads', module(b'\x41\0\xfe\x10\2\0\x1a', sections={5: vector([b'\0\1'])}), INVALID, 'opcode'),
    ('tail_call', module(b'\x12\0'), INVALID, 'opcode'),
    ('exceptions', module(b'\x06\x40\x0b'), INVALID, 'opcode'),
    ('tag_section', module(after=section(13, vector([b'\0\0']))), INVALID, 'section'),
    ('global_reads_a_later_global', module(sections={
        6: vector([I32 + b'\0\x23\1\x0b', I32 + b'\0\x41\0\x0b'])}), INVALID, 'global'),
    ('global_initialised_by_a_call', module(sections={6: vector([I32 + b'\0\x10\0\x0b'])}), INVALID, ''),
    ('data_without_memory', module(sections={11: vector([b'\0\x41\0\x0b\1x'])}), INVALID, 'memory'),
    ('elements_without_table', module(sections={9: vector([b'\0\x41\0\x0b\1\0'])}), INVALID, 'table'),
    ('data_count_lies', module(sections={5: vector([b'\0\1']), 12: leb(9), 11: vector([])}), INVALID, ''),
    ('table_of_numbers', module(sections={4: vector([I32 + b'\0\1'])}), INVALID, ''),
    ('import_of_a_memory', module(sections={2: vector([name('env') + name('memory') + b'\2\0\1'])}),
     UNKNOWN_IMPORT, 'memory import "env"."memory"'),
    ('import_of_a_table', module(sections={2: vector([name('env') + name('t') + b'\1' + FUNCREF + b'\0\1'])}),
     UNKNOWN_IMPORT, 'table import'),
    ('import_of_a_global', module(sections={2: vector([name('env') + name('g') + b'\3' + I32 + b'\0'])}),
     UNKNOWN_IMPORT, 'global import'),
    ('import_of_a_tag', module(sections={2: vector([name('env') + name('g') + b'\4\0\0'])}), REFUSED, ''),
    ('import_of_another_type', module(sections={2: vector([name('checker') + name('fail') + b'\0\0'])}),
     UNKNOWN_IMPORT, 'has type'),
    ('import_of_the_next_version', module(sections={2: vector([name('checker_v2') + name('fail') + b'\0\0'])}),
     UNKNOWN_IMPORT, 'checker_v2'),
    *[(f'export_named_{what}', _named_export(text), (None, INVALID), '') for what, text in _EVIL_NAMES],
    *[(f'import_named_{what}', _named_import(text), (UNKNOWN_IMPORT, INVALID), '')
      for what, text in _EVIL_NAMES],
    *[(f'import_module_named_{what}', _imported_module(text), (UNKNOWN_IMPORT, INVALID), '')
      for what, text in _EVIL_NAMES],
    *[(f'name_section_{what}', _name_section(text), (None, INVALID), '') for what, text in _EVIL_NAMES],
    *[(f'custom_section_{what}', _custom_section(text), (None, INVALID), '') for what, text in _EVIL_NAMES],
]

_TEXTS = [
    ('text_empty', '', (SYNTAX, MISSING_ENTRY), ''),
    ('text_unclosed', '(module (func (export "check")', SYNTAX, 'line 1'),
    ('text_nested_parentheses', '(' * 200000, REFUSED + (SYNTAX,), ''),
    ('text_endless_comment', '(module (;' * 100, SYNTAX, ''),
    ('text_huge_token', '(module ' + 'x' * 1000000, SYNTAX, ''),
    ('text_huge_number', f'(module (func (export "check") (drop (f64.const {"9" * 100000}))))',
     (None, SYNTAX), ''),
    ('text_huge_hex_float', f'(module (func (export "check") (drop (f64.const 0x1p{"9" * 1000}))))',
     (None, SYNTAX), ''),
    ('text_bad_escape', '(module (data "\\zz"))', SYNTAX, ''),
    ('text_two_modules', '(module) (module)', (SYNTAX, MISSING_ENTRY), ''),
    ('text_is_quoted_binary', '(module binary "\\00asm")', REFUSED + (SYNTAX,), ''),
    ('text_quote_module', '(module quote "(func)")', REFUSED + (SYNTAX,), ''),
    ('text_import_after_function', '(module (func) (import "checker" "now" (func (result i64))))',
     REFUSED + (SYNTAX,), ''),
    ('text_name_injects', '(module (func $*/int/* (export "check")))', (None, SYNTAX), ''),
]


def _refused(label, source, sqlstate, says):
    def run(world):
        outcome = create(world.author, label, source)
        wanted = sqlstate if isinstance(sqlstate, tuple) else (sqlstate,)
        expect(outcome.sqlstate in wanted, f'expected {wanted}, got {outcome.sqlstate}: {outcome.text[:500]}')
        if outcome.sqlstate is not None:
            expect_error(outcome, outcome.sqlstate, says)
            expect('\n' not in outcome.text.split('\nDetail')[0][:100] or len(outcome.text) < 6000,
                   'a very long message')
        else:
            expect_run(run_checker(world.author, label), 'ok')
    return run


def _helper(world):
    path = world.root.must("SELECT current_setting('checker.compile_helper')")[0][0]

    def compile_only(source, text=False):
        """The exit status; what it says is on standard output."""
        command = [path, '--validate-only', '--format', 'wat' if text else 'wasm', '--timeout-ms', '20000']
        return subprocess.run(command, input=source, capture_output=True, check=False)
    return compile_only


def _real_module(world):
    """Binary form of a guest that has every kind of section."""
    source = wat('(call $fail (i32.const 0) (call_indirect (result i32) (i32.const 0)))',
                 f'(table 2 funcref) (elem (i32.const 0) $f) (func $f (result i32) (global.get $g)) '
                 f'(global $g (mut i32) (i32.const 3)) (func $s (global.set $g (i32.const 4))) (start $s) '
                 f'(func (export "two") (result i32 f64) (local i64 f32) (block (result i32 f64) (i32.const 1) '
                 f'(f64.const 0.5))) (data $p "passive") (elem $e func $f) (func (export "bulk") '
                 f'(memory.init $p (i32.const 0) (i32.const 0) (i32.const 3)) (data.drop $p) (elem.drop $e)) '
                 f'{data(0, "four")}')
    done = _helper(world)(source.encode(), text=True)
    line, _, binary = done.stdout.partition(b'\n')
    expect(b'"ok":true' in line and len(binary) > 100, f'no module: {done.stdout[:300]}')
    return binary


def _truncated(world):
    whole, compile_only = _real_module(world), _helper(world)
    for length in range(len(whole)):
        done = compile_only(whole[:length])
        expect(done.returncode == 1 and b'"ok":false' in done.stdout,
               f'{length} of {len(whole)} bytes: {done.returncode} {done.stdout[:200]}')
    for length in range(0, len(whole), max(1, len(whole) // 8)):
        expect_error(create(world.author, 'truncated', whole[:length]), REFUSED)


def _flipped(world):
    whole, compile_only = _real_module(world), _helper(world)
    rng = random.Random(20240117)
    for number in range(150):
        changed = bytearray(whole)
        for _ in range(rng.choice((1, 1, 1, 2, 5))):
            position = rng.randrange(8, len(changed))
            changed[position] = rng.choice((changed[position] ^ 1 << rng.randrange(8), 0, 255,
                                            rng.randrange(256)))
        done = compile_only(bytes(changed))
        expect(done.returncode in (0, 1) and done.stdout.startswith(b'{"'),
               f'flip {number}: {done.returncode} {done.stdout[:200]} {bytes(changed).hex()}')


def _bomb(source, states=(None, INVALID, COMPILE_FAILED, COMPILE_TIMEOUT), seconds=15, says=''):
    """However long it would take: over after compile_timeout, with a clear answer, or compiled."""
    def run(world):
        world.root.must('BEGIN')
        world.root.must("SET LOCAL checker.compile_timeout = '1s'")
        outcome = create(world.root, 'bomb', source() if callable(source) else source)
        expect(outcome.sqlstate in states, f'{outcome.sqlstate} {outcome.text[:400]}')
        expect(outcome.seconds < seconds, f'took {outcome.seconds:.1f} s')
        if outcome.sqlstate is not None:
            expect_error(outcome, outcome.sqlstate, says)
        world.root.must('ROLLBACK')
    return run


def _nested_blocks(depth, opening=b'\x02\x40'):
    return module(opening * depth + b'\x0b' * depth)


def _live_locals(count):
    """All locals alive across a call: a frame of 8 bytes for each."""
    body = b''.join(b'\x42' + leb(i % 60) + b'\x10\1\x7c\x21' + leb(i) for i in range(count))
    body += b'\x10\1\x1a' + b'\x42\0' + b''.join(b'\x20' + leb(i) + b'\x10\1\x7c\x7c' for i in range(count))
    body += b'\x1a'
    types = vector([NO_TYPE, b'\x60\0\1' + I64])
    other = code(b'\x10\1')
    return MAGIC + section(1, types) + section(3, vector([leb(0), leb(1)])) + section(7, vector([CHECK])) + \
        section(10, vector([code(body, [(count, I64)]), other]))


def _wide_frame(world):
    """Refused for its frame, or compiled to one that fits, whatever the C compiler makes of it."""
    outcome = create(world.author, 'wide_frame', _live_locals(4000), timeout='300 ms')
    expect(outcome.sqlstate in (None, INVALID), f'{outcome.sqlstate} {outcome.text[:300]}')
    if outcome.sqlstate is None:
        expect_run(run_checker(world.author, 'wide_frame'), 'error', 'stack|time limit')
    else:
        expect_error(outcome, INVALID, 'stack frame')


def _too_large(world):
    outcome = create(world.author, 'large', module(after=section(0, name('x') + bytes(4 << 20))))
    expect_error(outcome, TOO_LARGE, '4194304')


def _largest(world):
    """As large as may be, most of it not code."""
    filler = section(0, name('x') + bytes((4 << 20) - 200))
    create_or_fail(world.author, 'largest', module(after=filler))
    expect_run(run_checker(world.author, 'largest'), 'ok')


def _four_megabytes_of_data(world):
    source = module(sections={5: vector([b'\0' + leb(64)]),
                              11: vector([b'\0\x41\0\x0b' + leb(4000000) + bytes(range(250)) * 16000])})
    create_or_fail(world.author, 'much_data', source)
    expect_run(run_checker(world.author, 'much_data'), 'ok')


def _same_module_twice(world):
    """Artifacts are shared by content, verdicts are not."""
    source = wat('(call $fail (i32.const 0) (i32.const 4))', data(0, 'mine'))
    create_or_fail(world.author, 'first', source)
    create_or_fail(world.other, 'second', source)
    expect_run(run_checker(world.author, 'first'), 'fail', 'mine')
    expect_run(run_checker(world.other, 'second'), 'fail', 'mine')


def _many_checkers(world):
    """More modules than a session keeps loaded."""
    world.root.must("SET checker.loaded_modules = 2")
    for number in range(4):
        create_or_fail(world.author, f'many_{number}',
                       wat(f'(call $fail (i32.const 0) (i32.const {number + 1}))', data(0, 'abcd')))
    for _ in range(2):
        for number in range(4):
            expect_run(run_checker(world.author, f'many_{number}'), 'fail', 'abcd'[:number + 1])


def _nested_calls_in_expression(depth):
    return module(b'\x41\0' + b'\x45' * depth + b'\x1a')


_BOMBS = [
    ('blocks_10000_deep', _bomb(_nested_blocks(10000))),
    ('loops_10000_deep', _bomb(_nested_blocks(10000, b'\x03\x40'))),
    ('blocks_1000000_deep', _bomb(lambda: _nested_blocks(1000000))),
    ('ifs_5000_deep', _bomb(module(b'\x41\0\x04\x40' * 5000 + b'\x0b' * 5000))),
    ('br_table_of_a_million', _bomb(lambda: module(b'\x41\0\x0e' + leb(1000000) + b'\0' * 1000001))),
    ('expression_1000000_deep', _bomb(lambda: _nested_calls_in_expression(1000000))),
    ('constants_100000_on_the_stack', _bomb(lambda: module(b'\x41\0' * 100000 + b'\x1a' * 100000))),
    ('types_100000', _bomb(lambda: module(types=[NO_TYPE] * 100000))),
    ('type_of_1000_params', _bomb(lambda: module(types=[NO_TYPE, b'\x60' + vector([F64] * 1000) + b'\0']))),
    ('type_of_1000_results', _bomb(lambda: module(types=[NO_TYPE, b'\x60\0' + vector([F64] * 1000)]))),
    ('functions_100000', _bomb(lambda: module(functions=[code(b'')] * 100000))),
    ('exports_100000', _bomb(lambda: module(
        exports=[CHECK] + [name(f'e{i}') + b'\0\0' for i in range(100000)]))),
    ('data_segments_50000', _bomb(lambda: module(sections={
        5: vector([b'\0\1']), 11: vector([b'\0\x41\0\x0b\1x'] * 50000)}))),
    ('globals_50000', _bomb(lambda: module(sections={
        6: vector([I64 + b'\1\x42\0\x0b'] * 50000)}))),
    ('elements_500000', _bomb(lambda: module(sections={
        4: vector([FUNCREF + b'\0' + leb(500000)]), 9: vector([b'\0\x41\0\x0b' + leb(500000) + b'\0' * 500000])}))),
    ('straight_code_of_a_megabyte', _bomb(lambda: module(b'\x20\0\x20\0\x6c\x21\0' * 150000, [(1, I32)]))),
    ('divisions_of_a_megabyte', _bomb(lambda: module(b'\x20\0\x20\1\x7f\x21\0' * 150000, [(2, I64)]))),
    ('conditional_branches_of_a_megabyte', _bomb(lambda: module(
        b'\x02\x40' + b'\x20\0\x0d\0' * 250000 + b'\x0b', [(1, I32)]))),
    ('loops_in_a_row_30000', _bomb(lambda: module(b'\x03\x40\x20\0\x0d\0\x0b' * 30000, [(1, I32)]))),
]

_CASES = [
    ('truncated', _truncated),
    ('flipped', _flipped),
    ('wide_frame', _wide_frame),
    ('over_the_size_limit', _too_large),
    ('at_the_size_limit', _largest),
    ('four_megabytes_of_data', _four_megabytes_of_data),
    ('same_module_twice', _same_module_twice),
    ('more_than_are_kept_loaded', _many_checkers),
]

CASES = ([Case(f'modules.{case[0]}', _refused(*case)) for case in _BINARIES + _TEXTS] +
         [Case(f'modules.bomb_{label}', run) for label, run in _BOMBS] +
         [Case(f'modules.{label}', run) for label, run in _CASES])
