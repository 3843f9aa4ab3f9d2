-- Trying checkers on made-up rows and clock.
CREATE FUNCTION shown(result jsonb) RETURNS TABLE (status text, message text, failures text, output text, error text)
LANGUAGE sql AS $$ SELECT result ->> 'status', result ->> 'message', result ->> 'failures', result ->> 'output', result ->> 'error' $$;
CREATE TABLE users (id bigint, email text, joined date, balance numeric(10,2), tags text[], extra jsonb);
INSERT INTO users VALUES (1, 'real@example.org', '2020-02-02', 5, NULL, NULL);
SELECT create_dataset('users_with_email_null', 'SELECT * FROM users WHERE email IS NULL') > 0 AS made;

-- A stored checker.
\set wat '(module (import "checker" "assert_less_than" (func $less (param i32 i32 i64 i32 i32) (result i32))) (memory (export "memory") 1) (data (i32.const 0) "users_with_email_nullfewer than 2") (func (export "check") (drop (call $less (i32.const 0) (i32.const 21) (i64.const 2) (i32.const 21) (i32.const 12)))))'
SELECT create_checker('few', 'wat', :'wat', datasets => '{users_with_email_null}') > 0 AS made;
SELECT s.* FROM test_checker('few', '{"users_with_email_null": [{"id": 1}]}') r, shown(r) s;
SELECT s.*, r -> 'assertions' FROM test_checker('few', '{"users_with_email_null": [{"id": 1}, {"id": 2, "email": null, "joined": "2024-02-29", "balance": 1.005, "tags": ["a", null], "extra": {"b": [1]}}]}') r, shown(r) s;
SELECT s.* FROM test_checker('few', '{"default.users_with_email_null": []}') r, shown(r) s;
SELECT s.* FROM test_checker('few') r, shown(r) s;
SELECT r ->> 'checker', r ->> 'version', r ->> 'run_uuid', r ->> 'started_at' FROM test_checker('few', at => '2024-12-24 12:00+00') r;
SELECT count(*) FROM runs;
-- Through the same reading: batches and CSV see the columns' types.
\set csv '(module (import "checker" "dataset_csv" (func $csv (param i32 i32 i32))) (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32))) (memory (export "memory") 2) (data (i32.const 0) "users_with_email_null") (func (export "check") (call $csv (i32.const 0) (i32.const 21) (i32.const 64)) (drop (call $w (i32.const 1) (i32.const 64) (i32.const 1) (i32.const 80)))))'
SELECT create_checker('csv', 'wat', :'csv', datasets => '{users_with_email_null}') > 0 AS made;
SELECT s.* FROM test_checker('csv', '{"users_with_email_null": [{"id": 9007199254740993, "email": "a,\"b\"", "joined": "0044-03-15 BC", "balance": 1.5, "tags": ["x y", null], "extra": {"b": [1, 2.50]}}]}') r, shown(r) s;

-- What does not fit is told before the checker runs.
SELECT test_checker('few', '{"users_with_email_null": [{"id": "x"}]}');
SELECT test_checker('few', '{"users_with_email_null": [{"id": 1}, {"emial": "x"}]}');
SELECT test_checker('few', '{"users_with_email_null": [1]}');
SELECT test_checker('few', '{"users_with_email_null": {"id": 1}}');
SELECT test_checker('few', '{"users": [{"id": 1}]}');
SELECT test_checker('few', '{"no name": []}');
SELECT test_checker('few', '{"users_with_email_null": [], "default.users_with_email_null": []}');
SELECT test_checker('few', '[]');
SELECT test_checker('nowhere', '{}');

-- Code that is not stored: types from the rows where no dataset has that name.
SELECT s.* FROM test_source('wat', replace(:'csv', 'users_with_email_null"', 'made_up"'), '{"made_up": []}') r, shown(r) s;
SELECT s.* FROM test_source('wat', replace(replace(:'csv', 'users_with_email_null"', 'made_up"'), '(i32.const 21)', '(i32.const 7)'),
  '{"made_up": [{"n": 1, "x": 2.50, "t": "it''s \\ \"q\"", "b": true, "j": {"k": 1}, "z": null}, {"n": 12345678901234567890, "b": false, "j": "s"}]}') r, shown(r) s;
