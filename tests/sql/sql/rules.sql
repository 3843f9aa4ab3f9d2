-- Language rule: asserts, thresholds, samples, one scan, history; errors at creation.
CREATE TABLE users (id int, email text, age numeric(5, 1), status text, score float8, tags jsonb, seen timestamptz,
                    joined date, left_on date);
INSERT INTO users VALUES
  (1, 'a@x', 20, 'new', 0.5, '{"a": 1}', now() - interval '2 hours', '2020-01-01', '2020-02-01'),
  (2, 'b@x', 30, 'old', 1.5, '{"a": 2}', now() - interval '3 hours', '2020-01-02', '2020-01-01'),
  (3, NULL, 40, 'old', 'NaN', NULL, now() - interval '4 hours', '2020-01-04', NULL),
  (5, 'b@x', NULL, 'odd', NULL, '[]', NULL, NULL, NULL);
CREATE TABLE orders (id int, user_id int);
INSERT INTO orders VALUES (1, 1), (2, 2), (3, 9), (4, NULL);
SELECT create_dataset('users', 'SELECT * FROM users ORDER BY id;') > 0 AS made,
       create_dataset('orders', 'SELECT * FROM orders -- all') > 0 AS made,
       create_dataset('nobody', 'SELECT * FROM users WHERE false') > 0 AS made;

CREATE FUNCTION try_rule(source text, datasets text[] = '{users,orders,nobody}')
RETURNS TABLE (outcome text, message text, expected text, actual text, exact text, sample text) LANGUAGE sql AS $$
  SELECT create_checker('tried', 'rule', source, datasets, or_replace => true, max_samples => 2);
  SELECT a ->> 'outcome', a ->> 'message', a ->> 'expected', a ->> 'actual', a ->> 'exact',
         (SELECT string_agg(coalesce(r ->> 'id', r::text), ' ') FROM jsonb_array_elements(nullif(a -> 'sample', 'null')) r)
  FROM (SELECT evaluate_checker('tried') AS e) AS done,
       jsonb_array_elements(CASE WHEN e ->> 'error' IS NULL THEN e -> 'assertions' ELSE jsonb_build_array(jsonb_build_object('outcome', 'error', 'message', e ->> 'error')) END) AS a
$$;

-- The number of rows.
SELECT * FROM try_rule($$[
  {"dataset": "users", "assert": "empty"},
  {"dataset": "nobody", "assert": "empty"},
  {"dataset": "nobody", "assert": "not_empty", "message": "somebody is there"},
  {"dataset": "orders", "assert": "less_than", "value": 4, "warn_value": 9},
  {"dataset": "orders", "assert": "at_most", "value": 4, "warn_value": 3},
  {"dataset": "orders", "assert": "between", "value": [4, 4]},
  {"dataset": "orders", "assert": "equal", "value": 4.0},
  {"dataset": "orders", "assert": "at_least", "metric": {"percent_of": "users"}, "value": 100.1},
  {"dataset": "orders", "assert": "at_least", "metric": {"percent_of": "nobody"}, "value": 1}]$$);

-- Metrics of a column.
SELECT * FROM try_rule($$[
  {"dataset": "users", "assert": "equal", "metric": {"column": "age", "aggregate": "avg"}, "value": 30},
  {"dataset": "users", "assert": "equal", "column": "age", "metric": "sum", "value": 90.00},
  {"dataset": "users", "assert": "less_than", "column": "email", "metric": "max", "value": "b"},
  {"dataset": "users", "assert": "at_least", "column": "joined", "metric": {"aggregate": "min"}, "value": "2020-01-01"},
  {"dataset": "users", "assert": "equal", "column": "email", "metric": "null_percent", "value": 25},
  {"dataset": "users", "assert": "equal", "column": "email", "metric": "duplicate_count", "value": 1},
  {"dataset": "users", "assert": "equal", "column": "status", "metric": "count_distinct", "value": 3},
  {"dataset": "users", "assert": "at_most", "column": "age", "metric": {"aggregate": "quantile", "quantile": 0.5}, "value": 29.9},
  {"dataset": "users", "assert": "equal", "column": "email", "metric": "min_length", "value": 3},
  {"dataset": "users", "assert": "less_than", "column": "score", "metric": "max", "value": 2},
  {"dataset": "nobody", "assert": "less_than", "column": "age", "metric": "avg", "value": 0}]$$);

