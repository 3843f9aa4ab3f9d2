-- What a run or dataset means does not depend on who runs it, with which settings, or what was there before.
\set VERBOSITY default

-- Settings of the creator count, not those of the caller.
CREATE TABLE closed (id int, day date, at timestamptz);
INSERT INTO closed VALUES (1, NULL, '2020-01-01 00:30+00'), (2, '2020-02-01', '2020-06-01 00:30+00');
SET datestyle = 'ISO, DMY';
SET timezone = 'Europe/Berlin';
SELECT create_dataset('by_day', $$SELECT id FROM closed WHERE day = '01/02/2020'::date$$) > 0 AS created;
SELECT create_dataset('by_null', 'SELECT id FROM closed WHERE day = NULL') > 0 AS created;
SELECT create_dataset('by_length', $$SELECT length('a\nb') AS n$$) > 0 AS created;
SELECT create_dataset('by_zone', 'SELECT at::date AS day FROM closed ORDER BY id') > 0 AS created;
SELECT create_dataset('by_array', $$SELECT cardinality('{NULL}'::text[]) AS n, ('{NULL}'::text[])[1] IS NULL AS empty$$) > 0 AS created;
SET datestyle = 'SQL, MDY';
SET timezone = 'America/Los_Angeles';
SET transform_null_equals = on;
SET standard_conforming_strings = off;
SET escape_string_warning = off;
SET array_nulls = off;
SET row_security = off;
SELECT name, preview_dataset(name) AS row FROM datasets WHERE name LIKE 'by\\_%' ORDER BY name;
SELECT current_setting('datestyle') AS datestyle, current_setting('timezone') AS timezone;
RESET datestyle; RESET timezone; RESET transform_null_equals; RESET standard_conforming_strings; RESET array_nulls; RESET row_security;

-- A type that is dropped and made again: the plan of an earlier run is of no use.
CREATE TYPE mood AS ENUM ('sad');
SELECT create_dataset('moods', $$SELECT 'sad'::mood AS m$$) > 0 AS created;
SELECT create_checker('moods', 'wat', guest('[["assert_not_empty", "moods", "a mood"], ["ok", {"dataset": "moods"}]]'), '{moods}') > 0 AS created;
SELECT * FROM run('moods');
DROP TYPE mood;
SELECT * FROM run('moods');
CREATE TYPE mood AS ENUM ('sad');
SELECT * FROM run('moods');
SELECT create_dataset('more_moods', $$SELECT 'sad'::mood AS m$$) > 0 AS created;
SELECT create_checker('both_moods', 'wat', guest('[["assert_equal", "moods", "more_moods", "the same moods"]]'), '{moods, more_moods}') > 0 AS created;
SELECT * FROM run('both_moods');
DROP TYPE mood; CREATE TYPE mood AS ENUM ('happy', 'sad');
SELECT * FROM run('both_moods');

-- Values over a gigabyte are an error of the run.
SELECT create_dataset('huge', $$SELECT convert_to(t, 'UTF8') AS b FROM (SELECT repeat('x', 600000000) AS t OFFSET 0) q$$) > 0 AS created;
SELECT create_dataset('too_huge', $$SELECT t || t AS b FROM (SELECT repeat('x', 600000000) AS t OFFSET 0) q$$) > 0 AS created;
SELECT create_checker('huge', 'wat', guest('[["ok", {"dataset": "huge"}]]'), '{huge}') > 0 AS created;
SELECT create_checker('too_huge', 'wat', guest('[["ok", {"dataset": "too_huge"}]]'), '{too_huge}') > 0 AS created;
SELECT * FROM run('huge');
SELECT * FROM run('too_huge');

