-- Runs: statuses, messages, what the program is given and what it leaves.
CREATE TABLE users (id int, name text);
INSERT INTO users VALUES (1, 'ada'), (2, NULL), (3, 'c,"d"');
SELECT create_dataset('users', 'SELECT id, name FROM users ORDER BY id') > 0 AS created;
SELECT create_dataset('nobody', 'SELECT id FROM users WHERE false') > 0 AS created;
SELECT create_dataset('broken', 'SELECT 1 / (id - 2) AS x FROM users ORDER BY id') > 0 AS created;

-- The greatest outcome is the status; the message is the first failure's, else the first warning's, else the last success's.
SELECT create_checker('silent', 'wat', guest('[]')) > 0 AS created;
SELECT create_checker('good', 'wat', guest('[["ok", "first"], ["succeed", "last"]]')) > 0 AS created;
SELECT create_checker('warned', 'wat', guest('[["ok", "fine"], ["warn", "one"], ["warn", "two"], ["ok", "fine again"]]')) > 0 AS created;
SELECT create_checker('failed', 'wat', guest('[["warn", "odd"], ["fail", "bad"], ["fail", "worse"], ["ok", "fine"]]')) > 0 AS created;
SELECT create_checker('unicode', 'wat', guest('[["fail", "Grüße \u2014 \ud83d\ude00"]]')) > 0 AS created;
SELECT create_checker('empty_message', 'wat', guest('[["fail", ""]]')) > 0 AS created;
SELECT * FROM run('silent');
SELECT * FROM run('good');
SELECT * FROM run('warned');
SELECT * FROM run('failed');
SELECT * FROM asserted('default.failed');
SELECT * FROM run('unicode');
SELECT * FROM run('empty_message');
-- A failure before the trap is told beside the error.
SELECT create_checker('trapped', 'wat', replace(guest('[["fail", "bad"]]'), E'\n  ))', ' unreachable))')) > 0 AS created;
SELECT * FROM run('trapped');
SELECT * FROM asserted('default.trapped');

-- The result of check.
SELECT create_checker('returns', 'wat', '(module (import "checker" "input_get" (func $in (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "check") (result i32) (drop (call $in (i32.const 0))) (i32.sub (i32.load8_u (i32.load (i32.const 0))) (i32.const 48))))') > 0 AS created;
SELECT * FROM run('returns', '0');
SELECT * FROM run('returns', '7');
SELECT * FROM run('returns', '-1');
SELECT create_checker('fails_and_returns', 'wat', replace(replace(guest('[["fail", "said so"]]'), '(func (export "check")', '(func (export "check") (result i32)'), E'\n  ))', ' (i32.const 1)))')) > 0 AS created;
SELECT * FROM run('fails_and_returns');

-- WASI commands: the exit code, stderr as the message.
SELECT create_checker('exit_0', 'wat', guest('[["write", 1, "all is well\n"], ["write", 2, "note\n"], ["exit", 0]]')) > 0 AS created;
SELECT create_checker('exit_3', 'wat', guest('[["write", 1, "out"], ["write", 2, "the reason\n"], ["exit", 3]]')) > 0 AS created;
SELECT create_checker('exit_4', 'wat', guest('[["exit", 4]]')) > 0 AS created;
SELECT create_checker('returns_from_start', 'wat', '(module (func (export "_start")))') > 0 AS created;
SELECT * FROM run('exit_0');
SELECT * FROM run('exit_3');
SELECT * FROM run('exit_4');
SELECT * FROM run('returns_from_start');
SELECT checker, log FROM runs WHERE log IS NOT NULL ORDER BY 1;

-- What is not text in the output shows as U+FFFD.
SELECT create_checker('binary', 'wat', guest('[["write", 1, {"bytes": "6100ff62e282c3bcedb081f09f98"}], ["write", 2, {"bytes": "00fe"}], ["ok", {"bytes": "610062"}]]')) > 0 AS created;
SELECT output, output = E'a\uFFFD\uFFFDb\uFFFDü\uFFFD\uFFFD\uFFFD\uFFFD' AS as_expected, message FROM run('binary');
SELECT log FROM runs WHERE checker = 'default.binary';
-- A message that is not UTF-8 is the program's fault.
SELECT create_checker('bad_message', 'wat', guest('[["fail", {"bytes": "c328"}]]')) > 0 AS created;
SELECT * FROM run('bad_message');
SELECT create_checker('bad_pointer', 'wat', '(module (import "checker" "fail" (func $fail (param i32 i32))) (memory (export "memory") 1)
  (func (export "check") (call $fail (i32.const 65530) (i32.const 7))))') > 0 AS created;
