-- Assertions that the host decides: verdict, figures, samples.
CREATE TABLE item (id int, name text, secret text);
INSERT INTO item SELECT i, 'item ' || i, 'key ' || i FROM generate_series(1, 30) i;
SELECT create_dataset('thirty', 'SELECT id, name FROM item ORDER BY id') > 0 AS created;
SELECT create_dataset('three', 'SELECT id, name FROM item WHERE id <= 3 ORDER BY id') > 0 AS created;
SELECT create_dataset('none', 'SELECT id, name FROM item WHERE id < 0') > 0 AS created;

-- One assertion on one dataset: what it told.
CREATE FUNCTION check_one(call jsonb, datasets text[] DEFAULT '{thirty,three,none}')
RETURNS TABLE (ok boolean, expected text, actual text, exact boolean, sample text) LANGUAGE plpgsql AS $$
DECLARE
  result jsonb;
BEGIN
  PERFORM create_checker('one', 'wat', guest(jsonb_build_array(call)), datasets, or_replace => true);
  result := evaluate_checker('one');
  IF result ->> 'error' IS NOT NULL THEN
    RETURN QUERY SELECT NULL::boolean, result ->> 'status', result ->> 'error', NULL::boolean, NULL;
  END IF;
  RETURN QUERY SELECT (a ->> 'ok')::boolean, a ->> 'expected', a ->> 'actual', (a ->> 'exact')::boolean, a ->> 'sample'
               FROM jsonb_array_elements(result -> 'assertions') a;
END $$;

SELECT * FROM check_one('["assert_empty", "none", "m"]');
SELECT * FROM check_one('["assert_empty", "three", "m"]');
SELECT * FROM check_one('["assert_not_empty", "none", "m"]');
SELECT * FROM check_one('["assert_not_empty", "three", "m"]');
-- Around the limit.
SELECT n, c.ok, c.expected, c.actual, c.exact FROM unnest('{2,3,4}'::int[]) n, check_one(jsonb_build_array('assert_less_than', 'three', n, 'm')) c;
SELECT n, c.ok, c.expected, c.actual, c.exact FROM unnest('{2,3,4}'::int[]) n, check_one(jsonb_build_array('assert_greater_than', 'three', n, 'm')) c;
-- op: 0 =, 1 <>, 2 <, 3 <=, 4 >, 5 >=
SELECT op, n, c.ok, c.expected, c.actual, c.exact
FROM generate_series(0, 5) op, unnest('{2,3,4}'::int[]) n, check_one(jsonb_build_array('assert_row_count', 'three', op, n, 'm')) c ORDER BY 1, 2;
-- Zero, negative and extreme limits.
SELECT op, n, c.ok, c.actual, c.exact
FROM generate_series(0, 5) op, unnest('{0,-1,-9223372036854775808,9223372036854775807}'::bigint[]) n, check_one(jsonb_build_array('assert_row_count', 'none', op, n, 'm')) c ORDER BY 1, 2;
SELECT op, n, c.ok, c.actual, c.exact
FROM generate_series(0, 5) op, unnest('{0,-1,-9223372036854775808,9223372036854775807}'::bigint[]) n, check_one(jsonb_build_array('assert_row_count', 'three', op, n, 'm')) c ORDER BY 1, 2;
SELECT * FROM check_one('["assert_row_count", "three", 6, 1, "m"]');
SELECT * FROM check_one('["assert_row_count", "three", -1, 1, "m"]');

-- A failing count goes on to the limit; a decided one that holds stops.
SET checker.count_limit = 10;
SELECT c.* FROM check_one('["assert_empty", "thirty", "m"]') c;
SELECT ok, actual, exact FROM check_one('["assert_less_than", "thirty", 20, "m"]');
SELECT ok, actual, exact FROM check_one('["assert_row_count", "thirty", 0, 20, "m"]');
SELECT ok, actual, exact FROM check_one('["assert_greater_than", "thirty", 40, "m"]');
SELECT ok, actual, exact FROM check_one('["assert_greater_than", "thirty", 20, "m"]');
SELECT ok, actual, exact FROM check_one('["assert_less_than", "three", 3, "m"]');
SET checker.count_limit = 0;
SELECT ok, actual, exact FROM check_one('["assert_empty", "thirty", "m"]');
SET checker.count_limit = 30;
SELECT ok, actual, exact FROM check_one('["assert_empty", "thirty", "m"]');
SET checker.count_limit = 31;
SELECT ok, actual, exact FROM check_one('["assert_empty", "thirty", "m"]');
RESET checker.count_limit;

