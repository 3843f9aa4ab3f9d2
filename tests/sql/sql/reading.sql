-- How datasets are read: read-only, with their owner's rights, under their own search_path, in one snapshot.
CREATE TABLE data (n int);
INSERT INTO data SELECT generate_series(1, 3);

-- A function in a dataset may not write, whatever it tries.
CREATE TABLE written (n int);
CREATE SEQUENCE numbers;
CREATE FUNCTION writes() RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO written VALUES (1); RETURN 1; END $$;
CREATE FUNCTION tries_to_write() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  SET LOCAL transaction_read_only = off;
  INSERT INTO written VALUES (1);
  RETURN 1;
END $$;
CREATE FUNCTION creates() RETURNS int LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE planted (n int); RETURN 1; END $$;
CREATE FUNCTION swallows() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO written VALUES (1);
  RETURN 1;
EXCEPTION WHEN OTHERS THEN
  RETURN 2;
END $$;
SELECT create_dataset('writes', 'SELECT writes() AS n') > 0 AS created;
SELECT create_dataset('tries_to_write', 'SELECT tries_to_write() AS n') > 0 AS created;
SELECT create_dataset('creates', 'SELECT creates() AS n') > 0 AS created;
SELECT create_dataset('swallows', 'SELECT swallows() AS n') > 0 AS created;
SELECT create_dataset('counts', $$SELECT nextval('numbers') AS n$$) > 0 AS created;
SELECT create_checker(name, 'wat', guest(jsonb_build_array(jsonb_build_array('ok', jsonb_build_object('dataset', name)))), ARRAY[name]) > 0 AS created
FROM unnest('{writes, tries_to_write, creates, swallows, counts}'::text[]) AS name;
SELECT * FROM run('writes');
SELECT * FROM run('tries_to_write');
SELECT * FROM run('creates');
SELECT * FROM run('swallows');
SELECT * FROM run('counts');
SELECT preview_dataset('writes');
\echo :SQLSTATE
SELECT count(*) AS written FROM written;
-- Afterwards the session writes as before.
INSERT INTO written VALUES (2);
SHOW transaction_read_only;

-- Runs and previews do not nest.
SELECT create_checker('inner', 'wat', guest('[]')) > 0 AS created;
SELECT create_dataset('runs_another', $$SELECT status FROM run_checker('inner')$$) > 0 AS created;
SELECT create_dataset('evaluates_another', $$SELECT evaluate_checker('inner') AS result$$) > 0 AS created;
SELECT create_dataset('previews_another', $$SELECT preview_dataset('counts') AS row$$) > 0 AS created;
SELECT create_checker('outer', 'wat', guest('[["assert_empty", "runs_another", "x"]]'), '{runs_another}') > 0 AS created;
SELECT create_checker('outer_evaluation', 'wat', guest('[["assert_empty", "evaluates_another", "x"]]'), '{evaluates_another}') > 0 AS created;
SELECT create_checker('outer_preview', 'wat', guest('[["assert_empty", "previews_another", "x"]]'), '{previews_another}') > 0 AS created;
SELECT * FROM run('outer');
SELECT * FROM run('outer_evaluation');
SELECT * FROM run('outer_preview');
SELECT preview_dataset('previews_another');
\echo :SQLSTATE

-- The search_path of its creation, with temporary tables last.
CREATE SCHEMA one;
CREATE SCHEMA two;
CREATE TABLE one.place AS SELECT 'one' AS name;
CREATE TABLE two.place AS SELECT 'two' AS name;
SET search_path = one, public, checker;
SELECT create_dataset('place', 'SELECT name FROM place') > 0 AS created;
SELECT create_checker('place', 'wat', guest('[["ok", {"dataset": "place"}]]'), '{place}') > 0 AS created;
SET search_path = two, public, checker;
SELECT message FROM run('place');
CREATE TEMP TABLE place AS SELECT 'temporary' AS name;
SELECT message FROM run('place');
SET search_path = '';
SELECT message FROM public.run('place');
SELECT checker.preview_dataset('place');
SELECT count(*) AS shown FROM checker.runs WHERE checker = 'default.place';
RESET search_path;
DROP TABLE pg_temp.place;

-- The session's formats do not show in the output, and are left as they were.
SELECT create_dataset('formats', $$SELECT '2024-02-29 12:00:00+00'::timestamptz AS t, '2024-02-29'::date AS d, '1 day 02:00'::interval AS i, '\x00ff'::bytea AS b, 0.1::float8 AS f$$) > 0 AS created;
SELECT create_checker('formats', 'wat', guest('[["ok", {"dataset": "formats"}]]'), '{formats}') > 0 AS created;
SET datestyle = 'SQL, DMY';
SET intervalstyle = 'iso_8601';
SET bytea_output = 'escape';
SET extra_float_digits = -5;
SET timezone = 'UTC';
SELECT message FROM run('formats');
SELECT '2024-02-29'::date, '1 day 02:00'::interval, '\x00ff'::bytea, 0.1::float8;
RESET ALL;

