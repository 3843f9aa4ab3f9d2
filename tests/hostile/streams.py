"""Guests that abuse streaming reads: handles, blocks, memory, and queries that misbehave half way."""
from driver import Case, create_or_fail, expect, expect_run, run_checker
from guests import data, family, wat

OUTSIDE = "outside of the guest.s memory"
NOT_OPEN = 'handle .* is not open'

# Name, query.
_DATASETS = [
    ('rows', 'SELECT n FROM generate_series(1, 3) n'),
    ('many', 'SELECT n, n::text AS t FROM generate_series(1, 200000) n'),
    ('late', 'SELECT 1 / (70000 - n) AS n FROM generate_series(1, 100000) n'),
    ('tall', "SELECT repeat('x', 30000000) AS t FROM generate_series(1, 3)"),
    ('wide', 'SELECT ' + ', '.join(f"{i} AS c{i}, repeat('y', 1000) AS t{i}" for i in range(800))),
    ('none', 'SELECT'),
    ('nests', "SELECT status FROM checker.run_checker('reads_rows')"),
    ('nests_itself', "SELECT checker.evaluate_checker('streams', input => '0')"),
    ('sleeps', 'SELECT pg_sleep(60)'),
    ('kills', 'SELECT pg_cancel_backend(pg_backend_pid()) AS c, n FROM generate_series(1, 10000000) n'),
]
_NAMES = {name: (4096 + 32 * at, len(name)) for at, (name, _) in enumerate(_DATASETS)}


def _name(dataset):
    at, length = _NAMES[dataset]
    return f'(i32.const {at}) (i32.const {length})'


def _open(dataset):
    return f'(call $dataset_open {_name(dataset)})'


def _drain(dataset):
    return f'(call $drain {_open(dataset)})'


_EXTRA = ''.join(data(at, name) for name, (at, _) in _NAMES.items()) + data(5000, 'other') + '''
  ;; Reads to the end, and returns the number of rows.
  (func $drain (param $h i32) (result i32) (local $rows i32) (local $got i32)
    (loop $more
      (local.set $got (call $dataset_next (local.get $h) (i32.const 1024)))
      (local.set $rows (i32.add (local.get $rows) (local.get $got)))
      (br_if $more (local.get $got)))
    (local.get $rows))
  (func $is (param i32 i32) (if (i32.ne (local.get 0) (local.get 1)) (then unreachable)))
'''

