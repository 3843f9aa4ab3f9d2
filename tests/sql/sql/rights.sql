-- Rights: nothing for PUBLIC; levels; what others own.
CREATE ROLE sql_author;
CREATE ROLE sql_member IN ROLE sql_author;
CREATE ROLE sql_stranger;
CREATE ROLE sql_runner;
CREATE ROLE sql_reader;
CREATE ROLE sql_operator;
CREATE ROLE sql_admin;
CREATE ROLE sql_nobody;
SELECT create_dataset('of_postgres', 'SELECT 1 AS id') > 0 AS created;
SELECT create_checker('of_postgres', 'wat', guest('[["assert_empty", "of_postgres", "m"]]'), '{of_postgres}', schedule => '1 hour') > 0 AS created;
SELECT status FROM run('of_postgres');

-- Whoever was granted nothing may use nothing.
SET ROLE sql_nobody;
SELECT * FROM checker.checkers;
\echo :SQLSTATE
SELECT checker.run_checker('of_postgres');
\echo :SQLSTATE
RESET ROLE;
SELECT p.oid::regprocedure AS open_to_public FROM pg_proc p
WHERE p.pronamespace = 'checker'::regnamespace AND has_function_privilege('sql_nobody', p.oid, 'EXECUTE');
SELECT c.oid::regclass AS open_to_public FROM pg_class c
WHERE c.relnamespace = 'checker'::regnamespace AND c.relkind IN ('r', 'v', 'S', 'p', 'm') AND has_table_privilege('sql_nobody', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE');
SELECT has_schema_privilege('sql_nobody', 'checker', 'USAGE') AS usage, has_schema_privilege('sql_nobody', 'checker', 'CREATE') AS "create";

-- The levels hand out more and more.
SELECT grant_access('reader', 'sql_reader'), grant_access('runner', 'sql_runner'), grant_access('author', 'sql_author'), grant_access('author', 'sql_stranger'),
       grant_access('operator', 'sql_operator'), grant_access('admin', 'sql_admin');
SELECT p.proname || CASE WHEN count(*) > 1 THEN ' (' || count(*) || ')' ELSE '' END AS function, string_agg(DISTINCT substr(r.rolname, 5), ', ' ORDER BY substr(r.rolname, 5)) AS roles
FROM pg_proc p LEFT JOIN pg_roles r ON r.rolname IN ('sql_reader', 'sql_runner', 'sql_author', 'sql_operator', 'sql_admin') AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
WHERE p.pronamespace = 'checker'::regnamespace GROUP BY p.proname ORDER BY 1;
SELECT c.relname AS relation, string_agg(substr(r.rolname, 5), ', ' ORDER BY r.rolname) AS roles
FROM pg_class c LEFT JOIN pg_roles r ON r.rolname IN ('sql_reader', 'sql_runner', 'sql_author', 'sql_operator', 'sql_admin') AND has_table_privilege(r.oid, c.oid, 'SELECT')
WHERE c.relnamespace = 'checker'::regnamespace AND c.relkind IN ('r', 'v') GROUP BY 1 ORDER BY 1;
SELECT grant_access('king', 'sql_reader');
\echo :SQLSTATE
SELECT grant_access('reader', 'no_such_role');
\echo :SQLSTATE
SELECT revoke_access('king', 'sql_reader');
\echo :SQLSTATE

-- An author makes its own, and sees and uses no one else's.
SET ROLE sql_author;
SELECT create_dataset('mine', 'SELECT 1 AS id') > 0 AS created;
SELECT create_checker('mine', 'wat', guest('[["assert_empty", "mine", "m"]]'), '{mine}', schedule => '1 hour') > 0 AS created;
SELECT status FROM run('mine');
SELECT checker.run_checker('of_postgres');
\echo :SQLSTATE
SELECT evaluate_checker('of_postgres');
\echo :SQLSTATE
SELECT require_checker('of_postgres');
\echo :SQLSTATE
SELECT preview_dataset('of_postgres');
\echo :SQLSTATE
SELECT create_checker('of_postgres', 'wat', guest('[]'), or_replace => true);
\echo :SQLSTATE
SELECT create_dataset('of_postgres', 'SELECT 1 AS id', or_replace => true);
\echo :SQLSTATE
SELECT create_checker('borrowing', 'wat', guest('[]'), '{of_postgres}');
\echo :SQLSTATE
SELECT drop_checker('of_postgres');
\echo :SQLSTATE
SELECT drop_dataset('of_postgres', force => true);
\echo :SQLSTATE
SELECT checker.claim_due();
\echo :SQLSTATE
SELECT checker.record_run('{}');
\echo :SQLSTATE
SELECT * FROM checker.checker;
\echo :SQLSTATE
SELECT * FROM checker.run;
\echo :SQLSTATE
SELECT name FROM datasets;
SELECT name FROM checkers;
SELECT checker, status FROM runs;
SELECT count(*) AS assertions FROM assertions;
SELECT checker FROM alarms;
SELECT checker, status FROM run_checker();
-- The server's own means are not an author's.
SET checker.c_compiler = '/bin/sh';
\echo :SQLSTATE
SET checker.compile_helper = '/bin/sh';
\echo :SQLSTATE
SET checker.cache_directory = '/tmp';
\echo :SQLSTATE
SET checker.max_timeout = '1 day';
\echo :SQLSTATE
SET checker.max_fuel = 0;
\echo :SQLSTATE
SET checker.max_memory_limit = '4GB';
\echo :SQLSTATE
SET checker.redact_columns = '';
\echo :SQLSTATE
SET checker.timeout = '5s';

-- A member of the owning role may do what it may.
SET ROLE sql_member;
SELECT name FROM checkers;
SELECT status FROM run('mine');
SELECT create_checker('mine', 'wat', guest('[["assert_empty", "mine", "changed"]]'), '{mine}', or_replace => true) > 0 AS replaced;
SELECT owned_by, version FROM checkers;
SELECT preview_dataset('mine');

-- Another author sees nothing of it.
SET ROLE sql_stranger;
SELECT count(*) FROM datasets;
SELECT count(*) FROM checkers;
SELECT count(*) FROM runs;
SELECT count(*) FROM assertions;
SELECT count(*) FROM alarms;
SELECT count(*) FROM checker.run_checker();
SELECT run('mine');
\echo :SQLSTATE
SELECT drop_checker('mine');
\echo :SQLSTATE
-- A condition of the reader's own does not see hidden rows.
CREATE FUNCTION pg_temp.leak(text) RETURNS boolean COST 0.0001 LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'seen: %', $1; RETURN true; END $$;
SELECT name FROM checkers WHERE pg_temp.leak(name);
SELECT checker FROM runs WHERE pg_temp.leak(checker);
SELECT name FROM datasets WHERE pg_temp.leak(query);

-- A reader looks, a runner runs what it is a member for.
RESET ROLE;
GRANT sql_author TO sql_reader;
GRANT sql_author TO sql_operator;
SET ROLE sql_reader;
SELECT run_checker('of_postgres');
\echo :SQLSTATE
RESET ROLE;
SET ROLE sql_runner;
SELECT create_dataset('x', 'SELECT 1 AS id');
\echo :SQLSTATE
SELECT checker.run_checker('mine');
\echo :SQLSTATE
-- An operator claims and records what it may act for.
RESET ROLE;
UPDATE checker.due SET next_at = now();
SELECT create_checker('sched', 'wat', guest('[]'), schedule => '1 hour') > 0 AS created;
SET ROLE sql_author;
SELECT create_checker('due_of_author', 'wat', guest('[]'), schedule => '1 hour') > 0 AS created;
SET ROLE sql_operator;
SELECT checker FROM claim_due();
INSERT INTO checker.holiday VALUES ('2000-01-01', 'test', 'x');
SELECT pending >= 0 AS pending FROM checker.outbox_status;
-- A superuser, and who acts for the extension's owner, sees and may do all.
RESET ROLE;
SELECT name FROM checkers ORDER BY 1;
SELECT status FROM run('mine');

-- Taking away.
SELECT revoke_access('author', 'sql_author'), revoke_access('reader', 'sql_stranger'), revoke_access('reader', 'sql_admin');
SET ROLE sql_author;
SELECT create_dataset('x', 'SELECT 1 AS id');
\echo :SQLSTATE
SELECT status FROM run('due_of_author');
SET ROLE sql_stranger;
SELECT * FROM checker.checkers;
\echo :SQLSTATE
RESET ROLE;
SELECT count(*) AS left_to_admin FROM pg_proc p WHERE p.pronamespace = 'checker'::regnamespace AND has_function_privilege('sql_admin', p.oid, 'EXECUTE') AND p.proname <> 'param';
SELECT c.relname AS left_to_admin FROM pg_class c WHERE c.relnamespace = 'checker'::regnamespace AND c.relkind IN ('r', 'v') AND has_table_privilege('sql_admin', c.oid, 'SELECT, INSERT, UPDATE, DELETE');

-- A role that owns something and is dropped: its objects stay for a superuser.
CREATE ROLE sql_gone;
SELECT grant_access('author', 'sql_gone');
SET ROLE sql_gone;
SELECT create_dataset('orphan', 'SELECT 1 AS id') > 0 AS created;
SELECT create_checker('orphan', 'wat', guest('[["assert_empty", "orphan", "m"]]'), '{orphan}') > 0 AS created;
RESET ROLE;
SELECT revoke_access('reader', 'sql_gone');
DROP ROLE sql_gone;
SELECT status, message, regexp_replace(error, '[0-9]+', 'OID') AS error FROM run('orphan');
SELECT drop_checker('orphan');
SELECT drop_dataset('orphan');