-- Settings that a dataset's function makes do not outlive it.
CREATE FUNCTION sets() RETURNS text LANGUAGE sql AS $$ SELECT set_config('work_mem', '1234kB', false) $$;
SELECT create_dataset('sets', 'SELECT sets() AS s') > 0 AS created;
SELECT preview_dataset('sets');
SELECT current_setting('work_mem') <> '1234kB' AS unchanged;

-- The owner's rights, not the caller's; nor more than those of the owner.
CREATE ROLE sql_reading_owner;
CREATE ROLE sql_reading_runner;
GRANT sql_reading_owner TO sql_reading_runner;
SELECT grant_access('author', 'sql_reading_owner'), grant_access('runner', 'sql_reading_runner');
GRANT USAGE, CREATE ON SCHEMA public TO sql_reading_owner;
CREATE TABLE secret AS SELECT 'hidden' AS word;
CREATE FUNCTION who() RETURNS text LANGUAGE sql AS 'SELECT current_user::text';
SET ROLE sql_reading_owner;
CREATE TABLE mine AS SELECT 'mine' AS word;
SELECT create_dataset('secret', 'SELECT word FROM secret');
\echo :SQLSTATE
SELECT create_dataset('mine', 'SELECT word, who() AS reader, session_user = current_user AS same FROM mine') > 0 AS created;
SELECT create_checker('mine', 'wat', guest('[["ok", {"dataset": "mine"}]]'), '{mine}') > 0 AS created;
RESET ROLE;
-- A superuser runs it as its owner.
SELECT message, error FROM run('mine');
ALTER ROLE sql_reading_runner NOINHERIT;
SET ROLE sql_reading_runner;
SELECT run_checker('mine');
\echo :SQLSTATE
RESET ROLE;
ALTER ROLE sql_reading_runner INHERIT;
SET ROLE sql_reading_runner;
SELECT message, error FROM run('mine');
SELECT current_user;
RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM sql_reading_owner;
ALTER TABLE mine OWNER TO postgres;
SELECT message, error FROM run('mine');
-- Escape attempts of a dataset's code.
CREATE FUNCTION escapes() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RESET ROLE; RETURN current_user; END $$;
CREATE FUNCTION escapes_session() RETURNS text LANGUAGE plpgsql AS $$ BEGIN SET SESSION AUTHORIZATION postgres; RETURN current_user; END $$;
SET ROLE sql_reading_owner;
SELECT create_dataset('escapes', 'SELECT escapes() AS who') > 0 AS created;
SELECT create_dataset('escapes_session', 'SELECT escapes_session() AS who') > 0 AS created;
RESET ROLE;
SELECT preview_dataset('escapes');
\echo :SQLSTATE
SELECT preview_dataset('escapes_session');
\echo :SQLSTATE
SELECT current_user;

-- Row-level security applies to the owner.
CREATE TABLE guarded (owner text, word text);
INSERT INTO guarded VALUES ('sql_reading_owner', 'visible'), ('postgres', 'invisible');
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON guarded USING (owner = current_user);
GRANT SELECT ON guarded TO sql_reading_owner;
SET ROLE sql_reading_owner;
SELECT create_dataset('guarded', 'SELECT word FROM guarded') > 0 AS created;
RESET ROLE;
SELECT preview_dataset('guarded');

-- One snapshot for all datasets of a run, whatever the isolation level.
SELECT create_dataset('before', 'SELECT txid_current_snapshot()::text AS s') > 0 AS created;
SELECT create_dataset('after', 'SELECT txid_current_snapshot()::text AS s') > 0 AS created;
SELECT create_checker('snapshot', 'wat', guest('[["assert_equal", "before", "after", "one snapshot"]]'), '{before, after}') > 0 AS created;
SELECT status, message FROM run('snapshot');
-- The transaction's own changes are seen.
BEGIN;
DELETE FROM data;
SELECT create_dataset('data', 'SELECT n FROM data') > 0 AS created;
SELECT create_checker('no_data', 'wat', guest('[["assert_empty", "data", "gone"]]'), '{data}') > 0 AS created;
SELECT status, message FROM run('no_data');
INSERT INTO data VALUES (4);
SELECT status, message FROM run('no_data');
COMMIT;

-- Inside functions, in exception blocks and in aborted subtransactions.
CREATE FUNCTION run_twice() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  first text;
BEGIN
  BEGIN
    SELECT status INTO first FROM run_checker('no_data');
    RAISE EXCEPTION 'undone';
  EXCEPTION WHEN raise_exception THEN
    RETURN first || ', ' || (SELECT count(*) FROM runs WHERE checker = 'default.no_data') || ', ' || (SELECT status FROM run_checker('no_data'));
  END;
END $$;
SELECT run_twice();
SELECT count(*) AS runs FROM runs WHERE checker = 'default.no_data';
