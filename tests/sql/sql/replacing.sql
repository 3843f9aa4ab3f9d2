-- Replacing, disabling and dropping checkers and datasets: what becomes of schedule, alarm, messages and rights.
\set VERBOSITY default
CREATE VIEW told AS SELECT o.type, (o.body::jsonb #>> '{data,sequence}')::int AS sequence, o.body::jsonb #>> '{data,message}' AS message
  FROM checker.outbox o ORDER BY o.id;

-- Another zone is another time.
SELECT create_checker('noon', 'wat', guest('[["ok", "fine"]]'), schedule => '0 12 * * *', time_zone => 'UTC') > 0 AS created;
SELECT create_checker('noon', 'wat', guest('[["ok", "fine"]]'), schedule => '0 12 * * *', time_zone => 'Asia/Tokyo', or_replace => true) > 0 AS replaced;
SELECT (next_run AT TIME ZONE 'UTC')::time AS next_run FROM checkers WHERE name = 'noon';

-- Disabling a checker that fires resolves its alarm; enabled again, it begins anew.
SELECT create_checker('fires', 'wat', guest('[["fail", "bad"]]')) > 0 AS created;
SELECT status FROM run('fires');
SELECT create_checker('fires', 'wat', guest('[["fail", "bad"]]'), enabled => false, or_replace => true) > 0 AS disabled;
SELECT enabled, alarm FROM checkers WHERE name = 'fires';
SELECT state, incident, failing_runs, passing_runs FROM alarms WHERE name = 'fires';
SELECT create_checker('fires', 'wat', guest('[["fail", "bad"]]'), or_replace => true) > 0 AS enabled;
SELECT status FROM run('fires');
SELECT * FROM told;

-- A checker of the same name goes on counting where the dropped one has ended.
TRUNCATE checker.outbox;
SELECT drop_checker('fires');
SELECT create_checker('fires', 'wat', guest('[["fail", "bad"]]')) > 0 AS created;
SELECT status FROM run('fires');
SELECT * FROM told;
SELECT drop_checker('fires');

-- Positions are those of the statement, not of what stands before it.
SELECT create_dataset('bad', E'/* hi */\n -- DELETE\n DELETE FROM told');
SELECT create_dataset('bad', 'SELECT ''for update'' AS a, "for" FROM (SELECT 1 AS "for") t FOR SHARE');
SELECT create_dataset('bad', 'SELECT 1 AS a /* into */ INTO b');
CREATE TABLE locked (a int);
CREATE VIEW locking AS SELECT a FROM locked FOR UPDATE;
SELECT create_dataset('bad', 'SELECT a FROM locking');

-- Whoever replaces something must see to it that its owner can run it.
CREATE ROLE team; CREATE ROLE carol; CREATE ROLE dave;
GRANT team TO carol;
SELECT grant_access('author', r) FROM unnest('{team, carol, dave}'::regrole[]) r;
GRANT CREATE ON SCHEMA public TO team, carol, dave;
SET ROLE team;
CREATE TABLE of_team AS SELECT 1 AS a;
SELECT create_dataset('of_team', 'SELECT a FROM of_team') > 0 AS created;
SELECT create_checker('of_team', 'wat', guest('[["assert_empty", "of_team", "x"]]'), '{of_team}') > 0 AS created;
SET ROLE carol;
CREATE TABLE of_carol AS SELECT 1 AS a;
SELECT create_dataset('of_team', 'SELECT a FROM of_carol', or_replace => true);
SELECT create_dataset('of_team', 'SELECT a + 1 AS a FROM of_team', or_replace => true) > 0 AS replaced;
SELECT create_dataset('of_carol', 'SELECT a FROM of_carol') > 0 AS created;
SELECT create_checker('of_team', 'wat', guest('[["assert_empty", "of_carol", "x"]]'), '{of_carol}', or_replace => true);
SET ROLE dave;
SELECT create_dataset('of_team', 'SELECT 1 AS a', or_replace => true);
SELECT create_checker('of_team', 'wat', guest('[["ok", "x"]]'), or_replace => true);
RESET ROLE;
SELECT name, owner FROM datasets WHERE name LIKE 'of\_%' ORDER BY name;

-- A role that is gone owns nothing any more: a superuser takes over.
DROP OWNED BY team; DROP ROLE team;
SELECT * FROM run('of_team');
SELECT create_dataset('of_team', 'SELECT 1 AS a', or_replace => true) > 0 AS replaced;
SELECT create_checker('of_team', 'wat', guest('[["assert_empty", "of_team", "x"]]'), '{of_team}', or_replace => true) > 0 AS replaced;
SELECT status FROM run('of_team');
SELECT owner::text = current_user AS taken_over FROM datasets WHERE name = 'of_team';
DROP OWNED BY carol, dave; DROP ROLE carol; DROP ROLE dave;

-- Nothing is changed in a read-only transaction.
BEGIN READ ONLY;
SELECT create_dataset('x', 'SELECT 1 AS a');
ROLLBACK;
BEGIN READ ONLY;
SELECT create_checker('x', 'wat', guest('[["ok", "x"]]'));
ROLLBACK;
BEGIN READ ONLY;
SELECT drop_checker('noon');
ROLLBACK;
BEGIN READ ONLY;
SELECT drop_dataset('of_team', force => true);
ROLLBACK;

-- Something else than a language is shown in short.
SELECT create_checker('x', repeat('ab', 100), 'source');
SELECT create_checker('x', 'wat', guest('[["ok", "x"]]'), time_zone => '');
SELECT create_checker('x', 'wat', guest('[["ok", "x"]]'), schedule => '178000000 years');
SELECT create_checker('x', 'wat', guest('[["ok", "x"]]'), alarm_on => '{{fail},{error}}');
