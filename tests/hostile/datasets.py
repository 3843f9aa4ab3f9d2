"""Datasets with the values, columns, rows and functions that nobody would choose who means well."""
import json

from driver import Case, create_or_fail, expect, expect_error, expect_run, run_checker
from guests import data, wat

# Fails with a sample if the dataset has a row.
_EMPTY = wat('(drop (call $assert_empty (i32.const 0) (i32.const 1) (i32.const 8) (i32.const 4)))',
             data(0, 'd') + data(8, 'rows'))
# Reads the dataset as CSV and is ok.
_CSV = wat('(call $dataset (i32.const 0) (i32.const 1)) (drop) (drop)', data(0, 'd'))
# Fails with the dataset as CSV for a message.
_TELL = wat('(call $dataset (i32.const 0) (i32.const 1)) (call $fail)', data(0, 'd'))
_SAME = wat('(drop (call $assert_equal (i32.const 0) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 8) '
            '(i32.const 4)))', data(0, 'de') + data(8, 'same'))
_GUESTS = {'csv': _CSV, 'empty': _EMPTY, 'tell': _TELL}


def _checkers(world):
    """The guests above, over the author's dataset "d"; once."""
    if world.once('checkers'):
        world.author.must("SELECT create_dataset('d', 'SELECT 1 AS a'), create_dataset('e', 'SELECT 1 AS a')")
        for name, source in _GUESTS.items():
            create_or_fail(world.author, name, source, datasets=['d'])
        create_or_fail(world.author, 'same', _SAME, datasets=['d', 'e'])


def _define(world, query, name='d'):
    world.author.must('SELECT create_dataset(%s, %s, or_replace => true)', (name, query))


def _sample(world):
    """The sample of the last run's first assertion."""
    return world.author.must('SELECT sample::text FROM checker.assertions ORDER BY run_id DESC, seq LIMIT 1')[0][0]


def _evaluated(world, name):
    return world.author.must('SELECT checker.evaluate_checker(%s)', (name,))[0][0]


