-- Alarms and the messages that they put into the outbox.
-- A checker whose verdict is its input: the status to end with.
CREATE FUNCTION verdict_guest() RETURNS text LANGUAGE sql AS $$
  SELECT '(module
    (import "checker" "input" (func $input (result i32 i32)))
    (import "checker" "fail" (func $fail (param i32 i32)))
    (import "checker" "warn" (func $warn (param i32 i32)))
    (import "checker" "assert_empty" (func $empty (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1) (data (i32.const 0) "the verdict") (data (i32.const 16) "rows")
    (func $first (result i32) (local $at i32) (local $length i32)
      (call $input) (local.set $length) (local.set $at)
      (i32.load8_u (i32.add (local.get $at) (i32.const 1))))
    (func (export "check") (local $letter i32)
      (local.set $letter (call $first))
      (if (i32.eq (local.get $letter) (i32.const 102)) (then (call $fail (i32.const 0) (i32.const 11))))
      (if (i32.eq (local.get $letter) (i32.const 119)) (then (call $warn (i32.const 0) (i32.const 11))))
      (if (i32.eq (local.get $letter) (i32.const 114)) (then (drop (call $empty (i32.const 16) (i32.const 4) (i32.const 0) (i32.const 11)))))
      (if (i32.eq (local.get $letter) (i32.const 101)) (then unreachable))))'
$$;
CREATE FUNCTION make(name text, for_runs int DEFAULT 1, recover_runs int DEFAULT 1, for_duration interval DEFAULT '0',
                     alarm_on checker.status[] DEFAULT NULL, severity text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
  SELECT checker.create_checker($1, 'wat', public.verdict_guest(), '{rows}', for_runs => $2, recover_runs => $3, for_duration => $4,
                                alarm_on => $5, severity => $6, labels => '{"team": "data"}', owner => 'somebody', runbook => 'https://example.org', or_replace => true)
$$;
SELECT create_dataset('rows', 'SELECT 7 AS id, ''Grüße'' AS word') > 0 AS created;

-- Runs the verdicts one after the other: status, alarm after it, and the messages that came of it.
CREATE FUNCTION play(name text, VARIADIC verdicts text[])
RETURNS TABLE (verdict text, status checker.status, alarm checker.alarm_state, failing int, passing int, messages text)
LANGUAGE plpgsql AS $$
DECLARE
  last bigint;
BEGIN
  FOREACH verdict IN ARRAY verdicts LOOP
    last := coalesce((SELECT max(o.id) FROM checker.outbox o), 0);
    status := (checker.run_checker(name, to_jsonb(verdict))).status;
    SELECT a.state, a.failing_runs, a.passing_runs INTO alarm, failing, passing FROM checker.alarms a WHERE a.checker = 'default.' || name;
    messages := (SELECT string_agg(o.type || ' #' || (o.body::jsonb #>> '{data,sequence}'), ', ' ORDER BY o.id) FROM checker.outbox o WHERE o.id > last);
    RETURN NEXT;
  END LOOP;
END $$;

-- The first failure fires, the next ones do not repeat it, recovery resolves.
SELECT make('plain');
SELECT state, failing_runs, passing_runs, status FROM alarms WHERE checker = 'default.plain';
SELECT * FROM play('plain', 'ok', 'fail', 'fail', 'rows', 'ok', 'ok', 'fail', 'ok');
-- Each episode has a uuid of its own, in all its messages.
SELECT type, dense_rank() OVER (ORDER BY min_id) AS episode
FROM (SELECT id, type, min(id) OVER (PARTITION BY body::jsonb #>> '{data,alarm,id}') AS min_id FROM checker.outbox
      WHERE type LIKE 'alarm.%') o ORDER BY id;
SELECT count(*) AS without_incident FROM alarms WHERE checker = 'default.plain' AND incident IS NULL;

-- A change of status is told, while firing and after recovering; a warning alarms only where that is asked for.
SELECT make('changing');
SELECT * FROM play('changing', 'fail', 'error', 'error', 'fail', 'warn', 'warn', 'error', 'ok');
SELECT make('on_warn', alarm_on => '{warn}');
SELECT * FROM play('on_warn', 'fail', 'warn', 'error', 'warn', 'ok');
SELECT make('on_nothing', alarm_on => '{}');
SELECT * FROM play('on_nothing', 'fail', 'error');

-- A change of severity is told.
SELECT make('severe');
SELECT * FROM play('severe', 'fail');
SELECT make('severe', severity => 'critical');
SELECT * FROM play('severe', 'fail', 'fail', 'ok');
SELECT type, routing_key FROM checker.outbox WHERE routing_key LIKE '%.severe' ORDER BY id;

-- Delays.
SELECT make('patient', for_runs => 3, recover_runs => 2);
SELECT * FROM play('patient', 'fail', 'fail', 'ok', 'fail', 'fail', 'fail', 'fail', 'ok', 'fail', 'ok', 'error', 'ok', 'ok', 'ok');
SELECT make('slow', for_duration => '1 hour');
SELECT * FROM play('slow', 'fail', 'fail');
-- As if the hour had passed.
UPDATE checker.alarm SET since = since - interval '1 hour' WHERE checker_id = (SELECT id FROM checkers WHERE name = 'slow');
SELECT * FROM play('slow', 'fail', 'ok', 'fail', 'ok');

-- What is written, by checker.emit.
SELECT make('emitting');
SET checker.emit = 'none';
SELECT * FROM play('emitting', 'ok', 'fail', 'warn', 'fail', 'error', 'ok');
SET checker.emit = 'alarms';
SELECT * FROM play('emitting', 'ok', 'fail', 'warn', 'fail', 'error', 'ok');
SET checker.emit = 'failures';
SELECT * FROM play('emitting', 'ok', 'fail', 'warn', 'fail', 'error', 'ok');
SET checker.emit = 'all';
SELECT * FROM play('emitting', 'ok', 'fail', 'warn', 'fail', 'error', 'ok');
RESET checker.emit;
SET checker.emit = 'some';
\echo :SQLSTATE

-- One message in full, but for what changes from run to run.
SELECT make('message', severity => 'critical');
SELECT status FROM run_checker('message', '"rows"');
SELECT type, routing_key FROM checker.outbox WHERE routing_key LIKE '%.message' ORDER BY id;
SELECT jsonb_pretty(body::jsonb - '{id,time,source}'::text[] #- '{data,run_id}' #- '{data,alarm,id}' #- '{data,alarm,since}' #- '{data,rule,digest}') AS body
FROM checker.outbox WHERE type = 'run.failed' AND routing_key LIKE '%.message';
-- Keys in the order of the contract.
SELECT string_agg(key, ' ') AS keys FROM checker.outbox, json_object_keys(body::json) key WHERE type = 'run.failed' AND routing_key LIKE '%.message';
SELECT string_agg(key, ' ') AS keys FROM checker.outbox, json_object_keys(body::json -> 'data') key WHERE type = 'run.failed' AND routing_key LIKE '%.message';
SELECT o.type, (b ->> 'id')::uuid = o.message_id AS id, b ->> 'source' = format('/pg_checker/%s/%s', (SELECT system_identifier FROM pg_control_system()), current_database()) AS source,
       (b ->> 'time')::timestamptz BETWEEN now() - interval '1 minute' AND clock_timestamp() AS time, b ->> 'time' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$' AS iso,
       b #>> '{data,run_id}' = r.run_id::text AS run_id,
       (b #>> '{data,alarm,id}')::uuid = a.incident AS alarm, b #>> '{data,rule,digest}' = c.digest AS digest
FROM checker.outbox o, LATERAL (SELECT o.body::jsonb AS b) parsed, checkers c, runs r, alarms a
WHERE o.routing_key LIKE '%.message' AND c.name = 'message' AND r.checker = 'default.message' AND a.checker = 'default.message' ORDER BY o.id;
-- An error's text.
SELECT make('erring');
SELECT status FROM run_checker('erring', '"error"');
SELECT type, body::jsonb #> '{data,result}' AS result, body::jsonb #> '{data,status}' AS status, body::jsonb #> '{data,error}' AS error, body::jsonb #> '{data,message}' AS message, body::jsonb #> '{data,dataset}' AS dataset
FROM checker.outbox WHERE routing_key LIKE '%.erring' ORDER BY id;
-- Where the dataset is empty.
SELECT create_dataset('nothing', 'SELECT 1 AS a WHERE false') > 0 AS created;
SELECT create_checker('shop.hollow', 'wat', guest('[["ok", "fine"]]'), '{nothing}', on_empty => 'no_data', severity => 'info') > 0 AS created;
SELECT status, message FROM run_checker('shop.hollow');
SELECT type, routing_key, body::jsonb ->> 'subject' AS subject, body::jsonb #>> '{data,result}' AS result FROM checker.outbox WHERE routing_key LIKE '%.hollow' ORDER BY id;

-- Dropping a checker whose alarm fires resolves it; the messages outlive it.
SELECT drop_checker('message');
SELECT type, body::jsonb #>> '{data,status}' AS status, body::jsonb #>> '{data,message}' AS message, body::jsonb #>> '{data,alarm,state}' AS state, body::jsonb #>> '{data,sequence}' AS sequence,
       dense_rank() OVER (ORDER BY body::jsonb #>> '{data,alarm,id}') AS episode
FROM (SELECT * FROM checker.outbox WHERE routing_key LIKE '%.message') o ORDER BY id;
SELECT drop_checker('shop.hollow');
SELECT make('quiet');
SELECT drop_checker('quiet');
SELECT count(*) AS of_quiet FROM checker.outbox WHERE routing_key LIKE '%.quiet';
SELECT make('pending', for_runs => 2);
SELECT * FROM play('pending', 'fail');
SELECT drop_checker('pending');
SELECT type FROM checker.outbox WHERE routing_key LIKE '%.pending' ORDER BY id;

-- All in one transaction: what is rolled back leaves nothing.
SELECT make('undone');
SELECT count(*) AS outbox_before FROM checker.outbox \gset
BEGIN;
SELECT * FROM play('undone', 'fail');
ROLLBACK;
SELECT count(*) - :outbox_before AS messages, (SELECT count(*) FROM runs WHERE checker = 'default.undone') AS runs FROM checker.outbox;
SELECT state, failing_runs, status FROM alarms WHERE checker = 'default.undone';
