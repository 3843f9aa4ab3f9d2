-- Datasets: stored queries, checked when they are created.
CREATE TABLE users (id int, username text, email text, born date);
INSERT INTO users VALUES (1, 'ada', NULL, '1815-12-10'), (2, 'bob', 'bob@example.org', NULL), (3, 'Zoë', '', '2000-02-29');

SELECT create_dataset('users_without_email', 'SELECT username FROM users WHERE email IS NULL') > 0 AS created;
SELECT create_dataset(name => 'sales.by_year', query => 'SELECT extract(year FROM born)::int AS "Year", count(*) FROM users GROUP BY 1',
                      params => '{"least": 1}', description => 'births', or_replace => true) > 0 AS created;
SELECT namespace, name, query, params, description, columns, owner FROM datasets ORDER BY 1, 2;

-- Replacing keeps the id.
SELECT id AS id_before FROM datasets WHERE name = 'users_without_email' \gset
SELECT create_dataset('users_without_email', 'SELECT id, username FROM users WHERE email IS NULL', or_replace => true) = :id_before AS same_id;
SELECT columns FROM datasets WHERE name = 'users_without_email';
SELECT create_dataset('users_without_email', 'SELECT id FROM users');
\echo :SQLSTATE
-- Another namespace is another dataset.
SELECT create_dataset('other.users_without_email', 'VALUES (1)') <> :id_before AS another;
SELECT preview_dataset('other.users_without_email');
SELECT create_dataset('parameters', 'TABLE users') > 0 AS created;

-- Preview.
SELECT preview_dataset('users_without_email');
SELECT preview_dataset('parameters');
SELECT preview_dataset('parameters', 2);
SELECT preview_dataset('parameters', 0);
SELECT preview_dataset('parameters', -1);
SELECT preview_dataset('default.parameters', NULL) LIMIT 1;
SELECT preview_dataset('nowhere');
\echo :SQLSTATE
SELECT preview_dataset(NULL);
\echo :SQLSTATE
SET checker.redact_columns = 'email, born';
SELECT preview_dataset('parameters', 3);
RESET checker.redact_columns;

-- Parameters: the default of the query, of the dataset; no text substitution.
SELECT create_dataset('older', $$SELECT username FROM users WHERE id >= param('from', '2')::int ORDER BY id$$) > 0 AS created;
SELECT preview_dataset('older');
SELECT create_dataset('older', $$SELECT username FROM users WHERE id >= param('from', '2')::int ORDER BY id$$,
                      params => '{"from": 3}', or_replace => true) > 0 AS replaced;
SELECT preview_dataset('older');
SELECT create_dataset('older', $$SELECT param('a') AS a, param('b') AS b, param('c') AS c, param('d', 'none') AS d, param('e') AS e$$,
                      params => '{"a": "it''s; DROP TABLE users", "b": [1, "x"], "c": true, "e": null}', or_replace => true) > 0 AS replaced;
SELECT preview_dataset('older');
-- Outside of a dataset there are no parameters.
SELECT param('a'), param('a', 'b');

