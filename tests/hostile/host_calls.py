"""Guests that call the host with everything that a pointer, a length, a name or a number can be."""
from driver import Case, create_or_fail, expect, expect_run, run_checker
from guests import data, family, wat

OUTSIDE = 'outside of the guest.s memory'
PAGE = 65536

# Texts that are not UTF-8, one a kind, with the offset of the first bad byte.
_BAD_UTF8 = [
    ('lone_continuation', b'ab\x80', 2),
    ('overlong_slash', b'\xc0\xaf', 0),
    ('overlong_three', b'\xe0\x80\xaf', 0),
    ('overlong_four', b'\xf0\x80\x80\xaf', 0),
    ('surrogate', b'x\xed\xa0\x80', 1),
    ('beyond_unicode', b'\xf4\x90\x80\x80', 0),
    ('five_bytes', b'\xf8\x88\x80\x80\x80', 0),
    ('cut_short', b'good\xe2\x82', 4),
    ('byte_ff', b'\xff', 0),
]
_BAD_AT = 1024


def _bad_utf8_bodies():
    for i, (name, text, offset) in enumerate(_BAD_UTF8):
        yield (f'utf8_{name}', f'(call $fail (i32.const {_BAD_AT + 16 * i}) (i32.const {len(text)}))',
               'error', rf'not valid UTF-8 \(byte {offset}\)')


_TEXTS = {
    2000: 'message', 2016: 'rows', 2032: 'nul\0in the\0middle', 2064: 'undeclared', 2080: 'number',
    2096: 'absent', 2112: "quote ' \" $$ \\ \n%s%n", 2160: 'PATH', 2176: 'rows\0', 2192: '', 2208: 'ro',
    # 199 bytes and then characters of three: a text cut at 200 bytes would cut the first.
    3000: 'x' * 199 + '\u20ac' * 10,
}