-- Columns, row by row.
SELECT * FROM try_rule($$[
  {"dataset": "users", "assert": "not_null", "column": "email"},
  {"dataset": "users", "assert": "not_null", "metric": {"column": "id"}},
  {"dataset": "users", "assert": "not_null", "column": "email", "value": "25%", "warn_value": "20%"},
  {"dataset": "users", "assert": "unique", "column": "email"},
  {"dataset": "users", "assert": "unique_together", "columns": ["email", "status"]},
  {"dataset": "users", "assert": "in_set", "column": "status", "value": ["new", "old"]},
  {"dataset": "users", "assert": "in_set", "column": "status", "value": ["new", "old"], "allow": 1},
  {"dataset": "users", "assert": "not_in_set", "column": "age", "value": [20, 30.00]},
  {"dataset": "users", "assert": "in_range", "column": "score", "value": [0, null]},
  {"dataset": "users", "assert": "in_range", "column": "score", "value": [0, 1.5]},
  {"dataset": "users", "assert": "matches", "column": "email", "value": "^a"},
  {"dataset": "users", "assert": "not_empty_string", "column": "status"},
  {"dataset": "users", "assert": "length_between", "column": "status", "value": [4, null]},
  {"dataset": "users", "assert": "type_is", "column": "age", "value": "numeric(5, 1)"},
  {"dataset": "users", "assert": "type_is", "column": "age", "value": ["int", "text"]},
  {"dataset": "users", "assert": "increasing", "column": "id"},
  {"dataset": "users", "assert": "increasing", "column": "status", "strict": false},
  {"dataset": "users", "assert": "no_gaps", "column": "id"},
  {"dataset": "users", "assert": "no_gaps", "column": "joined", "value": 1},
  {"dataset": "users", "assert": "compare", "column": "joined", "operator": "<=", "other_column": "left_on"},
  {"dataset": "users", "assert": "json_matches", "column": "tags", "value": "$.a > 1"},
  {"dataset": "users", "assert": "json_matches", "column": "tags", "value": {"a": 1}},
  {"dataset": "orders", "assert": "references", "column": "user_id", "value": {"dataset": "users", "column": "id"}},
  {"dataset": "users", "assert": "valid_share", "column": "status", "values": ["new", "old"], "value": 75, "warn_value": 90}]$$);

-- Datasets as a whole.
SELECT outcome, message, expected, exact FROM try_rule($$[
  {"dataset": "users", "assert": "fresh", "column": "seen", "value": "1 day", "warn_value": 60},
  {"dataset": "nobody", "assert": "fresh", "column": "seen", "value": "1 day"},
  {"dataset": "users", "assert": "same_rows", "other": "nobody"},
  {"dataset": "users", "assert": "same_rows", "other": "users"},
  {"dataset": "users", "assert": "same_rows", "other": "orders"},
  {"dataset": "orders", "assert": "schema_is", "value": {"user_id": "int", "id": "integer"}},
  {"dataset": "orders", "assert": "schema_is", "value": ["user_id", "id"]},
  {"dataset": "orders", "assert": "schema_is", "value": [{"name": "id", "type": "int"}]}]$$);

-- Any number of rules reads a dataset once, whether they hold or not.
CREATE FUNCTION count_reads() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RAISE WARNING 'the dataset is read';
  RETURN 1;
END $$;
SELECT create_dataset('counted', 'WITH once AS MATERIALIZED (SELECT count_reads() AS n) SELECT u.* FROM users u, once') > 0 AS made;
SELECT outcome, message FROM try_rule($$[
  {"dataset": "counted", "assert": "not_null", "column": "email"},
  {"dataset": "counted", "assert": "unique", "column": "email"},
  {"dataset": "counted", "assert": "in_set", "column": "status", "value": ["new"]},
  {"dataset": "counted", "assert": "in_range", "column": "age", "value": [0, 20]},
  {"dataset": "counted", "assert": "matches", "column": "email", "value": "@"},
  {"dataset": "counted", "assert": "increasing", "column": "id"},
  {"dataset": "counted", "assert": "no_gaps", "column": "id"},
  {"dataset": "counted", "assert": "fresh", "column": "seen", "value": "1 hour"},
  {"dataset": "counted", "assert": "at_most", "column": "age", "metric": "median", "value": 1},
  {"dataset": "counted", "assert": "less_than", "value": 1},
  {"dataset": "counted", "assert": "schema_is", "value": ["id"]}]$$, '{counted}');
