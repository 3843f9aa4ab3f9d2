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