-- What a query's functions do in spite of being read-only is undone.
CREATE TEMPORARY TABLE noted (a int);
CREATE FUNCTION note() RETURNS int LANGUAGE sql AS 'INSERT INTO pg_temp.noted VALUES (1) RETURNING a';
SELECT create_dataset('writes', $$SELECT lo_create(777777) AS o, pg_notify('foo', 'bar')::text AS n, note() AS m$$) > 0 AS created;
SELECT create_checker('writes', 'wat', guest('[["assert_empty", "writes", "nothing"]]'), '{writes}') > 0 AS created;
LISTEN foo;
SELECT evaluate_checker('writes') ->> 'status' AS status;
SELECT status FROM run('writes');
SELECT require_checker('writes');
SELECT count(*) FROM preview_dataset('writes');
SELECT (SELECT count(*) FROM pg_largeobject_metadata WHERE oid = 777777) AS objects, (SELECT count(*) FROM noted) AS noted;
UNLISTEN *;

-- The program's own verdict is kept whatever the limit of assertions is.
SET checker.max_assertions = 1;
SELECT create_checker('full', 'wat', '(module (import "checker" "ok" (func $ok (param i32 i32))) (memory (export "memory") 1)
  (func (export "check") (result i32) (call $ok (i32.const 0) (i32.const 0)) (i32.const 7)))') > 0 AS created;
SELECT * FROM run('full');
SELECT create_checker('exits', 'wat', '(module (import "checker" "ok" (func $ok (param i32 i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32))) (memory (export "memory") 1)
  (func (export "check") (call $ok (i32.const 0) (i32.const 0)) (call $exit (i32.const 3))))') > 0 AS created;
SELECT * FROM run('exits');
RESET checker.max_assertions;

-- Redaction does not fail open.
SELECT create_dataset('secret', 'SELECT ''s3cret'' AS password, 1 AS "credit card", 2 AS "Email", 3 AS "a,b", 4 AS open') > 0 AS created;
SET checker.redact_columns = 'credit card, password';
SELECT preview_dataset('secret');
SET checker.redact_columns = 'password,';
SELECT preview_dataset('secret');
SET checker.redact_columns = ' EMAIL ,"a,b",,';
SELECT preview_dataset('secret');
SET checker.redact_columns = 'no_such_column, "unclosed';
SELECT preview_dataset('secret');
RESET checker.redact_columns;