-- Reads no more rows than it needs: the 40th would be an error.
SELECT create_dataset('trap_at_40', 'SELECT 1 / (40 - i) AS x FROM generate_series(1, 100) i') > 0 AS created;
SELECT ok, actual, exact FROM check_one('["assert_not_empty", "trap_at_40", "m"]', '{trap_at_40}');
SELECT ok, actual, exact FROM check_one('["assert_greater_than", "trap_at_40", 38, "m"]', '{trap_at_40}');
SELECT * FROM check_one('["assert_greater_than", "trap_at_40", 39, "m"]', '{trap_at_40}');
SET checker.count_limit = 39;
SELECT ok, actual, exact FROM check_one('["assert_empty", "trap_at_40", "m"]', '{trap_at_40}');
SET checker.count_limit = 40;
SELECT * FROM check_one('["assert_empty", "trap_at_40", "m"]', '{trap_at_40}');
RESET checker.count_limit;

-- Samples: five, or as many as asked for; columns may be left out of sight.
SELECT jsonb_array_length(sample::jsonb) FROM check_one('["assert_empty", "thirty", "m"]');
SET checker.max_samples = 2;
SELECT sample FROM check_one('["assert_empty", "thirty", "m"]');
SET checker.max_samples = 0;
SELECT sample FROM check_one('["assert_empty", "thirty", "m"]');
RESET checker.max_samples;
SELECT create_checker('sampled', 'wat', guest('[["assert_empty", "thirty", "m"], ["assert_not_empty", "thirty", "m"]]'), '{thirty}', max_samples => 1) > 0 AS created;
SET checker.max_samples = 4;
SELECT status FROM run('sampled');
SELECT * FROM asserted('default.sampled');
RESET checker.max_samples;
SELECT create_dataset('secrets', 'SELECT id, secret, upper(secret) AS "Shown, ""it is""", NULL::text AS name FROM item ORDER BY id LIMIT 1') > 0 AS created;
SET checker.redact_columns = 'secret, name, "Shown, ""it is"""';
SELECT sample FROM check_one('["assert_empty", "secrets", "m"]', '{secrets}');
SET checker.redact_columns = 'SECRET';
SELECT sample FROM check_one('["assert_empty", "secrets", "m"]', '{secrets}');
RESET checker.redact_columns;
SELECT create_dataset('types', $$SELECT 1.50::numeric(5,2) AS n, 'NaN'::float8 AS f, true AS b, '{"a": [1]}'::jsonb AS j, ARRAY[1,NULL] AS a, '\x00'::bytea AS y, ROW(1, 'x') AS r, 'é"'::text AS "t x"$$) > 0 AS created;
SELECT sample FROM check_one('["assert_empty", "types", "m"]', '{types}');