# (name, query, what the sample of a failing row must hold): every value is read as CSV, sampled, compared with
# itself, evaluated as JSON and previewed.
_VALUES = [
    ('json_with_nul_escape', r'''SELECT '{"a": "x\u0000y"}'::json AS j''', 'u0000'),
    ('json_with_lone_surrogate', r'''SELECT '"\ud800"'::json AS j''', 'ud800'),
    ('json_with_huge_exponent', "SELECT '1e1000000'::json AS j", '1e1000000'),
    ('json_with_duplicate_keys', '''SELECT '{"a": 1, "a": 2}'::json AS j''', ''),
    ('json_array_of_bad_json', r'''SELECT array['"\u0000"'::json, '1e999999'::json] AS j''', 'u0000'),
    ('json_deeply_nested', "SELECT (repeat('[', 5000) || repeat(']', 5000))::json AS j", ''),
    ('json_in_a_composite', r'''SELECT ROW(1, '"\u0000"'::json) AS r''', 'u0000'),
    ('numeric_nan', "SELECT 'NaN'::numeric AS n, 'NaN'::float8 AS f", 'NaN'),
    ('numeric_infinity', "SELECT '-Infinity'::numeric AS n, 'Infinity'::float4 AS f", 'nfinity'),
    ('numeric_of_131072_digits', "SELECT 10::numeric ^ 131000 AS n", ''),
    ('numeric_of_16383_decimals', "SELECT 1::numeric / (10::numeric ^ 16000) AS n", ''),
    ('arrays_of_huge_numerics', 'SELECT array_agg(10::numeric ^ 131000) AS n FROM generate_series(1, 100)', ''),
    ('float_extremes', "SELECT 5e-324::float8 AS a, 1.7976931348623157e308::float8 AS b, '-0'::float8 AS c", ''),
    ('timestamp_infinity', "SELECT 'infinity'::timestamptz AS a, '-infinity'::date AS b", 'infinity'),
    ('timestamp_294276', "SELECT '294276-12-31 23:59:59.999999'::timestamp AS a", '294276'),
    ('timestamp_before_christ', "SELECT '4713-01-01 00:00:00 BC'::timestamp AS a, '4713-01-01 BC'::date AS b", 'BC'),
    ('interval_greatest', "SELECT '178000000 years'::interval AS i", ''),
    ('time_24', "SELECT '24:00:00'::time AS t, '23:59:60+15:59'::timetz AS z", '24:00'),
    ('bytea_with_nul', r"SELECT '\x00ff'::bytea AS b", '00ff'),
    ('xml', "SELECT '<a>&#x26;</a>'::xml AS x", '<a>'),
    ('composite_with_everything', 'SELECT c, ARRAY[c, c] AS cs FROM (SELECT ROW(1, NULL, $$"a",\n(b)$$) AS c) x', ''),
    ('array_of_arrays', 'SELECT \'[0:1][2:3]={{1,NULL},{3,4}}\'::int[] AS a', ''),
    ('array_empty', "SELECT '{}'::text[] AS a, array[NULL]::text[] AS b", ''),
    ('void', 'SELECT pg_sleep(0) AS v', ''),
    ('unknown_literal', "SELECT 'x' AS a, NULL AS b", ''),
    ('cstring', "SELECT 'x'::cstring AS c", ''),
    ('statistics', "SELECT most_common_vals, histogram_bounds FROM pg_stats LIMIT 20", None),
    ('system_catalogue', 'SELECT * FROM pg_class LIMIT 3', ''),
    ('acl_and_tid', 'SELECT ctid, relacl, reltuples FROM pg_class LIMIT 1', ''),
    ('range_and_multirange', "SELECT int4range(1, NULL) AS r, '{[1,2),[5,)}'::int4multirange AS m", ''),
    ('tsvector', "SELECT 'a:1 b:2'::tsvector AS v, 'a & b'::tsquery AS q", ''),
    ('geometry', "SELECT point(1, 'NaN') AS p, '((0,0),(1,1))'::polygon AS g", ''),
    ('money_and_bits', "SELECT 12.5::money AS m, B'101' AS b, '10.0.0.1/8'::inet AS i", ''),
    ('line_ends_and_quotes', r'''SELECT E'a\r\nb,"c"\\.' AS "t", '' AS e, '\.' AS d''', ''),
    ('text_with_every_control', "SELECT string_agg(chr(i), '') AS t FROM generate_series(1, 31) i", ''),
    ('text_beyond_the_basic_plane', "SELECT U&'\\+01F600' AS t, chr(1114111) AS u", ''),
    ('text_of_a_megabyte', "SELECT repeat('\u20ac', 400000) AS t", '\u20ac'),
    ('text_of_a_megabyte_in_an_array', "SELECT array[repeat('x', 1000000)] AS t", ''),
    ('thousand_large_columns', 'SELECT ' + ', '.join(f"repeat('{i % 10}', 5000) AS c{i}" for i in range(1000)), ''),
    ('columns_1600', 'SELECT ' + ', '.join(f'{i} AS c{i}' for i in range(1600)), 'c1599'),
    ('columns_none', 'SELECT FROM generate_series(1, 2)', ''),
    ('column_named_weirdly', 'SELECT 1 AS "a""b,c\n\td", 2 AS " ", 3 AS "%s", 4 AS "\u20ac\u20ac\u20ac\u20ac\u20ac'
     '\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"', 'a"b,c'),
    ('column_name_too_long', f'SELECT 1 AS "{"n" * 200}"', 'n' * 63),
    ('union_without_names', 'SELECT 1 AS a UNION ALL SELECT 2', 'a'),
    ('values', 'VALUES (1, 2), (3, 4)', 'column1'),
    ('tableless_with_subquery', 'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 1000) '
     'TABLE r', 'n'),
]