SELECT * FROM run('bad_pointer');

-- Input: the run's, else the checker's.
SELECT create_checker('echo', 'wat', guest('[["ok", {"input": true}]]'), input => '{"from": "checker"}') > 0 AS created;
SELECT message FROM run('echo');
SELECT message FROM run('echo', '["run", null, 1.50]');
SELECT create_checker('no_input', 'wat', guest('[["ok", {"input": true}]]')) > 0 AS created;
SELECT message, error FROM run('no_input');

-- Parameters: the run's over the checker's over the dataset's, in the program and in the query.
SELECT create_dataset('params', $$SELECT param('a') AS a, param('b') AS b, param('c') AS c, param('d', 'none') AS d$$,
                      params => '{"a": "dataset", "b": "dataset", "c": "dataset"}') > 0 AS created;
SELECT create_checker('params', 'wat', guest('[["ok", {"dataset": "params"}], ["ok", {"param": "a"}], ["ok", {"param": "b"}], ["ok", {"param": "c"}], ["ok", {"param": "absent"}]]'),
                      '{params}', params => '{"b": "checker", "c": ["checker"]}') > 0 AS created;
SELECT status FROM run('params');
SELECT seq, message FROM asserted('default.params');
SELECT status FROM run('params', params => '{"c": {"run": 1.0}, "d": null}');
SELECT seq, message FROM asserted('default.params');
SELECT run_checker('params', params => '[1]');
\echo :SQLSTATE

-- The environment: what the checker's own parameters name, with the values of the run.
SELECT create_checker('environment', 'wat', '(module
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $get (param i32 i32) (result i32)))
  (import "checker" "ok" (func $ok (param i32 i32)))
  (memory (export "memory") 1)
  (func (export "check") (local $end i32)
    (drop (call $sizes (i32.const 0) (i32.const 4)))
    (drop (call $get (i32.const 16) (i32.const 1024)))
    (local.set $end (i32.add (i32.const 1024) (i32.load (i32.const 4))))
    ;; Each variable ends with a zero.
    (loop $each
      (local.set $end (i32.sub (local.get $end) (i32.const 1)))
      (if (i32.eqz (i32.load8_u (local.get $end))) (then (i32.store8 (local.get $end) (i32.const 124))))
      (br_if $each (i32.gt_u (local.get $end) (i32.const 1024))))
    (call $ok (i32.const 1024) (i32.load (i32.const 4)))))', params => '{"b": "checker", "c": [1, {"x": null}]}') > 0 AS created;
SELECT message FROM run('environment');
SELECT message FROM run('environment', params => '{"b": "run", "PATH": "/tmp", "LD_PRELOAD": "x"}');