_BODIES = [
    ('pointer_past_the_end', '(call $fail (i32.const 65536) (i32.const 1))', 'error', OUTSIDE),
    ('pointer_greatest', '(call $fail (i32.const -1) (i32.const 1))', 'error', OUTSIDE),
    ('length_greatest', '(call $fail (i32.const 0) (i32.const -1))', 'error', OUTSIDE),
    ('both_greatest', '(call $ok (i32.const -1) (i32.const -1))', 'error', OUTSIDE),
    ('sum_wraps_to_zero', '(call $warn (i32.const 0x80000000) (i32.const 0x80000000))', 'error', OUTSIDE),
    ('last_byte', '(i32.store8 (i32.const 65535) (i32.const 65)) '
     '(call $fail (i32.const 65535) (i32.const 1))', 'fail', '^A'),
    ('one_over', '(call $fail (i32.const 65535) (i32.const 2))', 'error', OUTSIDE),
    ('nothing_at_the_end', '(call $ok (i32.const 65536) (i32.const 0))', 'ok', ''),
    ('nothing_past_the_end', '(call $ok (i32.const 65537) (i32.const 0))', 'error', OUTSIDE),
    ('nul_in_message', '(call $fail (i32.const 2032) (i32.const 17))', 'fail', 'nul\ufffdin the\ufffdmiddle'),
    ('quotes_in_message', '(call $fail (i32.const 2112) (i32.const 20))', 'fail', "quote ' \" "),
    ('undeclared_dataset', '(call $dataset (i32.const 2064) (i32.const 10)) (drop) (drop)', 'error',
     'did not declare dataset "undeclared"'),
    ('dataset_name_with_nul', '(call $dataset (i32.const 2176) (i32.const 5)) (drop) (drop)', 'error',
     'did not declare'),
    ('dataset_name_empty', '(call $dataset (i32.const 2192) (i32.const 0)) (drop) (drop)', 'error',
     'did not declare dataset ""'),
    ('dataset_name_is_a_prefix', '(call $dataset (i32.const 2208) (i32.const 2)) (drop) (drop)', 'error',
     'did not declare'),
    ('dataset_name_long', '(memory.fill (i32.const 4096) (i32.const 65) (i32.const 60000)) (drop (call '
     '$assert_empty (i32.const 4096) (i32.const 60000) (i32.const 0) (i32.const 0)))', 'error',
     'did not declare'),
    ('dataset_name_cut_in_a_character', '(drop (call $assert_empty (i32.const 3000) (i32.const 229) '
     '(i32.const 0) (i32.const 0)))', 'error', 'did not declare'),
    ('dataset_csv_out_past_the_end', '(call $dataset_csv (i32.const 2016) (i32.const 4) (i32.const 65529))',
     'error', OUTSIDE),
    ('dataset_csv_out_greatest', '(call $dataset_csv (i32.const 2016) (i32.const 4) (i32.const -1))',
     'error', OUTSIDE),
    ('dataset_csv_out_unaligned', '(call $dataset_csv (i32.const 2016) (i32.const 4) (i32.const 65527)) '
     '(if (i32.ne (i32.load8_u (i32.load (i32.const 65527))) (i32.const 110)) (then unreachable))', 'ok', ''),
    ('row_count_bad_operator', '(drop (call $assert_row_count (i32.const 2016) (i32.const 4) (i32.const 6) '
     '(i64.const 0) (i32.const 0) (i32.const 0)))', 'error', 'operator 6'),
    ('row_count_greatest_operator', '(drop (call $assert_row_count (i32.const 2016) (i32.const 4) '
     '(i32.const -1) (i64.const 0) (i32.const 0) (i32.const 0)))', 'error', 'operator'),
    ('less_than_greatest', '(if (i32.eqz (call $assert_less_than (i32.const 2016) (i32.const 4) '
     '(i64.const 0x7fffffffffffffff) (i32.const 2000) (i32.const 7))) (then unreachable))', 'ok', ''),
    ('less_than_smallest', '(if (call $assert_less_than (i32.const 2016) (i32.const 4) '
     '(i64.const 0x8000000000000000) (i32.const 2000) (i32.const 7)) (then unreachable))', 'fail', 'message'),
    ('at_most_greatest', '(if (i32.eqz (call $assert_row_count (i32.const 2016) (i32.const 4) '
     '(i32.const 3) (i64.const 0x7fffffffffffffff) (i32.const 0) (i32.const 0))) (then unreachable))',
     'ok', ''),
    ('greater_than_smallest', '(if (i32.eqz (call $assert_row_count (i32.const 2016) (i32.const 4) '
     '(i32.const 4) (i64.const 0x8000000000000000) (i32.const 0) (i32.const 0))) (then unreachable))',
     'ok', ''),
    ('at_least_zero', '(if (i32.eqz (call $assert_row_count (i32.const 2016) (i32.const 4) '
     '(i32.const 5) (i64.const 0) (i32.const 0) (i32.const 0))) (then unreachable))', 'ok', ''),
    ('unequal_minus_one', '(if (i32.eqz (call $assert_row_count (i32.const 2016) (i32.const 4) '
     '(i32.const 1) (i64.const -1) (i32.const 0) (i32.const 0))) (then unreachable))', 'ok', ''),
    ('equal_to_itself', '(if (i32.eqz (call $assert_equal (i32.const 2016) (i32.const 4) (i32.const 2016) '
     '(i32.const 4) (i32.const 0) (i32.const 0))) (then unreachable))', 'ok', ''),
    ('assert_true_of_any_bit', '(if (i32.eqz (call $assert_true (i32.const 0x80000000) (i32.const 0) '
     '(i32.const 0))) (then unreachable))', 'ok', ''),
    ('param_absent', '(call $param (i32.const 2096) (i32.const 6)) (i32.or) (if (then unreachable))', 'ok',
     ''),
    ('param_with_nul', '(call $param (i32.const 2032) (i32.const 17)) (i32.or) (if (then unreachable))',
     'ok', ''),
    ('param_huge_number', '(call $param (i32.const 2080) (i32.const 6)) (i32.const 1000) (i32.lt_u) '
     '(if (then unreachable)) (drop)', 'ok', ''),
    ('param_get_out_past_the_end', '(drop (call $param_get (i32.const 2080) (i32.const 6) '
     '(i32.const 65533)))', 'error', OUTSIDE),
    ('input_get_out_greatest', '(drop (call $input_get (i32.const -8)))', 'error', OUTSIDE),
    ('log_bad_level', '(call $log (i32.const 4) (i32.const 2000) (i32.const 7))', 'error', 'level 4'),
    ('log_greatest_level', '(call $log (i32.const -1) (i32.const 2000) (i32.const 7))', 'error', 'level'),
    ('log_flood', '(loop (call $log (i32.const 0) (i32.const 2000) (i32.const 7)) (br 0))', 'error',
     'log is over the limit'),
    ('assertion_flood', '(loop (call $ok (i32.const 2000) (i32.const 7)) (br 0))', 'error', '1000'),
    ('message_flood', '(drop (memory.grow (i32.const 300))) (memory.fill (i32.const 4096) (i32.const 65) '
     '(i32.const 10000000)) (loop (call $ok (i32.const 4096) (i32.const 10000000)) (br 0))', 'error',
     '^A{8192}\\.\\.\\.\n(more than 1000 assertions|the time limit)'),
    ('message_of_a_megabyte', '(drop (memory.grow (i32.const 300))) (memory.fill (i32.const 4096) '
     '(i32.const 65) (i32.const 1000000)) (call $fail (i32.const 4096) (i32.const 1000000))', 'fail',
     '^A{1000000}\n$'),
    ('output_flood', '(i32.store (i32.const 8) (i32.const 2000)) (i32.store (i32.const 12) (i32.const 7)) '
     '(loop (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16))) (br 0))',
     'error', 'standard output is over the limit'),
    ('error_output_flood', '(i32.store (i32.const 8) (i32.const 2000)) (i32.store (i32.const 12) '
     '(i32.const 7)) (loop (drop (call $fd_write (i32.const 2) (i32.const 8) (i32.const 1) '
     '(i32.const 16))) (br 0))', 'error', 'standard error is over the limit'),
    ('write_with_a_million_vectors', '(if (i32.eqz (call $fd_write (i32.const 1) (i32.const 0) '
     '(i32.const 1000000) (i32.const 0))) (then unreachable))', 'ok', ''),
    ('write_with_all_vectors', '(if (i32.eqz (call $fd_write (i32.const 1) (i32.const 0) (i32.const -1) '
     '(i32.const 0))) (then unreachable))', 'ok', ''),
    ('write_vectors_past_the_end', '(drop (call $fd_write (i32.const 1) (i32.const 65535) (i32.const 1) '
     '(i32.const 0)))', 'error', OUTSIDE),
    ('write_vector_points_outside', '(i32.store (i32.const 8) (i32.const -1)) (i32.store (i32.const 12) '
     '(i32.const 1)) (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))',
     'error', OUTSIDE),
    ('write_count_past_the_end', '(drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 0) '
     '(i32.const 65533)))', 'error', OUTSIDE),
    ('write_to_unknown_descriptor', '(if (i32.ne (call $fd_write (i32.const 0xffffffff) (i32.const 0) '
     '(i32.const 0) (i32.const 0)) (i32.const 8)) (then unreachable))', 'ok', ''),
    ('write_to_stdin', '(if (i32.eqz (call $fd_write (i32.const 0) (i32.const 0) (i32.const 0) '
     '(i32.const 0))) (then unreachable))', 'ok', ''),
    ('read_over_its_own_vector', '(i32.store (i32.const 8) (i32.const 8)) (i32.store (i32.const 12) '
     '(i32.const 8)) (drop (call $fd_read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 12)))',
     'ok', ''),
    ('open_a_path', '(if (i32.eqz (call $path_open (i32.const 3) (i32.const 0) (i32.const 2160) '
     '(i32.const 4) (i32.const 0) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 0))) '
     '(then unreachable))', 'ok', ''),
    ('prestat', '(if (i32.eqz (call $fd_prestat_get (i32.const 3) (i32.const -1))) (then unreachable))',
     'ok', ''),
    ('random_of_4_gigabytes', '(drop (call $random_get (i32.const 0) (i32.const -1)))', 'error', OUTSIDE),
    ('random_fills_memory', '(drop (call $random_get (i32.const 0) (i32.const 65536)))', 'ok', ''),
    ('random_of_nothing', '(if (call $random_get (i32.const 65536) (i32.const 0)) (then unreachable))',
     'ok', ''),
    ('poll_a_million', '(if (i32.eqz (call $poll_oneoff (i32.const 0) (i32.const 0) (i32.const 1000000) '
     '(i32.const 0))) (then unreachable))', 'ok', ''),
    ('poll_none', '(if (i32.eqz (call $poll_oneoff (i32.const 0) (i32.const 0) (i32.const 0) '
     '(i32.const 0))) (then unreachable))', 'ok', ''),
    ('poll_number_wraps', '(drop (call $poll_oneoff (i32.const 0) (i32.const 0) (i32.const 0x10000000) '
     '(i32.const 0)))', 'ok', ''),
    ('sleep_a_year', '(i64.store (i32.const 24) (i64.const 31536000000000000)) '
     '(drop (call $poll_oneoff (i32.const 0) (i32.const 1000) (i32.const 1) (i32.const 996)))', 'error',
     'time limit'),
    ('sleep_for_ever', '(i64.store (i32.const 24) (i64.const -1)) '
     '(drop (call $poll_oneoff (i32.const 0) (i32.const 1000) (i32.const 1) (i32.const 996)))', 'error',
     'time limit'),
    ('sleep_until_the_past', '(i32.store16 (i32.const 40) (i32.const 1)) '
     '(if (call $poll_oneoff (i32.const 0) (i32.const 1000) (i32.const 1) (i32.const 996)) '
     '(then unreachable))', 'ok', ''),
    ('poll_bad_clock', '(i32.store (i32.const 16) (i32.const 77)) '
     '(drop (call $poll_oneoff (i32.const 0) (i32.const 1000) (i32.const 1) (i32.const 996)))', 'ok', ''),
    ('args_past_the_end', '(drop (call $args_get (i32.const 0) (i32.const 65535)))', 'error', OUTSIDE),
    ('args_sizes_greatest', '(drop (call $args_sizes_get (i32.const 0) (i32.const -1)))', 'error', OUTSIDE),
    ('environ_past_the_end', '(drop (call $environ_get (i32.const 65535) (i32.const 0)))', 'error', OUTSIDE),
    ('environ_is_params_only', '(drop (call $environ_sizes_get (i32.const 8) (i32.const 12))) '
     '(if (i32.ne (i32.load (i32.const 8)) (i32.const 1)) (then unreachable))', 'ok', ''),
    ('clock_out_past_the_end', '(drop (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 65529)))',
     'error', OUTSIDE),
    ('clock_unknown', '(if (i32.eqz (call $clock_time_get (i32.const -1) (i64.const 0) (i32.const 0))) '
     '(then unreachable))', 'ok', ''),
    ('clock_wait_ends', '(loop (drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 8))) '
     '(br_if 0 (i64.lt_u (i64.sub (i64.load (i32.const 8)) (i64.mul (call $now) (i64.const 1000))) '
     '(i64.const 1000))))', 'ok', ''),
    ('exit_in_nested_calls', '(call $deep (i32.const 1000))', 'fail', 'exit code 77'),
    ('exit_greatest', '(call $proc_exit (i32.const -1))', 'fail', 'exit code -1'),
    ('exit_zero_after_failure', '(call $fail (i32.const 2000) (i32.const 7)) (call $proc_exit (i32.const 0))',
     'fail', 'message'),
    ('host_at_the_end_of_the_stack', '(call $sink)', 'error', 'stack'),
    ('deliver_until_memory_ends', '(loop (call $dataset (i32.const 2016) (i32.const 4)) (drop) (drop) '
     '(br 0))', 'error', 'memory'),
    *_bad_utf8_bodies(),
]