def _value(query, holds):
    def run(world):
        _checkers(world)
        _define(world, query)
        _define(world, query, 'e')
        expect_run(run_checker(world.author, 'csv'), 'ok')
        failing = run_checker(world.author, 'empty')
        if holds is None:
            expect_run(failing, ('ok', 'fail'))
        else:
            expect_run(failing, 'fail')
            text = _sample(world)
            expect(_within(holds, text), f'no {holds!r} in sample {text[:500]}')
            expect(len(text) < 1000000, f'a sample of {len(text)} characters')
            expect(_evaluated(world, 'empty')['status'] == 'fail', 'evaluated otherwise')
        expect_run(run_checker(world.author, 'same'), ('ok', 'error'), '^\\s*(same|$|.*hash function)')
        world.author.must("SELECT * FROM preview_dataset('d')")
    return run


def _within(holds, text):
    return holds in text or json.dumps(holds)[1:-1] in text or holds in text.replace('\\\\', '\\').replace('\\"', '"')


# (name, function's body in plpgsql, how a run ends: 'error', or an SQLSTATE that is raised, text)
_FUNCTIONS = [
    ('raises', "RAISE EXCEPTION 'boom'", 'error', r'boom.*SQLSTATE P0001'),
    ('raises_with_percents', "RAISE EXCEPTION '%', 'a%sb%n%%c'", 'error', 'a%sb%n%%c'),
    ('raises_with_control_characters', r"RAISE EXCEPTION '%', E'a\n\001\tb'", 'error', 'a\n'),
    ('raises_a_large_text', "RAISE EXCEPTION '%', repeat(chr(8364), 1000000)", 'error', '\u20ac'),
    ('raises_large_everything', "RAISE EXCEPTION '%', repeat('m', 1000000) USING DETAIL = repeat('d', 1000000), "
     "HINT = repeat('h', 1000000)", 'error', 'mmm'),
    ('raises_nothing', "RAISE EXCEPTION ''", 'error', ''),
    ('raises_a_warning', "RAISE WARNING 'careful'; RETURN 1", 'fail', ''),
    *[(f'raises_{state}', f"RAISE EXCEPTION 'x' USING ERRCODE = '{state}'", end, '') for state, end in [
        ('01000', 'error'), ('03000', 'error'), ('08006', 'error'), ('0A000', 'error'), ('22012', 'error'),
        ('23505', 'error'), ('25006', 'error'), ('25P02', 'error'), ('26000', 'error'), ('28000', 'error'),
        ('2D000', 'error'), ('3B001', 'error'), ('42501', 'error'), ('42P01', 'error'), ('54001', 'error'),
        ('55P03', 'error'), ('F0000', 'error'), ('HV000', 'error'), ('P0001', 'error'), ('PC001', 'error'),
        ('PC033', 'error'), ('ZZZZZ', 'error'),
        # What contract and sense keep from being a verdict.
        ('40001', '40001'), ('40P01', '40P01'), ('53200', '53200'), ('57014', '57014'), ('58030', '58030')]],
    ('sets_settings', "PERFORM set_config('search_path', 'pg_temp, evil', false), set_config('checker.emit', "
     "'none', false), set_config('timezone', 'Asia/Tokyo', false); RETURN 1", 'fail', ''),
    ('sets_them_by_statement', "SET search_path = evil; SET checker.timeout = '1ms'; SET statement_timeout = 1; "
     'RETURN 1', 'fail', ''),
    ('sets_a_role', "SET ROLE other; RETURN 1", 'error', 'cannot set parameter'),
    ('sets_a_session_role', "SET SESSION AUTHORIZATION author; RETURN 1", 'error', 'cannot set parameter'),
    ('resets_everything', 'RESET ALL; RETURN 1', 'fail', ''),
    ('makes_it_read_write', "SET transaction_read_only = off; RETURN 1", 'error', 'read-write'),
    ('makes_it_serializable', "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; RETURN 1", 'error', 'ISOLATION'),
    ('writes', "INSERT INTO written VALUES (1); RETURN 1", 'error', 'read-only'),
    ('writes_in_a_block', "BEGIN INSERT INTO written VALUES (1); EXCEPTION WHEN OTHERS THEN NULL; END; RETURN 1",
     'fail', ''),
    ('creates_a_temporary_table', "CREATE TEMP TABLE t (a int); RETURN 1", 'error', 'read-only|security-restricted'),
    ('creates_by_into', "CREATE TABLE t AS SELECT 1 AS a; RETURN 1", 'error', 'read-only'),
    ('advances_a_sequence', "PERFORM nextval('numbers'); RETURN 1", 'error', 'read-only'),
    ('truncates', "TRUNCATE written; RETURN 1", 'error', 'read-only'),
    ('copies_out', "COPY written TO '/tmp/never'; RETURN 1", 'error', 'permission denied|superuser'),
    ('commits', "COMMIT; RETURN 1", 'error', 'transaction termination|2D000'),
    ('rolls_back_in_blocks', "FOR i IN 1 .. 100 LOOP BEGIN RAISE EXCEPTION 'x'; EXCEPTION WHEN OTHERS THEN NULL; "
     'END; END LOOP; RETURN 1', 'fail', ''),
    ('leaves_a_cursor_open', "DECLARE c refcursor := 'left'; BEGIN OPEN c FOR SELECT 1; FETCH c INTO c; RETURN 1; END",
     'fail', ''),
    ('declares_a_held_cursor', "EXECUTE 'DECLARE held CURSOR WITH HOLD FOR SELECT 1'; RETURN 1", 'error',
     'security-restricted|cursor'),
    ('prepares_a_statement', "EXECUTE 'PREPARE p AS SELECT 1'; RETURN 1", 'error', 'security-restricted|PREPARE'),
    ('listens', "LISTEN evil; RETURN 1", 'error', 'security-restricted|LISTEN'),
    ('notifies', "NOTIFY checker_outbox, 'evil'; RETURN 1", ('fail', 'error'), ''),
    ('notifies_by_function', "PERFORM pg_notify('checker_outbox', repeat('x', 7000)); RETURN 1", ('fail', 'error'), ''),
    ('locks_advisory', "PERFORM pg_advisory_xact_lock(1), pg_try_advisory_lock_shared(2), pg_advisory_unlock_all(); "
     'RETURN 1', 'fail', ''),
    ('recurses', "RETURN attack(1)", 'error', 'stack depth'),
    ('sorts_forever', "PERFORM count(*) FROM generate_series(1, 100000000) a; RETURN 1", 'error', 'time'),
    ('sleeps', "PERFORM pg_sleep(100); RETURN 1", 'error', 'time'),
    ('swallows_others', "LOOP BEGIN PERFORM pg_sleep(100); EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP", 'error',
     'time'),
    ('swallows_the_cancel_once', "BEGIN PERFORM pg_sleep(100); EXCEPTION WHEN query_canceled THEN NULL; END; RETURN 1",
     'error', 'time'),
    ('swallows_the_cancel', "FOR i IN 1 .. 100 LOOP BEGIN PERFORM pg_sleep(1); EXCEPTION WHEN query_canceled THEN NULL; "
     'END; END LOOP; RETURN 1', 'error', 'time'),
    ('cancels_itself', "PERFORM pg_cancel_backend(pg_backend_pid()); PERFORM pg_sleep(10); RETURN 1", '57014', ''),
    ('sets_a_statement_timeout', "PERFORM set_config('statement_timeout', '10', true); PERFORM pg_sleep(0.05); RETURN 1",
     ('fail', 'error', '57014'), ''),
    ('runs_a_checker', "PERFORM checker.run_checker('empty'); RETURN 1", 'error', 'from inside|read-only'),
    ('runs_all_checkers', "PERFORM checker.run_checker(); RETURN 1", 'error', 'from inside|read-only'),
    ('evaluates_a_checker', "PERFORM checker.evaluate_checker('empty'); RETURN 1", 'error', 'cannot be run from inside'),
    ('requires_a_checker', "PERFORM checker.require_checker('empty'); RETURN 1", 'error', 'cannot be run from inside'),
    ('previews_a_dataset', "PERFORM checker.preview_dataset('d'); RETURN 1", 'error', 'cannot be run from inside'),
    ('runs_one_in_a_block', "BEGIN PERFORM checker.run_checker('empty'); EXCEPTION WHEN OTHERS THEN NULL; END; RETURN 1",
     'fail', ''),
    ('creates_a_checker', "PERFORM checker.create_checker('inner', 'wat', '(module (func (export \"check\")))'); RETURN 1",
     'error', 'read-only'),
    ('creates_one_in_a_block', "BEGIN PERFORM checker.create_checker('inner', 'wat', '(module (func (export \"check\")))');"
     ' EXCEPTION WHEN OTHERS THEN NULL; END; RETURN 1', 'fail', ''),
    ('creates_a_dataset', "PERFORM checker.create_dataset('inner', 'SELECT 1 AS a'); RETURN 1", 'error', 'read-only'),
    ('drops_itself', "PERFORM checker.drop_dataset('d', true); RETURN 1", 'error', 'read-only'),
    ('drops_its_checker', "PERFORM checker.drop_checker('empty'); RETURN 1", 'error', 'read-only'),
    ('reads_parameters', "RETURN length(coalesce(checker.param('absent', 'x'), 'yy'))", 'fail', ''),
    ('asks_for_a_null_parameter', "PERFORM checker.param(NULL); RETURN 1", 'error', 'must not be NULL'),
    ('makes_ten_megabytes', "RETURN length(repeat('x', 10000000))", 'fail', ''),
    ('makes_more_than_fits', "RETURN length(repeat('x', 2000000000))", 'error', ''),
]


