-- The two halves of evaluating elsewhere: claim, evaluate, record.
SELECT create_checker('plain', 'wat', guest('[["fail", "bad"]]')) > 0 AS created;
SELECT create_checker('each_hour', 'wat', guest('[["fail", "bad"]]'), schedule => '1 hour') > 0 AS created;
SELECT create_checker('cron', 'wat', guest('[["ok", "good"]]'), schedule => '0 0 1 1 *') > 0 AS created;
SELECT create_checker('disabled', 'wat', guest('[]'), schedule => '1 second', enabled => false) > 0 AS created;

-- Records a result, or says why not, without the uuid.
CREATE FUNCTION try_record(result jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  detail text;
  hint   text;
BEGIN
  PERFORM checker.record_run(result);
  RETURN 'recorded';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(E'\n', SQLSTATE || ' ' || regexp_replace(SQLERRM, '[0-9a-f]{8}-[0-9a-f-]{27}', 'UUID'), nullif(detail, ''), nullif(hint, ''));
END $$;

-- A new interval is due at once, a new cron schedule at its next time.
SELECT checker, version FROM claim_due();
-- What is claimed is not due for others.
SELECT checker, version FROM claim_due();
SELECT worker IS NOT NULL AS worker, claimed_by, lease_until > now() + interval '4 minutes' AS five_minutes FROM checker.claim;
-- A lease that has ended gives way.
UPDATE checker.claim SET lease_until = now() - interval '1 second';
SELECT run_uuid AS lost FROM checker.claim \gset
SELECT run_uuid, checker FROM claim_due(worker => 'standby 1', lease => '10 minutes') \gset
SELECT worker, run_uuid = :'run_uuid' AS ours FROM checker.claim;
SELECT evaluate_checker('each_hour', run_uuid => :'lost') AS lost_result \gset
SELECT evaluate_checker('each_hour', run_uuid => :'run_uuid') AS result \gset
SELECT try_record(:'lost_result');
SELECT count(*) AS runs FROM runs;
SELECT record_run(:'result') AS run_id \gset
SELECT run_id = :run_id AS recorded, run_uuid = :'run_uuid' AS uuid, checker, status, message, failures FROM runs;
SELECT next_run BETWEEN now() + interval '59 minutes' AND now() + interval '61 minutes' AS next_hour FROM checkers WHERE name = 'each_hour';
SELECT count(*) AS claims FROM checker.claim;
SELECT state, status FROM alarms WHERE checker = 'default.each_hour';
SELECT type FROM checker.outbox ORDER BY id;
-- Recording once more changes nothing.
SELECT record_run(:'result') = :run_id AS same_run;
SELECT (SELECT count(*) FROM runs) AS runs, (SELECT count(*) FROM checker.outbox) AS messages, (SELECT failing_runs FROM alarms WHERE checker = 'default.each_hour') AS failing;

-- What was recorded is what was evaluated.
SELECT to_jsonb(r) - '{run_id,run_uuid,started_at,duration,run_by,log}'::text[] AS run FROM runs r;
SELECT r.started_at = (:'result'::jsonb ->> 'started_at')::timestamptz AS started_at, r.duration = (:'result'::jsonb ->> 'duration')::interval AS duration, r.fuel = (:'result'::jsonb ->> 'fuel')::bigint AS fuel FROM runs r;
SELECT seq, ok, message FROM assertions;

-- Cron: the next of its times.
UPDATE checker.due SET next_at = now() WHERE checker_id = (SELECT id FROM checkers WHERE name = 'cron');
SELECT run_uuid AS cron_uuid, checker FROM claim_due() \gset
\echo :checker
SELECT record_run(evaluate_checker('cron', run_uuid => :'cron_uuid')) > 0 AS recorded;
SELECT next_run = date_trunc('year', now()) + interval '1 year' AS new_year FROM checkers WHERE name = 'cron';

-- The greatest number of claims.
UPDATE checker.due SET next_at = now();
SELECT count(*) FROM claim_due(0);
SELECT count(*) FROM claim_due(-1);
SELECT count(*) FROM claim_due(1);
SELECT count(*) FROM claim_due(NULL);
SELECT count(*) FROM claim_due(lease => NULL);
\echo :SQLSTATE

-- A claim is for one checker and version, and must be live.
DELETE FROM checker.claim;
UPDATE checker.due SET next_at = now() WHERE checker_id = (SELECT id FROM checkers WHERE name = 'each_hour');
SELECT run_uuid FROM claim_due() WHERE checker = 'default.each_hour' \gset
SELECT try_record(evaluate_checker('cron', run_uuid => :'run_uuid'));
SELECT try_record(evaluate_checker('each_hour'));
SELECT evaluate_checker('each_hour', run_uuid => :'run_uuid') AS version_1 \gset
SELECT create_checker('each_hour', 'wat', guest('[["fail", "worse"]]'), schedule => '1 hour', or_replace => true) > 0 AS replaced;
SELECT try_record(:'version_1');
SELECT try_record(evaluate_checker('each_hour', run_uuid => :'run_uuid'));
UPDATE checker.claim SET lease_until = now() - interval '1 second' WHERE run_uuid = :'run_uuid';
SELECT try_record(evaluate_checker('each_hour', run_uuid => :'run_uuid'));
-- A dropped checker takes its claim along.
SELECT run_uuid FROM claim_due() WHERE checker = 'default.each_hour' \gset
SELECT evaluate_checker('each_hour', run_uuid => :'run_uuid') AS result \gset
SELECT drop_checker('each_hour');
SELECT try_record(:'result');

-- A result older than the last run goes into history only.
SELECT create_checker('late', 'wat', guest('[["fail", "old"]]'), schedule => '1 hour') > 0 AS created;
SELECT run_uuid FROM claim_due() WHERE checker = 'default.late' \gset
SELECT evaluate_checker('late', run_uuid => :'run_uuid') AS old_result \gset
SELECT create_checker('late', 'wat', guest('[["fail", "old"]]'), schedule => '1 hour', severity => 'critical', or_replace => true) > 0 AS replaced;
SELECT status FROM run('late');
SELECT state, failing_runs, last_run_id AS last FROM alarms WHERE checker = 'default.late' \gset before_
SELECT count(*) AS messages_before FROM checker.outbox \gset
SELECT record_run(:'old_result') > 0 AS recorded;
SELECT state = :'before_state' AS state, failing_runs = :before_failing_runs AS failing, last_run_id = :before_last AS last FROM alarms WHERE checker = 'default.late';
SELECT count(*) - :messages_before AS messages, (SELECT count(*) FROM runs WHERE checker = 'default.late') AS runs FROM checker.outbox;

-- From a standby whose clock is ahead: what starts here afterwards is not late.
SELECT create_checker('ahead', 'wat', guest('[["fail", "ahead"]]'), schedule => '1 hour') > 0 AS created;
SELECT run_uuid FROM claim_due() WHERE checker = 'default.ahead' \gset
SELECT evaluate_checker('ahead', run_uuid => :'run_uuid') AS ahead_result \gset
SELECT record_run(jsonb_set(:'ahead_result', '{started_at}', to_jsonb((now() + interval '4 minutes')::text))) > 0 AS recorded;
SELECT status FROM run('ahead');
SELECT failing_runs FROM alarms WHERE checker = 'default.ahead';

-- Results that nobody's evaluation returned.
SELECT record_run('[]');
\echo :SQLSTATE
SELECT record_run('{}');
\echo :SQLSTATE
-- The status is the greatest of the outcomes.
SELECT try_record(jsonb_set(:'result', '{status}', '"ok"'));
SELECT record_run(NULL);
\echo :SQLSTATE
CREATE FUNCTION record_changed(key text, value jsonb) RETURNS text LANGUAGE sql AS $$
  SELECT replace(try_record(CASE WHEN value IS NULL THEN base - key ELSE jsonb_set(base, ARRAY[key], value) END), E'\n', ' | ')
  FROM checker.evaluate_checker('cron') base
$$;
SELECT k AS key, v AS value, record_changed(k, v::jsonb) FROM (VALUES
  ('run_uuid', NULL), ('run_uuid', '"no"'), ('run_uuid', '5'), ('checker', '"default.other"'), ('checker', '7'), ('version', '1.5'), ('version', '"1"'),
  ('version', '99999999999'), ('status', '"bad"'), ('status', NULL), ('message', '3'), ('failures', '"x"'), ('passes', 'null'),
  ('started_at', '"yesteryear"'), ('started_at', '"infinity"'), ('started_at', '"2999-01-01 00:00:00+00"'), ('duration', '"1 mon"'), ('started_at', '7'), ('duration', '"long"'), ('output', '{}'), ('error', '[]'), ('fuel', NULL), ('fuel', '1e300'),
  ('digest', '0'), ('assertions', NULL), ('assertions', '{}'), ('assertions', '[1]'), ('assertions', '[{"outcome": "maybe"}]'),
  ('log', '[1]'), ('log', '[{"level": "info"}]'), ('datasets', '{"x": 1}'), ('datasets', '{"x": {"rows": "many"}}')) AS t(k, v);
SELECT count(*) - (SELECT count(*) FROM runs WHERE checker IN ('default.cron', 'default.late', 'default.ahead', 'default.each_hour')) AS others FROM runs;