_EXTRA = '\n'.join(
    [f'  {data(at, text)}' for at, text in _TEXTS.items() if text] +
    [f'  {data(_BAD_AT + 16 * i, text)}' for i, (_, text, _) in enumerate(_BAD_UTF8)] +
    ['''
  (func $deep (param i32) (if (i32.eqz (local.get 0)) (then (call $proc_exit (i32.const 77))))
    (call $deep (i32.sub (local.get 0) (i32.const 1))) (drop (call $business_day)))
  (func $sink (drop (call $assert_equal (i32.const 2016) (i32.const 4) (i32.const 2016) (i32.const 4)
      (i32.const 0) (i32.const 0))) (call $down (i32.const 0)))
  (func $down (param i32) (local i64 i64) (local.set 1 (call $now)) (if (i32.eqz (i32.rem_u (local.get 0) (i32.const 500)))
        (then (drop (call $business_day))))
    (call $down (i32.add (local.get 0) (i32.const 1))) (i64.store (i32.const 0) (local.get 1)))
'''])

# What a guest's own allocator may do; `dataset` is called once. (name, allocator's body, status, text)
_ALLOCATORS = [
    ('zero', '(i32.const 0)', 'error', 'no room'),
    ('greatest', '(i32.const -1)', 'error', 'outside of its memory'),
    ('just_outside', '(i32.const 65536)', 'error', 'outside of its memory'),
    ('last_byte', '(i32.const 65535)', 'error', 'outside of its memory'),
    ('over_the_name', '(i32.const 2016)', 'ok', ''),
    ('over_the_out_pointer', '(i32.const 500)', 'ok', ''),
    ('traps', '(unreachable)', 'error', 'unreachable.*allocator'),
    ('loops', '(loop (br 0)) (i32.const 8)', 'error', 'time limit'),
    ('recurses', '(i32.add (call $alloc (local.get 0)) (i32.load (i32.const 0)))', 'error',
     'stack.*allocator'),
    ('calls_the_host', '(call $ok (i32.const 0) (i32.const 0)) (i32.const 8)', 'error',
     'called from the guest.s allocator'),
    ('exits', '(call $proc_exit (i32.const 0)) (i32.const 8)', 'error', 'called from the guest.s allocator'),
    ('asks_for_data', '(call $dataset (i32.const 2016) (i32.const 4)) (drop)', 'error',
     'called from the guest.s allocator'),
    ('grows_all', '(loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (i32.const 8)', 'ok',
     ''),
    ('fills_memory_first', '(memory.fill (i32.const 0) (i32.const 255) (i32.const 65536)) (i32.const 8)',
     'ok', ''),
    ('eats_memory_then_gives_up', '(loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) '
     '(i32.const 0)', 'error', 'no room.*memory_limit'),
]


