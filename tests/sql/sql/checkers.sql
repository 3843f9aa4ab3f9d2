-- Checkers: created, replaced, dropped; their options and what is refused of them.
CREATE VIEW shown AS
  SELECT namespace || '.' || name AS checker, language, version, enabled, severity, alarm, datasets FROM checkers;
SELECT create_dataset('users', 'SELECT 1 AS id') > 0 AS created;
\set wat '(module (func (export "check")))'
\set other_wat '(module (func (export "check") (nop)))'
-- (module (func (export "check"))), assembled.
\set module '\\x0061736d01000000010401600000030201000709010563686563' '6b00000a040102000b'

SELECT create_checker('text', 'wat', :'wat', '{users}') > 0 AS created;
SELECT create_checker('binary', :'module'::bytea) > 0 AS created;
SELECT create_checker('with_source', :'module'::bytea, source => 'int main() {}', datasets => '{default.users}') > 0 AS created;
SELECT create_checker('shop.text', 'wat', :'wat') > 0 AS created;
SELECT * FROM shown ORDER BY 1;
SELECT name, source FROM checkers ORDER BY 1, namespace;
SELECT status, message, failures, passes FROM run('binary');
-- The same code has the same digest, whichever way it came.
SELECT count(DISTINCT digest) FROM checkers;
SELECT digest ~ '^sha256:[0-9a-f]{64}$' AS digest, digest = 'sha256:' || encode(sha256(:'module'::bytea), 'hex') AS of_module
FROM checkers WHERE name = 'binary';

-- Names.
SELECT create_checker('text', 'wat', :'wat');
\echo :SQLSTATE
SELECT create_checker('a b', 'wat', :'wat');
\echo :SQLSTATE
SELECT create_checker('a.b.c', 'wat', :'wat');
\echo :SQLSTATE
SELECT create_checker('9lives', 'wat', :'wat');
\echo :SQLSTATE
SELECT create_checker('', 'wat', :'wat');
\echo :SQLSTATE
SELECT create_checker(NULL, 'wat', :'wat');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', NULL);
\echo :SQLSTATE
SELECT create_checker('x', NULL::bytea);
\echo :SQLSTATE

-- Replacing: a new version only for other code.
SELECT id AS id_before FROM checkers WHERE name = 'text' AND namespace = 'default' \gset
SELECT create_checker('text', 'wat', :'wat', severity => 'critical', or_replace => true) = :id_before AS same_id;
SELECT * FROM shown WHERE checker = 'default.text';
SELECT create_checker('text', 'wat', :'other_wat', or_replace => true) = :id_before AS same_id;
-- What is not said anew has its default again.
SELECT * FROM shown WHERE checker = 'default.text';
SELECT create_checker('text', 'wat', :'other_wat', or_replace => true) = :id_before AS same_id;
SELECT create_checker('text', 'wat', :'wat', or_replace => true) = :id_before AS same_id;
SELECT * FROM shown WHERE checker = 'default.text';
SELECT v.version, v.language, v.source FROM checker_version v WHERE v.checker_id = :id_before ORDER BY 1;
-- A refused replacement changes nothing.
SELECT create_checker('text', 'wat', '(module)', severity => 'info', or_replace => true);
\echo :SQLSTATE
SELECT * FROM shown WHERE checker = 'default.text';

-- Languages.
SELECT create_checker('x', 'cobol', 'STOP RUN.');
\echo :SQLSTATE
SELECT create_checker('x', NULL, :'wat');
\echo :SQLSTATE

-- Datasets.
SELECT create_checker('x', 'wat', :'wat', '{users, nowhere}');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', '{users, default.users}');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', '{not valid}');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', ARRAY[NULL]);
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', '{{users}}');
\echo :SQLSTATE
SELECT create_checker('no_datasets', 'wat', :'wat', NULL) > 0 AS created;

-- Every option, as the view shows it.
SELECT create_checker('full', 'wat', :'wat', '{users}', description => 'about', runbook => 'https://example.org/runbook',
  owner => 'team', severity => 'info', labels => '{"team": "data"}', schedule => '*/5 * * * *', time_zone => 'Europe/Berlin',
  params => '{"limit": 42}', input => '[1, 2]', enabled => false, for_duration => '10 minutes', for_runs => 3,
  recover_runs => 2, alarm_on => '{warn,fail}', on_empty => 'no_data', max_samples => 7, timeout => '1.5 s', fuel => 1000000,
  memory_limit => '1MB') > 0 AS created;
