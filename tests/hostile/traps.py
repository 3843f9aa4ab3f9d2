"""Guests that trap, run for ever or eat memory: each ends as an error of its own run, with its own text."""
from driver import Case, create_or_fail, expect, expect_run, run_checker
from guests import data, family, wat

OOB = 'out of bounds|outside'
DIVIDE = 'divide by zero|division by zero'

# (name, body, status, text): all run from one module.
_SCALAR = [
    ('unreachable', 'unreachable', 'error', 'unreachable'),
    ('i32_div_s_zero', '(drop (i32.div_s (i32.const 1) (i32.load (i32.const 0))))', 'error', 'zero'),
    ('i32_div_u_zero', '(drop (i32.div_u (i32.const 1) (i32.load (i32.const 0))))', 'error', 'zero'),
    ('i32_rem_s_zero', '(drop (i32.rem_s (i32.const 1) (i32.load (i32.const 0))))', 'error', 'zero'),
    ('i64_rem_u_zero', '(drop (i64.rem_u (i64.const 1) (i64.load (i32.const 0))))', 'error', 'zero'),
    ('i32_div_overflow', '(i32.store (i32.const 8) (i32.const -1)) (i32.store (i32.const 12) '
     '(i32.div_s (i32.const 0x80000000) (i32.load (i32.const 8))))', 'error', 'overflow'),
    ('i64_div_overflow', '(i64.store (i32.const 8) (i64.const -1)) (i64.store (i32.const 16) '
     '(i64.div_s (i64.const 0x8000000000000000) (i64.load (i32.const 8))))', 'error', 'overflow'),
    ('i32_rem_minus_one_is_zero', '(i32.store (i32.const 8) (i32.const -1)) '
     '(if (i32.rem_s (i32.const 0x80000000) (i32.load (i32.const 8))) (then unreachable))', 'ok', ''),
    ('i64_rem_minus_one_is_zero', '(i64.store (i32.const 8) (i64.const -1)) '
     '(if (i64.eqz (i64.rem_s (i64.const 0x8000000000000000) (i64.load (i32.const 8)))) '
     '(then) (else unreachable))', 'ok', ''),
    ('trunc_nan', '(f64.store (i32.const 8) (f64.const nan)) '
     '(i32.store (i32.const 0) (i32.trunc_f64_s (f64.load (i32.const 8))))', 'error', 'conversion'),
    ('trunc_too_large', '(f64.store (i32.const 8) (f64.const 2147483648)) '
     '(i32.store (i32.const 0) (i32.trunc_f64_s (f64.load (i32.const 8))))', 'error', 'overflow'),
    ('trunc_minus_one_unsigned', '(f32.store (i32.const 8) (f32.const -1)) '
     '(i64.store (i32.const 0) (i64.trunc_f32_u (f32.load (i32.const 8))))', 'error', 'overflow'),
    ('trunc_just_fits', '(f64.store (i32.const 8) (f64.const 2147483647.9)) '
     '(if (i32.ne (i32.trunc_f64_s (f64.load (i32.const 8))) (i32.const 2147483647)) '
     '(then unreachable))', 'ok', ''),
    ('trunc_sat_nan', '(if (i32.trunc_sat_f32_s (f32.const nan)) (then unreachable))', 'ok', ''),
    ('load_last_byte', '(drop (i32.load8_u (i32.const 65535)))', 'ok', ''),
    ('load_past_the_end', '(drop (i32.load (i32.const 65533)))', 'error', OOB),
    ('load_at_4_gigabytes', '(drop (i64.load (i32.const -1)))', 'error', OOB),
    ('load_offset_wraps', '(drop (i32.load offset=0xffffffff (i32.const 1)))', 'error', OOB),
    ('load_offset_and_pointer_greatest', '(drop (i64.load offset=0xffffffff (i32.const -1)))', 'error',
     OOB),
    ('unused_load_still_traps', '(drop (i32.load8_s offset=65536 (i32.const 0)))', 'error', OOB),
    ('store_past_the_end', '(i64.store (i32.const 65529) (i64.const 1))', 'error', OOB),
    ('store_offset_wraps', '(i32.store8 offset=0xfffffff0 (i32.const 0x20) (i32.const 1))', 'error', OOB),
    ('store_last_byte', '(i32.store8 (i32.const 65535) (i32.const 1))', 'ok', ''),
    ('fill_past_the_end', '(memory.fill (i32.const 65535) (i32.const 1) (i32.const 2))', 'error', OOB),
    ('fill_nothing_at_the_end', '(memory.fill (i32.const 65536) (i32.const 1) (i32.const 0))', 'ok', ''),
    ('fill_nothing_past_the_end', '(memory.fill (i32.const 65537) (i32.const 1) (i32.const 0))', 'error',
     OOB),
    ('fill_greatest', '(memory.fill (i32.const 1) (i32.const 1) (i32.const -1))', 'error', OOB),
    ('copy_past_the_end', '(memory.copy (i32.const 1) (i32.const 0) (i32.const 65536))', 'error', OOB),
    ('copy_from_greatest', '(memory.copy (i32.const 0) (i32.const -1) (i32.const -1))', 'error', OOB),
    ('copy_overlaps_upwards', '''
        (i32.store8 (i32.const 100) (i32.const 7)) (i32.store8 (i32.const 101) (i32.const 8))
        (memory.copy (i32.const 101) (i32.const 100) (i32.const 60000))
        (if (i32.ne (i32.load16_u (i32.const 101)) (i32.const 0x0807)) (then unreachable))''', 'ok', ''),
    ('init_past_the_segment', '(memory.init $passive (i32.const 0) (i32.const 3) (i32.const 2))', 'error',
     OOB),
    ('init_past_the_memory', '(memory.init $passive (i32.const 65535) (i32.const 0) (i32.const 2))',
     'error', OOB),
    ('init_offset_wraps', '(memory.init $passive (i32.const 0) (i32.const -1) (i32.const 2))', 'error',
     OOB),
    ('init_after_drop', '(data.drop $passive) '
     '(memory.init $passive (i32.const 0) (i32.const 0) (i32.const 1))', 'error', OOB),
    ('init_nothing_after_drop', '(data.drop $passive) '
     '(memory.init $passive (i32.const 0) (i32.const 0) (i32.const 0))', 'ok', ''),
    ('call_indirect_wrong_type', '(drop (call_indirect (result i32) (i32.const 0)))', 'error',
     'indirect call'),
    ('call_indirect_null', '(call_indirect (i32.const 2))', 'error', 'indirect call'),
    ('call_indirect_out_of_range', '(call_indirect (i32.const 10))', 'error', f'indirect call|{OOB}'),
    ('call_indirect_greatest', '(call_indirect (i32.const -1))', 'error', f'indirect call|{OOB}'),
    ('call_indirect_works', '(call_indirect (i32.const 0))', 'ok', ''),
    ('call_indirect_recursion', '(call_indirect (i32.const 1))', 'error', 'stack'),
    ('table_get_out_of_range', '(drop (table.get $t (i32.const 10)))', 'error', OOB),
    ('table_set_greatest', '(table.set $t (i32.const -1) (ref.null func))', 'error', OOB),
    ('table_init_out_of_range', '(table.init $t $some (i32.const 9) (i32.const 0) (i32.const 2))', 'error',
     OOB),
    ('table_init_offset_wraps', '(table.init $t $some (i32.const 0) (i32.const -1) (i32.const 2))', 'error',
     OOB),
    ('table_copy_wraps', '(table.copy $t $t (i32.const 0) (i32.const -1) (i32.const 2))', 'error', OOB),
    ('table_fill_wraps', '(table.fill $t (i32.const -1) (ref.null func) (i32.const 2))', 'error', OOB),
    ('table_grow_by_the_greatest', '(if (i32.ne (table.grow $t (ref.null func) (i32.const -1)) '
     '(i32.const -1)) (then unreachable))', 'ok', ''),
    ('table_bomb', '(loop (br_if 0 (i32.ne (table.grow $t (ref.func $nothing) (i32.const 100000)) '
     '(i32.const -1)))) (call_indirect (i32.sub (table.size $t) (i32.const 1))) '
     '(call_indirect (table.size $t))', 'error', 'indirect call|memory_limit'),
    ('memory_bomb', '(local $p i32) (loop (if (i32.ne (memory.grow (i32.const 1)) (i32.const -1)) '
     '(then (i32.store (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)) '
     '(i32.const 1)) (br 1)))) '
     '(i32.store (i32.mul (memory.size) (i32.const 65536)) (i32.const 1))', 'error', 'memory_limit'),
    ('memory_grow_by_the_greatest', '(if (i32.ne (memory.grow (i32.const -1)) (i32.const -1)) '
     '(then unreachable))', 'ok', ''),
    ('endless_loop', '(loop (br 0))', 'error', 'time limit'),
    ('endless_recursion', '(call $recurse)', 'error', 'stack'),
    ('endless_recursion_with_many_frames', '(drop (call $fat (i64.const 1)))', 'error', 'stack'),
    ('endless_tail_recursion', '(call $tail)', 'error', 'stack'),
    ('endless_sum', '(drop (call $sum))', 'error', 'stack'),
    ('mutual_recursion', '(drop (call $even (i32.const 0x7fffffff)))', 'error', 'stack'),
    ('endless_bulk_fill', '(drop (memory.grow (i32.const 500))) (loop (memory.fill (i32.const 0) '
     '(i32.const 1) (i32.const 32000000)) (br 0))', 'error', 'time limit'),
    ('sticky_floating_point_flags', '(drop (f64.div (f64.load (i32.const 0)) (f64.load (i32.const 0)))) '
     '(drop (f64.sqrt (f64.const -1)))', 'ok', ''),
]