-- What is refused, with the place of the fault in the query.
SELECT create_dataset('bad', E'SELECT username\nFORM users');
\echo :SQLSTATE
SELECT create_dataset('bad', 'SELECT ''open');
\echo :SQLSTATE
SELECT create_dataset('bad', 'SELECT username FROM user_table');
\echo :SQLSTATE
SELECT create_dataset('bad', 'SELECT ünknown FROM users');
\echo :SQLSTATE
SELECT create_dataset('bad', 'SELECT no_function(1) AS x');
\echo :SQLSTATE
SELECT create_dataset('bad', 'SELECT 1 AS "é"; SELECT 2 AS b');
\echo :SQLSTATE
SELECT create_dataset('bad', '');
\echo :SQLSTATE
SELECT create_dataset('bad', ' -- nothing ');
\echo :SQLSTATE
-- One statement may end with a semicolon.
SELECT create_dataset('semicolon', 'SELECT 1 AS a;') > 0 AS created;
SELECT preview_dataset('semicolon');
SELECT create_dataset('bad', 'INSERT INTO users VALUES (4) RETURNING id');
\echo :SQLSTATE
SELECT create_dataset('bad', 'UPDATE users SET id = 0 RETURNING id');
\echo :SQLSTATE
SELECT create_dataset('bad', 'DELETE FROM users RETURNING id');
\echo :SQLSTATE
SELECT create_dataset('bad', 'MERGE INTO users USING users u ON false WHEN NOT MATCHED THEN INSERT VALUES (1)');
\echo :SQLSTATE
SELECT create_dataset('bad', 'TRUNCATE users');
\echo :SQLSTATE
SELECT create_dataset('bad', 'DO $$BEGIN END$$');
\echo :SQLSTATE
SELECT create_dataset('bad', 'EXPLAIN SELECT 1 AS a');
\echo :SQLSTATE
SELECT create_dataset('bad', 'SHOW work_mem');
\echo :SQLSTATE
SELECT create_dataset('bad', 'SELECT id INTO new_table FROM users');
\echo :SQLSTATE
SELECT create_dataset('bad', 'CREATE TABLE new_table AS SELECT id FROM users');
\echo :SQLSTATE
SELECT create_dataset('bad', 'COPY users TO STDOUT');
\echo :SQLSTATE
SELECT create_dataset('bad', 'WITH gone AS (DELETE FROM users RETURNING id) SELECT id FROM gone');
\echo :SQLSTATE
SELECT create_dataset('bad', 'SELECT a.id FROM (WITH x AS (INSERT INTO users VALUES (9) RETURNING id) SELECT id FROM x) a');
\echo :SQLSTATE
SELECT create_dataset('bad', 'SELECT id FROM users FOR UPDATE');
\echo :SQLSTATE
SELECT create_dataset('bad', 'SELECT a.id FROM (SELECT id FROM users FOR SHARE) a');
\echo :SQLSTATE
SELECT create_dataset('bad', 'SELECT id, username || email FROM users');
\echo :SQLSTATE
SELECT create_dataset('bad', 'SELECT 1');
\echo :SQLSTATE
SELECT create_dataset('bad', 'SELECT FROM users');
\echo :SQLSTATE
SELECT create_dataset('bad', 'SELECT a.id, a.username, b.id FROM users a JOIN users b USING (id)');
\echo :SQLSTATE
SELECT create_dataset('bad', 'SELECT $1::int AS a');
\echo :SQLSTATE
SELECT create_dataset('bad name', 'SELECT 1 AS a');
\echo :SQLSTATE
SELECT create_dataset('', 'SELECT 1 AS a');
\echo :SQLSTATE
SELECT create_dataset('a.b.c', 'SELECT 1 AS a');
\echo :SQLSTATE
SELECT create_dataset('1st', 'SELECT 1 AS a');
\echo :SQLSTATE
SELECT create_dataset(repeat('x', 64), 'SELECT 1 AS a');
\echo :SQLSTATE
SELECT create_dataset(repeat('x', 63), 'SELECT 1 AS a') > 0 AS created;
SELECT create_dataset('_under-score.Name-9', 'SELECT 1 AS a') > 0 AS created;
SELECT create_dataset(NULL, 'SELECT 1 AS a');
\echo :SQLSTATE
SELECT create_dataset('bad', NULL);
\echo :SQLSTATE
SELECT create_dataset('bad', 'SELECT 1 AS a', params => '[1]');
\echo :SQLSTATE
SELECT create_dataset('bad', 'SELECT 1 AS a', params => '"text"');
\echo :SQLSTATE
SELECT count(*) AS stored FROM datasets WHERE name = 'bad';
SELECT count(*) AS users FROM users;

-- Dropping.
SELECT create_checker('no_such_user', 'wat', guest('[["assert_empty", "users_without_email", "all have one"]]'), '{users_without_email}') > 0 AS created;
SELECT drop_dataset('users_without_email');
\echo :SQLSTATE
SELECT drop_dataset('users_without_email', force => true);
SELECT drop_dataset('users_without_email');
\echo :SQLSTATE
SELECT drop_dataset('not valid');
\echo :SQLSTATE
SELECT drop_dataset('older');
SELECT namespace, name FROM datasets ORDER BY 1, 2;
-- The checker that is left says what it misses.
SELECT status, error FROM run('no_such_user');
SELECT create_dataset('users_without_email', 'SELECT username FROM users WHERE email IS NULL') > 0 AS created;
SELECT status, message FROM run('no_such_user');

-- What the query stands on goes: preview says so as a run does.
ALTER TABLE users RENAME COLUMN email TO mail;
SELECT preview_dataset('users_without_email');
\echo :SQLSTATE
SELECT status, error FROM run('no_such_user');