def _function(body, end, says):
    def run(world):
        _checkers(world)
        body_in_block = body if body.startswith('DECLARE') else f'BEGIN {body}; END'
        world.author.must('CREATE TABLE IF NOT EXISTS written (a int); CREATE SEQUENCE IF NOT EXISTS numbers')
        world.author.must('DROP FUNCTION IF EXISTS attack(int)')
        world.author.must(f'CREATE FUNCTION attack(n int) RETURNS int LANGUAGE plpgsql AS $f$ {body_in_block} $f$')
        _define(world, 'SELECT attack(1) AS a')
        world.author.must("SET checker.timeout = '250ms'")
        outcome = run_checker(world.author, 'empty')
        if outcome.sqlstate is not None:
            expect_error(outcome, end, says)
        else:
            expect_run(outcome, end, says)
        expect(outcome.seconds < 8, f'took {outcome.seconds:.1f} s')
        world.author.must('RESET checker.timeout')
        settings = world.author.must("SELECT current_setting('search_path'), current_setting('checker.emit'), "
                                     "current_setting('timezone'), current_setting('statement_timeout'), "
                                     "current_setting('transaction_read_only')")
        expect(settings == [('public, checker', 'failures', 'UTC', '0', 'off')], f'settings now: {settings}')
        expect(world.author.must('SELECT count(*) FROM written') == [(0,)], 'it wrote')
        # Nothing is left that would make the next statement fail.
        world.author.must('SELECT pg_sleep(0.01)')
    return run