SELECT outcome, message FROM try_rule($$[
  {"dataset": "counted", "assert": "same_rows", "other": "users"},
  {"dataset": "counted", "assert": "references", "column": "id", "other": "orders", "other_column": "user_id"},
  {"dataset": "orders", "assert": "references", "column": "user_id", "other": "counted", "other_column": "id"},
  {"dataset": "orders", "assert": "at_least", "metric": {"percent_of": "counted"}, "value": 100},
  {"dataset": "counted", "assert": "unique", "column": "id"}]$$, '{counted,users,orders}');

-- A lone count reads no more than it needs.
SELECT create_dataset('many', 'SELECT g AS id FROM generate_series(1, 100000) g') > 0 AS made;
SET checker.count_limit = 100;
SELECT * FROM try_rule('{"dataset": "many", "assert": "empty"}', '{many}');
SELECT * FROM try_rule('{"dataset": "many", "assert": "not_empty"}', '{many}');
SELECT * FROM try_rule('{"dataset": "many", "assert": "less_than", "value": 1000, "warn_value": 500}', '{many}');
SELECT * FROM try_rule('[{"dataset": "many", "assert": "at_least", "value": 10}, {"dataset": "many", "assert": "at_most", "value": 2e5}]', '{many}');
RESET checker.count_limit;

-- Changes are held against the recorded runs, and evaluating records none.
CREATE TABLE growing AS SELECT g AS id FROM generate_series(1, 100) g;
SELECT create_dataset('growing', 'TABLE growing') > 0 AS made;
SELECT create_checker('grows', 'rule', $$[
  {"dataset": "growing", "assert": "between", "value": [-10, 10], "change": {"against": "previous run", "as": "percent"}},
  {"dataset": "growing", "assert": "at_most", "value": 5, "metric": {"change": {"against": "previous run"}}},
  {"dataset": "growing", "assert": "between", "value": [-3, 3], "column": "id", "metric": "max", "change": {"against": "previous run", "as": "z_score", "over": 5}},
  {"dataset": "growing", "assert": "at_most", "value": 0, "change": {"against": "1 day"}}]$$, '{growing}') > 0 AS made;
SELECT status FROM run_checker('grows');
INSERT INTO growing VALUES (101);
SELECT status FROM run_checker('grows');
INSERT INTO growing SELECT generate_series(102, 150);
SELECT a ->> 'outcome' AS outcome, a ->> 'actual' AS actual, a ->> 'metric' AS metric, a ->> 'value' AS value
FROM jsonb_array_elements(evaluate_checker('grows') -> 'assertions') a;
SELECT status, failures FROM run_checker('grows');
SELECT run_id - (SELECT min(run_id) FROM runs WHERE name = 'grows') AS run, seq, outcome, actual, metric, value
FROM assertions WHERE run_id IN (SELECT run_id FROM runs WHERE name = 'grows') ORDER BY run_id, seq;
UPDATE checker.run SET started_at = started_at - interval '25 hours' WHERE status = 'ok';
SELECT a ->> 'outcome' AS outcome, a ->> 'actual' AS actual FROM jsonb_array_elements(evaluate_checker('grows') -> 'assertions') a;

-- What failed holds again only beyond recover_value.
CREATE TABLE queue AS SELECT g FROM generate_series(1, 60) g;
SELECT create_dataset('queue', 'TABLE queue') > 0 AS made;
SELECT create_checker('recovers', 'rule', '{"dataset": "queue", "assert": "less_than", "value": 100, "recover_value": 50}', '{queue}') > 0 AS made;
SELECT status FROM run_checker('recovers');
INSERT INTO queue SELECT generate_series(61, 120);
SELECT status FROM run_checker('recovers');
DELETE FROM queue WHERE g > 60;
SELECT status FROM run_checker('recovers');
SELECT a ->> 'expected' AS expected, a ->> 'actual' AS actual FROM jsonb_array_elements(evaluate_checker('recovers') -> 'assertions') a;
DELETE FROM queue WHERE g > 49;
SELECT status FROM run_checker('recovers');
INSERT INTO queue SELECT generate_series(61, 100);
SELECT status FROM run_checker('recovers');