SELECT s.* FROM test_source('wat', '(module (func (export "check")))') r, shown(r) s;
SELECT test_source('wat', '(module (func (export "chec")))');
SELECT test_source('cobol', 'STOP RUN.');
SELECT s.* FROM test_source('wat', '(module (func (export "check") (loop (br 0))))', fuel => 1000) r, shown(r) s;
SELECT s.* FROM test_source('wat', '(module (func (export "check") (loop (br 0))))', timeout => '50 ms') r, shown(r) s;
SELECT test_source('wat', '(module (memory 200) (func (export "check")))', memory_limit => '1MB');

-- The frozen clock, for guests and for queries; input and params.
SELECT s.* FROM test_source('wat', '(module (import "checker" "now" (func $now (result i64))) (import "checker" "assert_true" (func $true (param i32 i32 i32) (result i32))) (memory (export "memory") 1) (func (export "check") (drop (call $true (i64.eq (call $now) (i64.const 1735041600000000)) (i32.const 0) (i32.const 0)))))', at => '2024-12-24 12:00+00') r, shown(r) s;
SELECT s.* FROM test_source('sql', 'SELECT now() AS message', at => '2024-12-24 12:00+00') r, shown(r) s;
SELECT s.* FROM test_source('sql', 'SELECT current_date::text AS message', at => '2024-12-24 12:00+00') r, shown(r) s;
SELECT test_source('sql', 'SELECT 1', at => 'infinity');
SELECT test_source('sql', 'SELECT 1', at => '294276-12-31');
SELECT now() > '2025-01-01' AS goes_on;
SELECT s.* FROM test_source('sql', $$SELECT checker.param('who') AS message$$, params => '{"who": "me"}') r, shown(r) s;

-- SQL: made-up rows stand in for tables and views of that name, with their columns, or for none at all.
SELECT s.* FROM test_source('sql', 'SELECT id, email AS message FROM users WHERE balance > 2;', '{"users": [{"id": 2, "email": "made@up", "balance": 3}, {"id": 3}]}', name => 'rich') r, shown(r) s;
SELECT s.* FROM test_source('sql', 'WITH u AS (SELECT * FROM users) SELECT email AS message FROM u -- all;', '{"users": []}') r, shown(r) s;
SELECT s.* FROM test_source('sql', 'SELECT who AS message FROM nowhere ORDER BY n DESC', '{"nowhere": [{"who": "a", "n": 1}, {"who": "b", "n": 2}]}') r, shown(r) s;
SELECT test_source('sql', 'SELECT * FROM nowhere');
SELECT test_source('sql', 'SELECT 1) AS x, (SELECT 2', '{"users": []}');
SELECT test_source('sql', 'SELECT 1) AS x; DELETE FROM users; SELECT * FROM (SELECT 1', '{"users": []}');
SELECT create_checker('rich', 'sql', 'SELECT email AS message FROM users WHERE balance > 2') > 0 AS made;
SET search_path = checker;
SELECT r ->> 'status', r ->> 'message' FROM test_checker('rich', '{"users": [{"email": "made@up", "balance": "3.00"}]}') r;
RESET search_path;
SELECT s.* FROM test_checker('rich') r, shown(r) s;

-- Many rows.
SELECT s.* FROM test_source('sql', 'SELECT n AS message FROM many ORDER BY n DESC', (SELECT jsonb_build_object('many', jsonb_agg(jsonb_build_object('n', n))) FROM generate_series(1, 20000) n)) r, shown(r) s;

-- A binary.
SELECT s.* FROM test_module('\x0061736d01000000', '{}') r, shown(r) s;
SELECT s.* FROM (SELECT module FROM checker.checker_version v JOIN checker.checker c ON c.id = v.checker_id AND c.name = 'few') m,
  test_module(module, '{"users_with_email_null": [{"id": 1}, {"id": 2}]}') r, shown(r) s;

-- Who may.
CREATE ROLE tester;
SELECT grant_access('author', 'tester');
GRANT EXECUTE ON FUNCTION shown TO tester;
SET ROLE tester;
SELECT test_checker('few');
SELECT s.* FROM test_source('sql', 'SELECT email AS message FROM users', '{"users": [{"email": "made@up"}]}') r, shown(r) s;
SELECT test_source('sql', 'SELECT email AS message FROM users');
RESET ROLE;
DROP OWNED BY tester;
DROP ROLE tester;