def _rows(query, guest, status, says='', limit='30s'):
    def run(world):
        _checkers(world)
        _define(world, query)
        world.author.must(f"SET checker.timeout = '{limit}'")
        expect_run(run_checker(world.author, guest), status, says)
        world.author.must('RESET checker.timeout')
    return run


def _difference_of_ten_million(world):
    """Comparing keeps a hash of each row: over the limit it says so."""
    _checkers(world)
    _define(world, 'SELECT n FROM generate_series(1, 10000000) n')
    _define(world, 'SELECT -n AS n FROM generate_series(1, 10000000) n', 'e')
    world.root.must("ALTER ROLE author SET checker.max_memory_limit = '64MB'")
    world.author.connection.close()
    world.author.connect()
    expect_run(run_checker(world.author, 'same'), 'error', 'too many different rows')
    world.root.must('ALTER ROLE author RESET ALL')
    world.author.connection.close()
    world.author.connect()


def _types_of_ones_own(world):
    """Enums, domains, composites with a dropped column, values in every form of storage."""
    _checkers(world)
    world.author.must("CREATE TYPE mood AS ENUM ('it''s', 'b\"c'); CREATE DOMAIN positive AS int CHECK (VALUE > 0); "
                      'CREATE DOMAIN jsons AS json; CREATE TABLE stored (a int, m mood, p positive, j jsons, t text, '
                      'x text, gone int); ALTER TABLE stored ALTER x SET STORAGE EXTERNAL, DROP gone; '
                      'CREATE FUNCTION expanded() RETURNS int[] LANGUAGE plpgsql AS '
                      '$$ DECLARE a int[] := ARRAY[0]; BEGIN FOR i IN 1 .. 5000 LOOP a[i] := i; END LOOP; RETURN a; END $$')
    world.author.must("""INSERT INTO stored VALUES (1, 'b"c', 2, '"\\u0000"', repeat('abc', 1000000), repeat('\u20ac', 500000))""")
    for query, holds in (('SELECT * FROM stored', 'b"c'), ('SELECT s FROM stored s', 'bytes of stored'),
                         ('SELECT array_agg(s) AS ss FROM stored s', ''), ('SELECT expanded() AS e', 'integer[]'),
                         ('SELECT t AS t1, t AS t2, x AS x1, x AS x2 FROM stored', 'abcabc')):
        _value(query, holds)(world)