# (name, body, status, text)
_BODIES = [
    ('reads_all', f'(call $is {_drain("many")} (i32.const 200000))', 'ok', ''),
    ('undeclared', '(drop (call $dataset_open (i32.const 5000) (i32.const 5)))', 'error', 'did not declare'),
    ('name_outside', '(drop (call $dataset_open (i32.const 65530) (i32.const 100)))', 'error', OUTSIDE),
    ('name_of_4_gigabytes', '(drop (call $dataset_open (i32.const 0) (i32.const -1)))', 'error', OUTSIDE),
    ('handle_0', '(drop (call $dataset_next (i32.const 0) (i32.const 1024)))', 'error', NOT_OPEN),
    ('handle_greatest', '(drop (call $dataset_next (i32.const -1) (i32.const 1024)))', 'error', NOT_OPEN),
    ('handle_of_nobody', f'(drop (call $dataset_next (i32.add {_open("rows")} (i32.const 1)) '
     '(i32.const 1024)))', 'error', NOT_OPEN),
    ('schema_of_nobody', '(call $dataset_schema (i32.const 1) (i32.const 1024))', 'error', NOT_OPEN),
    ('close_of_nobody', '(call $dataset_close (i32.const 1))', 'error', NOT_OPEN),
    ('closes_twice', f'(local i32) (local.set 0 {_open("rows")}) (call $dataset_close (local.get 0)) '
     '(call $dataset_close (local.get 0))', 'error', NOT_OPEN),
    ('reads_after_close', f'(local i32) (local.set 0 {_open("rows")}) (call $dataset_close (local.get 0)) '
     '(drop (call $dataset_next (local.get 0) (i32.const 1024)))', 'error', NOT_OPEN),
    ('schema_outside', f'(call $dataset_schema {_open("rows")} (i32.const 65530))', 'error', OUTSIDE),
    ('schema_at_the_greatest', f'(call $dataset_schema {_open("rows")} (i32.const -1))', 'error', OUTSIDE),
    ('array_outside', f'(drop (call $dataset_next {_open("rows")} (i32.const 65500)))', 'error', OUTSIDE),
    ('array_at_the_greatest', f'(drop (call $dataset_next {_open("rows")} (i32.const -1)))', 'error', OUTSIDE),
    ('array_unaligned', f'(call $is (call $dataset_next {_open("rows")} (i32.const 1027)) (i32.const 3))',
     'ok', ''),
    ('next_after_the_end', f'(local i32 i32) (local.set 0 {_open("rows")}) '
     '(call $is (call $drain (local.get 0)) (i32.const 3)) (loop '
     '(call $is (call $dataset_next (local.get 0) (i32.const 1024)) (i32.const 0)) '
     '(br_if 0 (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 10000))))', 'ok', ''),
    ('opens_for_ever', f'(loop (drop {_open("rows")}) (br 0))', 'error', 'datasets are open'),
    ('opens_and_closes_for_ever', f'(loop (call $dataset_close {_open("rows")}) (br 0))', 'error',
     'time was up'),
    ('opens_reads_and_closes', f'(local i32 i32) (loop (local.set 1 {_open("rows")}) '
     '(call $is (call $drain (local.get 1)) (i32.const 3)) (call $dataset_close (local.get 1)) '
     '(br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 300))))', 'ok', ''),
    ('schema_for_ever', f'(local i32) (local.set 0 {_open("rows")}) '
     '(loop (call $dataset_schema (local.get 0) (i32.const 1024)) (br 0))', 'error', 'time limit'),
    ('leaves_many_open', ''.join(f'(drop (call $dataset_next {_open(name)} (i32.const 1024)))'
                                 for name in ('many', 'rows', 'many', 'many')), 'ok', ''),
    ('leaves_open_and_traps', f'(drop (call $dataset_next {_open("many")} (i32.const 1024))) unreachable',
     'error', 'unreachable'),
    ('leaves_open_and_exits', f'(drop (call $dataset_next {_open("many")} (i32.const 1024))) '
     '(call $proc_exit (i32.const 0))', 'ok', ''),
    ('two_at_once', f'(local i32 i32 i32) (local.set 0 {_open("many")}) (local.set 1 {_open("many")}) '
     '(loop (local.set 2 (call $dataset_next (local.get 0) (i32.const 1024))) '
     '(call $is (call $dataset_next (local.get 1) (i32.const 1024)) (local.get 2)) '
     '(br_if 0 (local.get 2)))', 'ok', ''),
    # The guest's own memory is the guest's to ruin.
    ('ruins_all_between', f'(local i32 i32) (local.set 0 {_open("many")}) (loop '
     '(local.set 1 (call $dataset_next (local.get 0) (i32.const 1024))) (br_if 1 (i32.eqz (local.get 1))) '
     '(memory.fill (i32.const 8192) (i32.const 255) (i32.sub (i32.mul (memory.size) (i32.const 65536)) '
     '(i32.const 8192))) (br 0))', 'ok', ''),
    ('ruins_the_schema', f'(local i32) (local.set 0 {_open("rows")}) (loop '
     '(call $dataset_schema (local.get 0) (i32.const 1024)) (memory.fill (i32.const 1024) (i32.const 255) '
     '(i32.const 1000)) (br_if 0 (call $dataset_next (local.get 0) (i32.const 1024))))', 'ok', ''),
    ('takes_all_memory_first', '(loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) '
     f'(drop {_drain("many")})', 'error', 'memory'),
    ('takes_all_memory_between', f'(local i32) (local.set 0 {_open("many")}) '
     '(drop (call $dataset_next (local.get 0) (i32.const 1024))) '
     '(loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) '
     '(drop (call $drain (local.get 0)))', 'ok', ''),
    ('row_over_the_memory_limit', f'(drop {_drain("tall")})', 'error', 'memory'),
    ('wide_row', f'(call $is {_drain("wide")} (i32.const 1))', 'ok', ''),
    ('no_column', f'(call $is {_drain("none")} (i32.const 1))', 'ok', ''),
    ('fails_half_way', f'(drop {_drain("late")})', 'error', 'default.late.*division by zero'),
    ('csv_and_stream', f'(drop (call $dataset_next {_open("rows")} (i32.const 1024))) '
     f'(call $dataset {_name("rows")}) drop drop (call $is {_drain("rows")} (i32.const 3))', 'ok', ''),
    ('runs_a_checker_that_reads', f'(call $is {_drain("nests")} (i32.const 1))', ('ok', 'error'), ''),
    ('runs_itself', f'(drop {_drain("nests_itself")})', ('ok', 'error'), ''),
    ('sleeping_query', f'(drop {_drain("sleeps")})', 'error', 'time was up'),
]