-- Equality of datasets, in any order, duplicates counted.
CREATE TABLE a (n numeric, t text);
CREATE TABLE b (n numeric, t text);
INSERT INTO a VALUES (1, 'x'), (1, 'x'), (2, NULL), (3, '');
INSERT INTO b VALUES (3.0, ''), (2, NULL), (1, 'x'), (1.00, 'x');
SELECT create_dataset('a', 'TABLE a') > 0 AS created;
SELECT create_dataset('b', 'TABLE b') > 0 AS created;
SELECT * FROM check_one('["assert_equal", "a", "b", "m"]', '{a,b}');
SELECT * FROM check_one('["assert_equal", "a", "a", "m"]', '{a,b}');
DELETE FROM b WHERE n = 1;
INSERT INTO b VALUES (1, 'x'), (4, 'only right'), (NULL, NULL);
SELECT * FROM check_one('["assert_equal", "a", "b", "m"]', '{a,b}');
SELECT * FROM check_one('["assert_equal", "b", "a", "m"]', '{a,b}');
SET checker.max_samples = 1;
SELECT sample FROM check_one('["assert_equal", "a", "b", "m"]', '{a,b}');
SET checker.max_samples = 0;
SELECT sample FROM check_one('["assert_equal", "a", "b", "m"]', '{a,b}');
RESET checker.max_samples;
SET checker.redact_columns = 't';
SELECT sample FROM check_one('["assert_equal", "a", "b", "m"]', '{a,b}');
RESET checker.redact_columns;
-- NULL is not the empty text, and a value does not slip from one column into the next.
SELECT create_dataset('shifted_1', $$SELECT 'a' AS x, 'bc' AS y UNION ALL SELECT NULL, ''$$) > 0 AS created;
SELECT create_dataset('shifted_2', $$SELECT 'ab' AS x, 'c' AS y UNION ALL SELECT '', NULL$$) > 0 AS created;
SELECT * FROM check_one('["assert_equal", "shifted_1", "shifted_2", "m"]', '{shifted_1,shifted_2}');
SELECT * FROM check_one('["assert_equal", "none", "three", "m"]');
SELECT create_dataset('both_empty', 'SELECT 1 AS a, ''t'' AS b WHERE false') > 0 AS created;
SELECT * FROM check_one('["assert_equal", "none", "both_empty", "m"]', '{none,both_empty}');
-- Other columns: number or types, not names.
SELECT create_dataset('ids', 'SELECT id FROM item') > 0 AS created;
SELECT create_dataset('big_ids', 'SELECT id::bigint FROM item') > 0 AS created;
SELECT create_dataset('renamed', 'SELECT id AS number FROM item') > 0 AS created;
SELECT * FROM check_one('["assert_equal", "ids", "thirty", "m"]', '{ids,thirty}');
SELECT * FROM check_one('["assert_equal", "ids", "big_ids", "m"]', '{ids,big_ids}');
SELECT * FROM check_one('["assert_equal", "ids", "renamed", "m"]', '{ids,renamed}');
-- Types without hashing compare by their output.
SELECT create_dataset('json_1', $$SELECT '{"a":1}'::json AS j, point(1, 2) AS p, '<a/>'::xml AS x$$) > 0 AS created;
SELECT create_dataset('json_2', $$SELECT '{"a": 1}'::json AS j, point(1, 2) AS p, '<a/>'::xml AS x$$) > 0 AS created;
SELECT * FROM check_one('["assert_equal", "json_1", "json_1", "m"]', '{json_1,json_2}');
SELECT ok, actual FROM check_one('["assert_equal", "json_1", "json_2", "m"]', '{json_1,json_2}');
SELECT create_dataset('arrays_1', $$SELECT ARRAY[1,2] AS a, '{"b": 1, "a": 2}'::jsonb AS j, -0.0::float8 AS f, 'NaN'::float8 AS n$$) > 0 AS created;
SELECT create_dataset('arrays_2', $$SELECT '{1,2}'::int[] AS a, '{"a": 2, "b": 1.0}'::jsonb AS j, 0.0::float8 AS f, 'nan'::float8 AS n$$) > 0 AS created;
SELECT * FROM check_one('["assert_equal", "arrays_1", "arrays_2", "m"]', '{arrays_1,arrays_2}');

-- Truth.
SELECT * FROM check_one('["assert_true", 1, "m"]');
SELECT * FROM check_one('["assert_true", -7, "m"]');
SELECT * FROM check_one('["assert_true", 0, "m"]');
SELECT * FROM check_one('["assert_false", 0, "m"]');
SELECT * FROM check_one('["assert_false", 2, "m"]');

-- A failed assertion returns 0 and does not end the program.
SELECT create_checker('goes_on', 'wat', '(module
  (import "checker" "assert_empty" (func $empty (param i32 i32 i32 i32) (result i32)))
  (import "checker" "assert_true" (func $true (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1) (data (i32.const 0) "threenoneone two ")
  (func (export "check")
    (drop (call $true (i32.eqz (call $empty (i32.const 0) (i32.const 5) (i32.const 9) (i32.const 3))) (i32.const 9) (i32.const 3)))
    (drop (call $true (call $empty (i32.const 5) (i32.const 4) (i32.const 13) (i32.const 3)) (i32.const 13) (i32.const 3)))))', '{three,none}') > 0 AS created;
SELECT * FROM run('goes_on');
SELECT seq, ok, message, expected, actual, exact FROM asserted('default.goes_on');