-- now() is the transaction's start.
BEGIN;
SELECT create_checker('clock', 'wat', format('(module (import "checker" "now" (func $now (result i64)))
  (func (export "check") (result i32) (i64.ne (call $now) (i64.const %s))))', (extract(epoch FROM now()) * 1000000)::bigint)) > 0 AS created;
SELECT status FROM run('clock');
COMMIT;
SELECT status FROM run('clock');

-- Business days: Monday to Friday, less the holidays of the calendar.
SELECT create_checker('business', 'wat', '(module (import "checker" "business_day" (func $business (result i32)))
  (func (export "check") (result i32) (call $business)))', time_zone => 'UTC') > 0 AS created;
BEGIN;
SELECT (status = 'fail') = (extract(isodow FROM now() AT TIME ZONE 'UTC') < 6) AS as_expected FROM run('business');
INSERT INTO holiday (day, calendar, name) SELECT (now() AT TIME ZONE 'UTC')::date, 'moon', 'today';
SELECT status FROM run('business');
SET checker.holiday_calendar = 'sun';
SELECT (status = 'fail') = (extract(isodow FROM now() AT TIME ZONE 'UTC') < 6) AS as_expected FROM run('business');
SET checker.holiday_calendar = 'moon';
SELECT status FROM run('business');
ROLLBACK;
-- It must not be among those that are listed below: its verdict depends on the day.
SELECT drop_checker('business');

-- The log.
SELECT create_checker('talker', 'wat', guest('[["log", 0, "d"], ["log", 1, "i"], ["log", 2, "w"], ["log", 3, "e"]]')) > 0 AS created;
SELECT * FROM run('talker');
SELECT log FROM runs WHERE checker = 'default.talker';
SELECT create_checker('bad_level', 'wat', guest('[["log", 4, "x"]]')) > 0 AS created;
SELECT * FROM run('bad_level');

-- Datasets: rows as CSV; one that errs, one that is not declared, one that is empty.
SELECT create_checker('csv', 'wat', guest('[["ok", {"dataset": "users"}], ["ok", {"dataset": "default.users"}], ["ok", {"dataset": "nobody"}]]'), '{users, nobody}') > 0 AS created;
SELECT * FROM run('csv');
SELECT seq, message FROM asserted('default.csv');
SELECT create_checker('errs', 'wat', guest('[["ok", "before"], ["ok", {"dataset": "broken"}]]'), '{broken}') > 0 AS created;
SELECT * FROM run('errs');
SELECT create_checker('undeclared', 'wat', guest('[["ok", {"dataset": "users"}]]'), '{nobody}') > 0 AS created;
SELECT * FROM run('undeclared');
SELECT create_checker('declares_none', 'wat', guest('[["assert_empty", "no such name", "x"]]')) > 0 AS created;
SELECT * FROM run('declares_none');
SELECT create_checker('no_data', 'wat', guest('[["ok", "fine"]]'), '{users, nobody}', on_empty => 'no_data') > 0 AS created;
SELECT * FROM run('no_data');
SELECT create_checker('no_data_but_error', 'wat', '(module (func (export "check") unreachable))', '{nobody}', on_empty => 'no_data') > 0 AS created;
SELECT * FROM run('no_data_but_error');
SELECT create_checker('no_data_fails', 'wat', guest('[["fail", "bad"]]'), '{nobody}', on_empty => 'no_data') > 0 AS created;
SELECT status, failures FROM run('no_data_fails');
SELECT create_checker('empty_is_ok', 'wat', guest('[["ok", "fine"]]'), '{nobody}') > 0 AS created;
SELECT status FROM run('empty_is_ok');

-- What the row and the views have.
SELECT run_id > 0 AS recorded, checker, version, status, message, failures, passes,
       started_at BETWEEN now() - interval '1 minute' AND clock_timestamp() AS started, duration >= '0' AND duration < '1 minute' AS took, output, error
FROM run_checker('failed');
SELECT checker, version, status, message, failures, passes, output, error, fuel > 0 AS fuel, run_by FROM runs ORDER BY run_id DESC LIMIT 1;

-- All enabled ones: one that errs does not stop the others.
SELECT create_checker('disabled', 'wat', guest('[]'), enabled => false) > 0 AS created;
SELECT checker, version, status, message, failures, passes, output IS NOT NULL AS wrote, left(error, 60) AS error FROM run_checker() ORDER BY 1;
-- A disabled one runs when it is named.
SELECT status FROM run('disabled');

-- Evaluation: the same keys and more, and nothing is written.
SELECT count(*) AS runs_before FROM runs \gset
SELECT jsonb_object_keys(evaluate_checker('csv')) AS key ORDER BY 1;
SELECT e ->> 'run_uuid' AS run_uuid, e ->> 'status' AS status, e -> 'assertions' AS assertions, e -> 'log' AS log, e -> 'datasets' AS datasets, e ->> 'run_id' AS run_id,
       (e ->> 'fuel')::int > 0 AS fuel, e ->> 'digest' = (SELECT digest FROM checkers WHERE name = 'csv') AS digest
FROM evaluate_checker('csv', run_uuid => '00000000-0000-4000-8000-000000000001') e;
SELECT e ->> 'status' AS status, e ->> 'message' AS message, e ->> 'error' AS error, e -> 'assertions' AS assertions FROM evaluate_checker('trapped') e;
SELECT evaluate_checker('echo', input => '5') ->> 'message' AS message;
SELECT evaluate_checker('params', params => '{"a": "x"}') -> 'assertions' -> 0 ->> 'message' AS message;
-- The same run costs the same.
SELECT evaluate_checker('csv') -> 'fuel' = evaluate_checker('csv') -> 'fuel' AS same_fuel;
SELECT count(*) - :runs_before AS runs_since, (SELECT count(*) FROM checker.outbox WHERE body::jsonb -> 'data' ->> 'id' = 'default.csv') AS messages FROM runs;
BEGIN READ ONLY;
SELECT evaluate_checker('csv') ->> 'status' AS status;
SELECT run_checker('csv');
\echo :SQLSTATE
ROLLBACK;
-- Fresh memory for each run.
SELECT create_checker('counter', 'wat', '(module (memory 1) (global $n (mut i32) (i32.const 0)) (func (export "check") (result i32)
  (global.set $n (i32.add (global.get $n) (i32.const 1))) (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
  (i32.ne (i32.add (global.get $n) (i32.load (i32.const 0))) (i32.const 2))))') > 0 AS created;
SELECT status FROM run('counter');
SELECT status FROM run('counter');