def _many_large_samples(world):
    """A thousand assertions with a large sample each are as much as the server stores, no more."""
    _checkers(world)
    _define(world, "SELECT repeat('x', 5000) || n AS t FROM generate_series(1, 1000) n")
    source = wat('(local $i i32) (loop (drop (call $assert_empty (i32.const 0) (i32.const 1) (i32.const 8) '
                 '(i32.const 4))) (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) '
                 '(i32.const 100))))', data(0, 'd') + data(8, 'rows'))
    create_or_fail(world.author, 'greedy', source, datasets=['d'], max_samples=1000)
    expect_run(run_checker(world.author, 'greedy'), 'fail', 'rows')
    stored = world.author.must('SELECT sum(length(sample::text)) FROM checker.assertions '
                               'WHERE run_id = (SELECT max(run_id) FROM checker.runs)')[0][0]
    expect(stored is not None and 5000 < stored < 4000000, f'{stored} characters of samples')


def _one_bad_checker_stops_no_other(world):
    """Whatever one checker's data is like, run_checker() goes through all of them."""
    _checkers(world)
    _define(world, r'''SELECT '"\u0000"'::json AS j, repeat('x', 300000000) AS t''')
    outcome = world.author.run("SELECT checker, status::text FROM run_checker()")
    expect(outcome.sqlstate is None, f'{outcome.sqlstate} {outcome.text[:300]}')
    expect(('default.empty', 'fail') in outcome.rows, str(outcome.rows)[:500])
    _define(world, 'SELECT 1 AS a')