# What the guest's own allocator may do; it is asked for each block. (name, body, status, text)
_ALLOCATORS = [
    ('zero', '(i32.const 0)', 'error', 'no room'),
    ('greatest', '(i32.const -1)', 'error', 'outside of its memory'),
    ('last_byte', '(i32.const 65535)', 'error', 'outside of its memory'),
    ('always_the_same', '(i32.const 16384)', ('ok', 'error'), 'outside|^$'),
    ('over_the_names', '(drop (memory.grow (i32.const 100))) (i32.const 4000)', 'ok', ''),
    ('over_the_struct', '(drop (memory.grow (i32.const 100))) (i32.const 1000)', 'ok', ''),
    ('unaligned', '(drop (memory.grow (i32.const 100))) (i32.const 65537)', 'ok', ''),
    ('reads', '(call $drain (i32.const 1))', 'error', 'called from the guest.s allocator'),
    ('opens', _open('rows'), 'error', 'called from the guest.s allocator'),
    ('closes', '(call $dataset_close (i32.const 1)) (i32.const 8)', 'error', 'called from the guest.s allocator'),
    ('loops', '(loop (br 0)) (i32.const 8)', 'error', 'time limit'),
]


def _datasets(world):
    if not world.once('streams'):
        return
    for name, query in _DATASETS:
        world.author.must('SELECT create_dataset(%s, %s, or_replace => true)', (name, query))
    create_or_fail(world.author, 'reads_rows', wat(f'(call $is {_drain("rows")} (i32.const 3))', _EXTRA),
                   datasets=['rows'])


def _body(index, status, text):
    def run(world):
        _datasets(world)
        if world.once('streaming guest'):
            create_or_fail(world.author, 'streams', family([body for _, body, *_ in _BODIES], _EXTRA),
                           datasets=list(_NAMES), timeout='1 s', memory_limit='20MB')
        outcome = run_checker(world.author, 'streams', index)
        expect_run(outcome, status, text)
        expect(outcome.seconds < 5, f'took {outcome.seconds:.1f} s')
    return run


def _allocator(name, body, status, text):
    source = wat(f'(local i32) (local.set 0 {_open("many")}) (call $dataset_schema (local.get 0) (i32.const 1024)) '
                 '(drop (call $drain (local.get 0)))',
                 _EXTRA + f'(func $alloc (export "malloc") (param i32) (result i32) {body})')

    def run(world):
        _datasets(world)
        create_or_fail(world.author, f'streams_into_{name}', source, datasets=['many', 'rows'], timeout='1 s')
        expect_run(run_checker(world.author, f'streams_into_{name}'), status, text)
    return run


def _cancelled_by_its_own_query(world):
    """A cancel that the dataset itself sends is a cancel."""
    _datasets(world)
    create_or_fail(world.author, 'streams_kills', wat(f'(drop {_drain("kills")})', _EXTRA), datasets=['kills'])
    outcome = run_checker(world.author, 'streams_kills')
    expect(outcome.sqlstate == '57014', f'{outcome.sqlstate} {outcome.text} {outcome.rows}')


CASES = ([Case(f'streams.{name}', _body(i, status, text)) for i, (name, _, status, text) in enumerate(_BODIES)] +
         [Case(f'streams.into_{case[0]}', _allocator(*case)) for case in _ALLOCATORS] +
         [Case('streams.cancelled_by_its_own_query', _cancelled_by_its_own_query)])
