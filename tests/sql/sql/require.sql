-- require_checker: a migration that breaks a checker rolls back.
CREATE TABLE users (id int, email text);
INSERT INTO users VALUES (1, 'a@example.org');
SELECT create_dataset('no_email', 'SELECT id FROM users WHERE email IS NULL') > 0 AS created;
SELECT create_checker('emails', 'wat', guest('[["assert_empty", "no_email", "everybody has an email"]]'), '{no_email}') > 0 AS created;
SELECT create_checker('warns', 'wat', guest('[["warn", "odd"]]')) > 0 AS created;
SELECT create_checker('few', 'wat', guest('[["assert_less_than", "no_email", 3, "few are without"]]'), '{no_email}') > 0 AS created;
SELECT create_checker('errs', 'wat', '(module (func (export "check") unreachable))', enabled => false) > 0 AS created;

SELECT require_checker();
SELECT require_checker('emails', 'warns');
-- It sees what the transaction has not committed yet.
BEGIN;
INSERT INTO users VALUES (2, NULL);
SAVEPOINT before;
SELECT require_checker('emails');
\echo :SQLSTATE
ROLLBACK TO before;
INSERT INTO users SELECT i, NULL FROM generate_series(3, 6) i;
SAVEPOINT before;
SELECT require_checker();
\echo :SQLSTATE
ROLLBACK TO before;
UPDATE users SET email = 'x';
SELECT require_checker();
COMMIT;
SELECT count(*) AS users FROM users;
-- The migration as one transaction.
BEGIN;
ALTER TABLE users ADD COLUMN name text;
UPDATE users SET email = NULL;
SELECT require_checker();
COMMIT;
SELECT count(*) FILTER (WHERE email IS NULL) AS without_email FROM users;
-- A disabled one is required only by name; an error is no less than a failure.
SELECT require_checker('errs');
\echo :SQLSTATE
SELECT require_checker('errs', 'warns', 'errs');
\echo :SQLSTATE
SELECT require_checker('nowhere');
\echo :SQLSTATE
SELECT require_checker(VARIADIC '{}');
SELECT require_checker(NULL);
\echo :SQLSTATE
-- Nothing is written or sent.
SELECT (SELECT count(*) FROM runs) AS runs, (SELECT count(*) FROM checker.outbox) AS messages;