def _allocator(name, body, status, text):
    source = wat('(call $dataset_csv (i32.const 2016) (i32.const 4) (i32.const 500))',
                 f'(func $alloc (export "malloc") (param i32) (result i32) {body}) {data(2016, "rows")}')

    def run(world):
        _rows(world)
        create_or_fail(world.author, f'allocator_{name}', source, datasets=['rows'], timeout='250 ms')
        expect_run(run_checker(world.author, f'allocator_{name}'), status, text)
    return run


# Exports of the allocators' names that are none, and more than one of them.
_ODD_ALLOCATORS = [
    ('a_global_named_malloc', '(global (export "malloc") i32 (i32.const 8))', 'ok', ''),
    ('malloc_of_another_type', '(func (export "malloc") (param i64) (result i32) unreachable)', 'ok', ''),
    ('realloc_goes_before_malloc', '(func (export "malloc") (param i32) (result i32) unreachable) '
     '(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8))', 'ok', ''),
]


def _odd_allocator(name, extra, status, text):
    source = wat('(call $dataset (i32.const 2016) (i32.const 4)) (drop) (drop)',
                 f'{extra} {data(2016, "rows")}')

    def run(world):
        _rows(world)
        create_or_fail(world.author, name, source, datasets=['rows'])
        expect_run(run_checker(world.author, name), status, text)
    return run