-- Equality is that of the types, value by value: what differs is told apart, what is equal is not.
CREATE TABLE compared (label text, one text, other text, equal boolean);
INSERT INTO compared VALUES
  ('bigint', '0::bigint', '4294967297::bigint', false), ('negative bigint', '-1::bigint', '4294967295::bigint', false),
  ('numeric sign', '1::numeric', '-1::numeric', false), ('numeric scale', '1.0::numeric', '1.00::numeric', true),
  ('numeric zero', '0::numeric', '-0.000::numeric', true), ('numeric weight', '1::numeric', '10000::numeric', false),
  ('numeric nan', '''NaN''::numeric', '''NaN''::numeric', true), ('numeric infinity', '''Infinity''::numeric', '''-Infinity''::numeric', false),
  ('float zero', '0::float8', '-0::float8', true), ('float nan', '''NaN''::float8', '''NaN''::float8', true),
  ('float4', '1.5::float4', '1.5000001::float4', false),
  ('timestamp', '''2000-01-01 00:00:00''::timestamp', '''2000-01-01 01:11:34.967297''::timestamp', false),
  ('timestamptz', '''2000-01-01 00:00:00+00''::timestamptz', '''2000-01-01 01:00:00+01''::timestamptz', true),
  ('timetz', '''12:00+00''::timetz', '''13:00+01''::timetz', false),
  ('interval', '''1 month''::interval', '''30 days''::interval', true), ('interval time', '''1 day''::interval', '''23:59:59''::interval', false),
  ('char', '''a''::char(3)', '''a  ''::char(3)', true), ('text blanks', '''a''::text', '''a ''::text', false),
  ('text', '''ab''::text', '''ac''::text', false), ('bytea', '''\x00''::bytea', '''\x0000''::bytea', false),
  ('long text', 'repeat(''x'', 5000)', 'repeat(''x'', 4999) || ''y''', false), ('same long text', 'repeat(''x'', 5000)', 'repeat(''x'', 5000)', true),
  ('uuid', '''00000000-0000-0000-0000-000000000001''::uuid', '''00000000-0000-0000-0000-000000000002''::uuid', false),
  ('null', 'NULL::int', '0', false), ('nulls', 'NULL::int', 'NULL::int', true), ('empty text', '''''::text', 'NULL::text', false),
  ('jsonb sign', '''{"n": 1}''::jsonb', '''{"n": -1}''::jsonb', false), ('jsonb scale', '''{"n": 1.0}''::jsonb', '''{"n": 1.00}''::jsonb', true),
  ('jsonb keys', '''{"a": 1, "b": 2}''::jsonb', '''{"b": 2, "a": 1}''::jsonb', true), ('jsonb nesting', '''[[1], 2]''::jsonb', '''[[1, 2]]''::jsonb', false),
  ('jsonb null', '''null''::jsonb', '''"null"''::jsonb', false), ('jsonb scalar', '''1''::jsonb', '''[1]''::jsonb', false),
  ('array', 'ARRAY[0::int8]', 'ARRAY[4294967297]', false), ('array bounds', '''[2:2]={1}''::int[]', '''{1}''::int[]', false),
  ('array nulls', 'ARRAY[NULL, 1]', 'ARRAY[1, NULL]', false), ('array shape', 'ARRAY[[1, 2]]', 'ARRAY[[1], [2]]', false), ('array scale', 'ARRAY[1.0]', 'ARRAY[1.00]', true),
  ('range', 'numrange(1, 2)', 'numrange(-1, 2)', false), ('range scale', 'numrange(1.0, 2)', 'numrange(1.00, 2)', true), ('range bounds', 'numrange(1, 2)', 'numrange(1, 2, ''[]'')', false),
  ('range steps', 'int4range(1, 2, ''[]'')', 'int4range(1, 3)', true), ('empty range', 'int4range(1, 1)', 'int4range(5, 5)', true),
  ('multirange', '''{[1,2), [3,4)}''::int4multirange', '''{[1,4)}''::int4multirange', false), ('same multirange', '''{[1,2), [2,4)}''::int4multirange', '''{[1,4)}''::int4multirange', true),
  ('row', 'ROW(1, NULL::text)', 'ROW(1, ''''::text)', false), ('same row', 'ROW(1.0, ''a'')', 'ROW(1.00, ''a'')', true),
  ('inet', '''10.0.0.1/8''::inet', '''10.0.0.1''::inet', false), ('bits', 'B''1''', 'B''10''', false), ('mood', '''sad''::mood', '''happy''::mood', false),
  ('json', '''{"a":1}''::json', '''{"a": 1}''::json', false), ('two columns', '''a''::text AS x, ''bc''::text', '''ab''::text AS x, ''c''::text', false);
CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
INSERT INTO compared VALUES ('caseless', '''A'' COLLATE caseless', '''a'' COLLATE caseless', true), ('other letters', '''A'' COLLATE caseless', '''b'' COLLATE caseless', false);
CREATE FUNCTION holds(one text, other text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM create_dataset('one', format('SELECT %s AS a', one), or_replace => true), create_dataset('other', format('SELECT %s AS a', other), or_replace => true);
  PERFORM create_checker('equal', 'wat', guest('[["assert_equal", "one", "other", "the same rows"]]'), '{one, other}', or_replace => true);
  RETURN evaluate_checker('equal') ->> 'status';
END $$;
SELECT label, holds(one, other) FROM compared WHERE holds(one, other) <> CASE WHEN equal THEN 'ok' ELSE 'fail' END;
-- Any order, and each as often.
SELECT holds('i AS b, i::text AS t, NULL::int AS n FROM generate_series(1, 1000) i ORDER BY i; --', 'i AS b, i::text AS t, NULL::int AS n FROM generate_series(1, 1000) i ORDER BY -i; --');
SELECT holds('x FROM (VALUES (1), (1), (2)) v(x); --', 'x FROM (VALUES (1), (2), (2)) v(x); --');
