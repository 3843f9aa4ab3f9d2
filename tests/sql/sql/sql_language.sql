-- Checkers in SQL: every row that the query returns is a failure.
CREATE TABLE orders (id int, customer int, total numeric(10,2));
INSERT INTO orders VALUES (1, 7, 10.00), (2, NULL, 20.00), (3, NULL, -5);
SELECT create_checker('orders_have_customers', 'sql', 'SELECT id FROM orders WHERE customer IS NULL ORDER BY id') > 0 AS made;
SELECT language, version, datasets, source FROM checkers;
SELECT checker, status, message, failures, passes, error FROM run_checker('orders_have_customers');
SELECT ok, message, expected, actual, exact, sample FROM assertions;

-- A column "message" is the message. More than max_samples rows are counted all the same.
SELECT create_checker('positive_totals', 'sql', $$
  SELECT id, format('order %s has total %s', id, total) AS message FROM orders
  WHERE total <= checker.param('least')::numeric ORDER BY id
$$, params => '{"least": 0}') > 0 AS made;
SELECT status, message, failures FROM run_checker('positive_totals');
SELECT status, message, failures FROM run_checker('positive_totals', params => '{"least": 15}');
SELECT status, message, failures, passes FROM run_checker('positive_totals', params => '{"least": -100}');
SELECT create_checker('many', 'sql', 'SELECT generate_series(1, 100000) AS n', max_samples => 2) > 0 AS made;
SELECT status, message, failures FROM run_checker('many');
SELECT actual, exact, sample FROM assertions ORDER BY run_id DESC LIMIT 1;

SELECT create_checker('unnamed', 'sql', 'SELECT 1, 2 FROM orders LIMIT 1') > 0 AS made;
SELECT status, failures FROM run_checker('unnamed');
SELECT drop_checker('unnamed');

-- The same as JSON, and in a gate.
SELECT evaluate_checker('orders_have_customers') - '{run_uuid,started_at,duration,digest}'::text[];
SELECT require_checker('orders_have_customers');

-- A query that fails is an error, not a failure; a change of the table shows at once.
SELECT create_checker('ratio', 'sql', 'SELECT id FROM orders WHERE 1 / (id - 1) > 0') > 0 AS made;
SELECT status, message, error FROM run_checker('ratio');
ALTER TABLE orders DROP COLUMN customer;
SELECT status, error FROM run_checker('orders_have_customers');

-- What is not one reading query with named columns is refused at creation, with the position.
SELECT create_checker('bad', 'sql', 'SELEC 1');
SELECT create_checker('bad', 'sql', 'SELECT * FROM nowhere');
SELECT create_checker('bad', 'sql', 'SELECT 1 AS a; SELECT 2 AS b');
SELECT create_checker('bad', 'sql', 'DELETE FROM orders RETURNING id');
SELECT create_checker('bad', 'sql', 'WITH d AS (DELETE FROM orders RETURNING id) SELECT id FROM d');
SELECT create_checker('bad', 'sql', '');
SELECT create_checker('bad', 'sql', NULL);
SELECT create_checker('bad', 'cobol', 'STOP RUN.');
SELECT create_checker('bad', 'wasm', 'STOP RUN.');

-- A version for each change of the text, none for options alone.
SELECT create_checker('many', 'sql', 'SELECT generate_series(1, 100000) AS n', or_replace => true) > 0 AS same;
SELECT version FROM checkers WHERE name = 'many';
SELECT create_checker('many', 'sql', 'SELECT 1 AS n WHERE false', or_replace => true) > 0 AS changed;
SELECT version FROM checkers WHERE name = 'many';
SELECT status, message, passes FROM run_checker('many');
-- The search_path is that of the creation, for ever.
CREATE SCHEMA other;
CREATE TABLE other.orders (id int);
SET search_path = other, public, checker;
SELECT status FROM run_checker('positive_totals', params => '{"least": 0}');
SELECT create_checker('many', 'sql', 'SELECT 1 AS n WHERE false', or_replace => true) > 0 AS changed;
SELECT version FROM checkers WHERE name = 'many';
RESET search_path;

-- With the rights of the owner, whoever runs it; only the owner's roles may.
CREATE ROLE sql_author;
SELECT grant_access('author', 'sql_author');
SET ROLE sql_author;
SELECT create_checker('peek', 'sql', 'SELECT id FROM orders');
SELECT create_checker('mine', 'sql', 'SELECT current_user::text AS message');
RESET ROLE;
SELECT status, message FROM run_checker('mine');
SELECT drop_checker('mine');
DROP OWNED BY sql_author;
DROP ROLE sql_author;
SELECT checker, outcome FROM warm_cache() ORDER BY checker;