_EXTRA = '''
  (table $t 10 funcref)
  (func $nothing)
  (func $recurse (call $recurse) (drop (i32.load (i32.const 0))))
  (func $tail (call $tail))
  (func $sum (result i32) (i32.add (call $sum) (i32.const 1)))
  (func $fat (param i64) (result i64) (local i64 i64 i64 i64 i64 i64 i64 i64)
    (local.set 1 (i64.add (local.get 0) (call $fat (i64.load (i32.const 8)))))
    (local.set 2 (i64.mul (local.get 1) (call $fat (local.get 1))))
    (i64.xor (local.get 2) (i64.add (local.get 1) (local.get 0))))
  (func $even (param i32) (result i32) (i32.add (i32.const 1) (call $odd (i32.sub (local.get 0) (i32.const 1)))))
  (func $odd (param i32) (result i32) (i32.mul (i32.const 3) (call $even (i32.sub (local.get 0) (i32.const 1)))))
  (func $around (call_indirect (i32.const 1)) (drop (i32.load (i32.const 0))))
  (elem (table $t) (i32.const 0) func $nothing $around)
  (elem $some func $nothing $nothing)
  (data $passive "abcd")
'''

# (name, module, status, text): what needs a module of its own.
_MODULES = [
    ('no_memory_no_table', '(module (func (export "check")))', 'ok', ''),
    ('memory_of_no_page', wat('(i32.store8 (i32.const 0) (i32.const 1))',
                              memory='(memory (export "memory") 0)'), 'error', OOB),
    ('memory_at_its_maximum', wat('(if (i32.ne (memory.grow (i32.const 1)) (i32.const -1)) '
                                  '(then unreachable))', memory='(memory (export "memory") 1 1)'), 'ok', ''),
    ('table_of_ten_millions', wat('', '(table 10000000 funcref)'), 'error', 'memory limit'),
    ('data_past_the_end', wat('', data(65535, 'ab')), 'error', OOB),
    ('data_at_4_gigabytes', wat('', data(-1, 'ab')), 'error', OOB),
    ('data_without_memory_pages', wat('', data(0, 'a'), memory='(memory 0)'), 'error', OOB),
    ('elements_past_the_end', wat('', '(table 1 funcref) (func $f) (elem (i32.const 1) func $f)'),
     'error', OOB),
    ('elements_at_4_gigabytes', wat('', '(table 1 funcref) (func $f) (elem (i32.const -1) func $f)'),
     'error', OOB),
    ('start_recurses', wat('', '(func $s (call $s) (drop (i32.load (i32.const 0)))) (start $s)'),
     'error', 'stack'),
    ('start_loops', wat('', '(func $s (loop (br 0))) (start $s)'), 'error', 'time limit'),
    ('start_traps', wat('', '(func $s unreachable) (start $s)'), 'error', 'unreachable'),
    ('start_exits', wat('unreachable', '(func $s (call $proc_exit (i32.const 0))) (start $s)'), 'ok', ''),
    ('initialize_traps', wat('', '(func (export "_initialize") unreachable)'), 'error', 'unreachable'),
    ('result_is_a_failure', '(module (func (export "check") (result i32) (i32.const -1)))', 'fail', '-1'),
    ('null_function_table_global', wat('(global.set $g (ref.null func)) (table.set $t (i32.const 0) '
                                       '(global.get $g)) (call_indirect (i32.const 0))',
                                       '(table $t 1 funcref) (global $g (mut funcref) (ref.null func))'),
     'error', 'indirect call'),
    ('imported_function_in_table', wat(
        '(i32.const 0) (i32.const 3) (call_indirect (type $t) (i32.const 0))',
        f'(type $t (func (param i32 i32))) (table 1 funcref) (elem (i32.const 0) func $fail) {data(0, "bad")}'),
     'fail', 'bad'),
]


def _scalar(index, status, text):
    def run(world):
        if world.once('scalar'):
            create_or_fail(world.author, 'scalar', family([c[1] for c in _SCALAR], _EXTRA),
                           timeout='250 ms', memory_limit='40MB')
        outcome = run_checker(world.author, 'scalar', index)
        expect_run(outcome, status, text)
        # The limit, the unwinding and a busy machine's share of both.
        expect(outcome.seconds < 5, f'took {outcome.seconds:.1f} s')
    return run


def _module(name, source, status, text):
    def run(world):
        create_or_fail(world.author, name, source, timeout='250 ms')
        expect_run(run_checker(world.author, name), status, text)
    return run


CASES = ([Case(f'traps.{name}', _scalar(i, status, text))
          for i, (name, _, status, text) in enumerate(_SCALAR)] +
         [Case(f'traps.{name}', _module(name, source, status, text))
          for name, source, status, text in _MODULES])