\x on
SELECT description, runbook, owner, severity, labels, schedule, time_zone, params, input, enabled, for_duration, for_runs,
       recover_runs, alarm_on, on_empty, max_samples, timeout, fuel, memory_limit
FROM checkers WHERE name = 'full';
SELECT description, runbook, owner, severity, labels, schedule, time_zone, params, input, enabled, for_duration, for_runs,
       recover_runs, alarm_on, on_empty, max_samples, timeout, fuel, memory_limit, status, alarm, last_run > now() - interval '1 hour' AS last_run, next_run
FROM checkers WHERE name = 'binary';
\x off
-- The first time of a cron schedule is ahead, that of an interval at once.
SELECT create_checker('each_minute', 'wat', :'wat', schedule => '* * * * *') > 0 AS created;
SELECT create_checker('now_and_then', 'wat', :'wat', schedule => '30 seconds') > 0 AS created;
SELECT name, next_run > now() AS ahead, next_run <= now() + interval '5 minutes' AS soon FROM checkers WHERE schedule IS NOT NULL ORDER BY 1;
SELECT create_checker('each_minute', 'wat', :'wat', or_replace => true) > 0 AS replaced;
SELECT name, schedule, next_run FROM checkers WHERE name = 'each_minute';

-- Options that are refused.
SELECT create_checker('x', 'wat', :'wat', severity => 'fatal');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', labels => '[]');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', params => '1');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', schedule => 'sometimes');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', schedule => '-5 seconds');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', schedule => '0 seconds');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', schedule => '');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', schedule => '60 * * * *');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', schedule => '* * * * mon-noday');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', schedule => '0 0 31 2 *');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', schedule => '* * * *');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', schedule => '@never');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', time_zone => 'Mars/Olympus_Mons');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', alarm_on => '{broken}');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', alarm_on => '{fail,NULL}');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', on_empty => 'fail');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', for_runs => 0);
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', recover_runs => -1);
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', for_duration => '-1 minute');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', max_samples => -1);
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', max_samples => 1001);
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', timeout => '0');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', timeout => '-1 s');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', timeout => '1 day');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', timeout => '1 month');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', fuel => -1);
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', memory_limit => 'plenty');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', memory_limit => '1kB');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', memory_limit => '2GB');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', memory_limit => '-1MB');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', repeat_every => '1 hour');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', row_key => '{id}');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', instance_by => '{id}');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', depends_on => '{text}');
\echo :SQLSTATE
SELECT count(*) AS stored FROM checkers WHERE name = 'x';

-- Caps that only a superuser raises.
SET checker.max_fuel = 1000;
SELECT create_checker('x', 'wat', :'wat', fuel => 1001);
\echo :SQLSTATE
SELECT create_checker('x', 'wat', :'wat', fuel => 1000) > 0 AS created;
RESET checker.max_fuel;
SELECT drop_checker('x');

-- Dropping takes the versions and runs along.
SELECT status FROM run('text');
SELECT drop_checker('text');
SELECT drop_checker('text');
\echo :SQLSTATE
SELECT drop_checker('a b');
\echo :SQLSTATE
SELECT drop_checker(NULL);
\echo :SQLSTATE
SELECT checker FROM shown ORDER BY 1;
SELECT count(*) AS versions FROM checker_version WHERE checker_id = :id_before;
SELECT count(*) AS runs FROM runs WHERE checker = 'default.text';
SELECT run_checker('text');
\echo :SQLSTATE
SELECT evaluate_checker('text');
\echo :SQLSTATE

-- Every object of the extension has a comment.
SELECT pg_describe_object(classid, objid, objsubid) AS uncommented FROM pg_depend d
WHERE refclassid = 'pg_extension'::regclass AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pg_checker') AND deptype = 'e'
  AND classid IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass)
  AND obj_description(objid, classid::regclass::name) IS NULL
  AND NOT EXISTS (SELECT FROM pg_class WHERE classid = 'pg_class'::regclass AND oid = objid AND relkind IN ('S', 'i', 't'))
  AND NOT EXISTS (SELECT FROM pg_type WHERE classid = 'pg_type'::regclass AND oid = objid AND (typrelid <> 0 OR typelem <> 0))
ORDER BY 1;