# (name, query, SQLSTATE, text): refused when created.
_QUERIES = [
    ('empty', '', '42601', 'empty'),
    ('only_a_comment', '-- nothing', '42601', 'empty'),
    ('only_semicolons', ';;;', '42601', 'empty'),
    ('two_statements', 'SELECT 1 AS a; SELECT 2 AS b', '42601', 'more than one'),
    ('second_statement_after_comment', 'SELECT 1 AS a; /* x */ DROP TABLE written', '42601', 'more than one'),
    ('insert', 'INSERT INTO written VALUES (1) RETURNING a', '25006', ''),
    ('writing_cte', 'WITH w AS (DELETE FROM written RETURNING a) SELECT * FROM w', '25006', 'WITH'),
    ('writing_cte_deep', 'SELECT * FROM (WITH w AS (DELETE FROM written RETURNING a) SELECT * FROM w) x', '0A000',
     'top level'),
    ('for_update', 'SELECT * FROM written FOR UPDATE', '25006', 'lock'),
    ('for_update_deep', 'SELECT a FROM (SELECT * FROM written FOR NO KEY UPDATE) x', '25006', 'lock'),
    ('select_into', 'SELECT 1 AS a INTO stolen', ('25006', '42601', '0A000'), ''),
    ('explain', 'EXPLAIN SELECT 1', '25006', 'SELECT'),
    ('explain_analyze_delete', 'EXPLAIN ANALYZE DELETE FROM written', '25006', 'SELECT'),
    ('call', 'CALL nothing()', ('25006', '42883'), ''),
    ('do', "DO $$ BEGIN END $$", '25006', 'SELECT'),
    ('set', 'SET ROLE other', '25006', 'SELECT'),
    ('begin', 'BEGIN', '25006', 'SELECT'),
    ('copy', "COPY written TO STDOUT", '25006', 'SELECT'),
    ('parameter', 'SELECT $1 AS a', ('42P02', '42P18'), ''),
    ('unnamed', 'SELECT 1 + 1', ('42611', '42P16'), 'no name'),
    ('twice', 'SELECT 1 AS a, 2 AS a', '42701', 'twice'),
    ('of_a_missing_table', 'SELECT * FROM missing', '42P01', 'missing'),
    ('too_many_columns', 'SELECT ' + ', '.join(f'{i} AS c{i}' for i in range(1700)), '54011', ''),
    ('nul_is_impossible', 'SELECT chr(0) AS a', '54000', 'null character'),
    ('deeply_nested', 'SELECT ' + '(' * 20000 + '1' + ')' * 20000 + ' AS a', ('42601', '54001'), 'memory exhausted|stack depth'),
    ('deep_operators', 'SELECT ' + '1+' * 50000 + '1 AS a', '54001', 'stack depth'),
    ('a_megabyte_long', "SELECT '" + 'x' * 1000000 + "' AS a", None, ''),
    ('quotes_in_everything', "SELECT '''; DROP TABLE written; --' AS \"'; DROP TABLE written; --\"", None, ''),
]


def _query(query, sqlstate, says):
    def run(world):
        _checkers(world)
        world.author.must('CREATE TABLE IF NOT EXISTS written (a int)')
        outcome = world.author.run("SELECT create_dataset('q', %s, or_replace => true)", (query,))
        if sqlstate is None:
            expect(outcome.sqlstate is None, f'{outcome.sqlstate} {outcome.text[:300]}')
        else:
            expect_error(outcome, sqlstate, says)
            expect(outcome.text.startswith('dataset "default.q": '), f'the dataset is not named: {outcome.text[:200]}')
    return run


CASES = ([Case(f'datasets.value_{name}', _value(query, holds)) for name, query, holds in _VALUES] +
         [Case(f'datasets.function_{name}', _function(*rest)) for name, *rest in _FUNCTIONS] +
         [Case(f'datasets.query_{name}', _query(*rest)) for name, *rest in _QUERIES] +
         [Case('datasets.csv_of_100_megabytes', _rows(
             "SELECT repeat('x', 100000) AS t FROM generate_series(1, 1000)", 'csv', 'error', 'does not fit')),
          Case('datasets.csv_of_one_value_of_100_megabytes', _rows(
              "SELECT repeat('x', 100000000) AS t", 'csv', 'error', 'does not fit')),
          Case('datasets.csv_header_alone_over_the_limit', _rows(
              'SELECT ' + ', '.join(f'1 AS "{i:063}"' for i in range(1000)), 'csv', 'ok')),
          Case('datasets.ten_million_rows_sampled', _rows(
              'SELECT n FROM generate_series(1, 10000000) n', 'empty', 'fail', 'rows')),
          Case('datasets.text_of_300_megabytes_sampled', _rows(
              "SELECT repeat('x', 300000000) AS t FROM generate_series(1, 3)", 'empty', 'fail', 'rows')),
          Case('datasets.difference_of_ten_million', _difference_of_ten_million),
          Case('datasets.types_of_ones_own', _types_of_ones_own),
          Case('datasets.many_large_samples', _many_large_samples),
          Case('datasets.one_bad_checker_stops_no_other', _one_bad_checker_stops_no_other)])