def _rows(world):
    if world.once('rows'):
        world.author.must("SELECT create_dataset('rows', 'SELECT n FROM generate_series(1, 3) n')")


def _body(index, status, text):
    def run(world):
        _rows(world)
        if world.once('calls'):
            create_or_fail(world.author, 'calls', family([b[1] for b in _BODIES], _EXTRA),
                           datasets=['rows'], timeout='300 ms', memory_limit='40MB',
                           params='{"number": 1e5000}')
        outcome = run_checker(world.author, 'calls', index)
        expect_run(outcome, status, text)
        expect(outcome.seconds < 5, f'took {outcome.seconds:.1f} s')
    return run


def _without_memory(world):
    source = ('(module (import "checker" "fail" (func $fail (param i32 i32))) '
              '(func (export "check") (call $fail (i32.const 0) (i32.const 0))))')
    create_or_fail(world.author, 'without_memory', source)
    expect_run(run_checker(world.author, 'without_memory'), 'error', 'exports no memory')


def _unexported_memory(world):
    create_or_fail(world.author, 'unexported_memory', wat('(call $fail (i32.const 0) (i32.const 0))',
                                                          memory='(memory 1)'))
    expect_run(run_checker(world.author, 'unexported_memory'), 'error', 'exports no memory')


def _memory_of_no_page(world):
    """Delivered data must not lie at pointer 0, nor outside."""
    source = wat('(drop (call $input_get (i32.const 0)))', memory='(memory (export "memory") 0)')
    create_or_fail(world.author, 'no_page', source)
    expect_run(run_checker(world.author, 'no_page', 1), 'error', OUTSIDE)
    source = wat('(local i32) (call $input) (drop) (local.set 0) '
                 '(if (i32.ne (i32.load8_u (local.get 0)) (i32.const 0x37)) (then unreachable))',
                 memory='(memory (export "memory") 0)')
    create_or_fail(world.author, 'no_page', source)
    expect_run(run_checker(world.author, 'no_page', 7), 'ok')


CASES = ([Case(f'host_calls.{name}', _body(i, status, text))
          for i, (name, _, status, text) in enumerate(_BODIES)] +
         [Case(f'host_calls.allocator_{case[0]}', _allocator(*case)) for case in _ALLOCATORS] +
         [Case(f'host_calls.{case[0]}', _odd_allocator(*case)) for case in _ODD_ALLOCATORS] +
         [Case('host_calls.without_memory', _without_memory),
          Case('host_calls.unexported_memory', _unexported_memory),
          Case('host_calls.memory_of_no_page', _memory_of_no_page)])