-- What is wrong is said at creation.
CREATE FUNCTION wrong(source text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE hint text;
BEGIN
  PERFORM create_checker('wrong', 'rule', source, '{users,orders}');
  RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
  RETURN SQLSTATE || ' ' || SQLERRM || E'\n  ' || hint;
END $$;
\t on
\a
SELECT wrong(source) FROM unnest(ARRAY[
  '', '[', '[{"dataset": "users" "assert"}]', E'[\n {"dataset": "users",\n  "asert": "empty"}]',
  '{"dataset": "nobody", "assert": "empty"}',
  '{"dataset": "users", "assert": "not_null", "column": "mail"}',
  '{"dataset": "users", "assert": "nonull", "column": "email"}',
  '{"dataset": "users", "assert": "less_than"}',
  '{"dataset": "users", "assert": "less_than", "value": "x"}',
  '{"dataset": "users", "assert": "in_set", "column": "id", "value": ["x"]}',
  '{"dataset": "users", "assert": "in_set", "column": "email", "value": [1]}',
  '{"dataset": "users", "assert": "in_range", "column": "joined", "value": ["2020-13-01", null]}',
  '{"dataset": "users", "assert": "matches", "column": "email", "value": "("}',
  '{"dataset": "users", "assert": "matches", "column": "id", "value": "a"}',
  '{"dataset": "users", "assert": "json_matches", "column": "tags", "value": "$.a >"}',
  '{"dataset": "users", "assert": "fresh", "column": "seen", "value": "soon"}',
  '{"dataset": "users", "assert": "fresh", "column": "id", "value": "1 day"}',
  '{"dataset": "users", "assert": "type_is", "column": "id", "value": "itn"}',
  '{"dataset": "users", "assert": "no_gaps", "column": "age"}',
  '{"dataset": "users", "assert": "less_than", "metric": {"column": "email", "aggregate": "avg"}, "value": 1}',
  '{"dataset": "users", "assert": "less_than", "value": 1, "change": {"against": "a while"}}',
  '{"dataset": "users", "assert": "less_than", "column": "email", "metric": "max", "value": 1, "change": {"against": "1 day"}}',
  '{"dataset": "users", "assert": "references", "column": "id", "other": "orders", "other_column": "uid"}',
  '{"dataset": "users", "assert": "compare", "column": "id", "other_column": "email"}']) AS source;
\a
\t off

-- As large as a module may be, and no larger.
SET checker.module_size_limit = '1kB';
SELECT create_checker('huge', 'rule', '{"dataset": "users", "assert": "empty", "message": "' || repeat('x', 1000) || '"}', '{users}');
RESET checker.module_size_limit;

-- A column that goes away makes the run err.
SELECT create_checker('later', 'rule', '{"dataset": "orders", "assert": "unique", "column": "user_id"}', '{orders}') > 0 AS made;
ALTER TABLE orders RENAME user_id TO buyer_id;
SELECT status, error FROM run_checker('later');

-- Rows that a redacted column hides; no samples for an owner who may not call the extension.
SET checker.redact_columns = 'email';
SELECT evaluate_checker(name) -> 'assertions' -> 0 -> 'sample' AS sample
FROM (SELECT create_checker('hidden', 'rule', '{"dataset": "users", "assert": "unique", "column": "email"}', '{users}'), 'hidden' AS name) AS made;
RESET checker.redact_columns;
CREATE ROLE former_author;
GRANT SELECT ON users TO former_author;
SELECT grant_access('author', 'former_author');
SET ROLE former_author;
SET search_path = public, checker;
SELECT create_dataset('theirs', 'SELECT id, email FROM users') > 0 AS made;
SELECT create_checker('theirs', 'rule', '[{"dataset": "theirs", "assert": "unique", "column": "email"}, {"dataset": "theirs", "assert": "not_null", "column": "email"}]', '{theirs}') > 0 AS made;
SELECT a ->> 'actual' AS actual, a ->> 'sample' AS sample FROM jsonb_array_elements(evaluate_checker('theirs') -> 'assertions') a;
RESET ROLE;
SELECT revoke_access('reader', 'former_author');
SELECT a ->> 'actual' AS actual, a ->> 'sample' AS sample FROM jsonb_array_elements(evaluate_checker('theirs') -> 'assertions') a;
SELECT drop_checker('theirs');
SELECT drop_dataset('theirs');
REVOKE ALL ON users FROM former_author;
DROP ROLE former_author;

-- Trying on made-up rows, whose clock stands still.
SELECT a ->> 'outcome' AS outcome, a ->> 'actual' AS actual
FROM jsonb_array_elements(test_source('rule', $$[
  {"dataset": "users", "assert": "not_null", "column": "email"},
  {"dataset": "users", "assert": "fresh", "column": "seen", "value": "1 hour"},
  {"dataset": "made_up", "assert": "references", "column": "id", "other": "users"}]$$,
  '{"users": [{"id": 1, "email": null, "seen": "2020-01-01 00:00+00"}], "made_up": [{"id": 1}, {"id": 2}]}',
  at => '2020-01-01 00:30+00') -> 'assertions') a;
SELECT test_source('rule', '{"dataset": "made_up", "assert": "not_null", "column": "ic"}', '{"made_up": [{"id": 1}]}');

-- No data where a dataset is empty and the checker asks.
SELECT create_checker('no_data', 'rule', '{"dataset": "nobody", "assert": "not_null", "column": "id"}', '{nobody}', on_empty => 'no_data') > 0 AS made;
SELECT status, message, passes FROM run_checker('no_data');

-- Proposals hold now, and can be used as they are.
CREATE TABLE customer (id int PRIMARY KEY, email text NOT NULL, country text, balance numeric, joined date);
CREATE TABLE purchase (id int PRIMARY KEY, customer_id int, ordered_at timestamptz, shipped_at timestamptz, note text);
INSERT INTO customer SELECT g, 'c' || g || '@x.org', (ARRAY['at', 'de', 'ch'])[g % 3 + 1], g % 7, '2020-01-01' FROM generate_series(1, 200) g;
INSERT INTO purchase SELECT g, g % 200 + 1, now() - interval '1 day', now() - interval '5 minutes', NULL FROM generate_series(1, 300) g;
SELECT name, rule, why FROM suggest_checkers('customer');
SELECT name, rule FROM suggest_checkers('purchase');
SELECT create_dataset('customer', 'TABLE customer') > 0 AS made, create_dataset('purchase', 'TABLE purchase') > 0 AS made;
SELECT count(create_checker(name, 'rule', rule::text, '{customer,purchase}')) > 10 AS all_made
FROM (SELECT * FROM suggest_checkers('customer') UNION ALL SELECT * FROM suggest_checkers('purchase')) AS s;
SELECT checker, status, message FROM run_checker() WHERE checker ~ '(customer|purchase)_' AND status <> 'ok';
CREATE TABLE large AS SELECT g AS id, 'n' || g % 5 AS kind FROM generate_series(1, 150000) g;
ANALYZE large;
SELECT name, regexp_replace(why, '[0-9]+', 'N', 'g') AS why FROM suggest_checkers('large');
CREATE ROLE onlooker;
SELECT grant_access('author', 'onlooker');
SET ROLE onlooker;
SELECT * FROM suggest_checkers('customer');
RESET ROLE;
GRANT SELECT (country) ON customer TO onlooker;
SET ROLE onlooker;
SELECT name FROM suggest_checkers('customer');
RESET ROLE;
SELECT * FROM suggest_checkers(0);
SELECT revoke_access('reader', 'onlooker');
REVOKE ALL (country) ON customer FROM onlooker;
DROP ROLE onlooker;
SELECT rule_schema() ->> '$schema' AS schema;

-- A run has one figure of a metric, whatever the number of rules on it.
CREATE TABLE tally (n int);
INSERT INTO tally SELECT generate_series(1, 10);
SELECT create_dataset('tally', 'TABLE tally') > 0 AS made;
SELECT create_checker('twice', 'rule', '[{"dataset": "tally", "assert": "less_than", "value": 1000}, {"dataset": "tally", "assert": "at_least", "value": 1},
  {"dataset": "tally", "assert": "less_than", "metric": {"change": {"against": "previous run", "as": "absolute", "over": 2}}, "value": 100}]', datasets => '{tally}') > 0 AS made;
SELECT status FROM run_checker('twice');
INSERT INTO tally SELECT generate_series(1, 10);
SELECT status FROM run_checker('twice');
INSERT INTO tally SELECT generate_series(1, 10);
SELECT a ->> 'actual' AS from_the_average_of_two FROM jsonb_array_elements(evaluate_checker('twice') -> 'assertions') a OFFSET 2;
-- Made-up rows have no history.
SELECT a ->> 'actual' AS of_made_up_rows FROM jsonb_array_elements(test_checker('twice', '{"tally": [{"n": 1}]}') -> 'assertions') a OFFSET 2;
