-- Changes of stored checkers: enable, disable, rename, roll back.
CREATE VIEW state AS SELECT c.namespace, c.name, c.enabled, c.disabled_reason, c.version, c.alarm FROM checkers c ORDER BY 1, 2;
CREATE VIEW told AS SELECT o.body::jsonb ->> 'subject' AS checker, o.type, o.body::jsonb -> 'data' ->> 'message' AS message,
  (o.body::jsonb -> 'data' ->> 'sequence')::int AS sequence FROM checker.outbox o ORDER BY o.id;
SELECT create_checker('one', 'sql', $$SELECT 'first' AS message$$) > 0 AS made;
SELECT status, message FROM run_checker('one');
SELECT * FROM told;

-- Disabling resolves with the reason.
SELECT disable_checker('one', 'the source moves');
SELECT * FROM state;
SELECT * FROM told OFFSET 2;
SELECT count(*) FROM run_checker();
SELECT disable_checker('one');
SELECT * FROM state;
SELECT enable_checker('one');
SELECT enable_checker('one');
SELECT * FROM state;
SELECT count(*) FROM run_checker();
SELECT * FROM told OFFSET 3;

-- Versions; the module of each is kept.
SELECT create_checker('one', 'sql', $$SELECT 'second' AS message$$, or_replace => true) > 0 AS made;
SELECT version, message FROM run_checker('one');
SELECT checker, version, current, language, source, module_bytes FROM versions ORDER BY version;
SELECT rollback_checker('one', 1);
SELECT version, message FROM run_checker('one');
SELECT checker, version, current FROM versions ORDER BY version;
SELECT create_checker('one', 'sql', $$SELECT 'third' AS message$$, or_replace => true) > 0 AS made;
SELECT checker, version, current FROM versions ORDER BY version;
SELECT rollback_checker('one', 7);
SELECT rollback_checker('one', NULL);
SELECT rollback_checker('two', 1);

-- Renaming: the alarm is resolved under the old name, messages are counted by name.
SELECT max(sequence) FROM told;
SELECT rename_checker('one', 'ops.first');
SELECT * FROM state;
SELECT checker, type, message, sequence FROM told WHERE type = 'alarm.resolved' ORDER BY sequence DESC LIMIT 1;
SELECT status FROM run_checker('ops.first');
SELECT * FROM told WHERE checker = 'ops.first';
SELECT create_checker('one', 'sql', 'SELECT 1') > 0 AS made;
SELECT rename_checker('one', 'ops.first');
SELECT rename_checker('one', 'one');
SELECT rename_checker('one', 'no name');
SELECT rename_checker('nowhere', 'somewhere');
SELECT count(*) FROM told WHERE checker = 'default.one' AND type = 'alarm.resolved';
SELECT status FROM run_checker('one');
SELECT checker, type, sequence FROM told ORDER BY sequence DESC LIMIT 2;

-- Only the owner's roles may.
CREATE ROLE stranger;
SELECT grant_access('author', 'stranger');
SET ROLE stranger;
SELECT disable_checker('one');
SELECT enable_checker('one');
SELECT rename_checker('one', 'mine');
SELECT rollback_checker('one', 1);
SELECT count(*) FROM versions;
RESET ROLE;
DROP OWNED BY stranger;
DROP ROLE stranger;

-- Replacing a disabled checker enables it, unless it says otherwise.
SELECT disable_checker('one', 'moved');
SELECT create_checker('one', 'sql', 'SELECT 1', enabled => false, or_replace => true) > 0 AS made;
SELECT enabled, disabled_reason FROM checkers WHERE name = 'one';
SELECT create_checker('one', 'sql', 'SELECT 1', or_replace => true) > 0 AS made;
SELECT enabled, disabled_reason FROM checkers WHERE name = 'one';

-- What is passed changes, the rest stays.
CREATE TABLE item (id int);
INSERT INTO item VALUES (1), (2);
SELECT create_dataset('items', 'SELECT id FROM item', params => '{"a": 1}', description => 'all') > 0 AS made;
CREATE VIEW options AS SELECT version, enabled, severity, labels, schedule, params, input, for_duration, for_runs, recover_runs,
  alarm_on, on_empty, max_samples, timeout, fuel, memory_limit, datasets, description, runbook, owner, time_zone FROM checkers WHERE name = 'full';
SELECT create_checker('full', 'sql', 'SELECT id FROM item', datasets => '{items}', description => 'd', runbook => 'r', owner => 'o',
  severity => 'critical', labels => '{"a": 1}', schedule => '1 hour', time_zone => 'Europe/Vienna', params => '{"p": 1.50}', input => '{"i": 1}',
  for_duration => '1 minute', for_runs => 2, recover_runs => 3, alarm_on => '{error}', on_empty => 'no_data', max_samples => 4,
  timeout => '3 seconds', fuel => 1000, memory_limit => '32MB') > 0 AS made;
\x
SELECT * FROM options;
SELECT next_run AS before FROM checkers WHERE name = 'full' \gset
SELECT alter_checker('full');
SELECT * FROM options;
SELECT alter_checker('full', severity => 'info', for_runs => 5, labels => '{}', timeout => '4 seconds');
SELECT * FROM options;
SELECT alter_checker('full', reset => '{schedule,timeout,alarm_on,description,input,time_zone,memory_limit,fuel,max_samples,for_duration,for_runs,recover_runs,on_empty,params,labels,severity,owner,runbook,enabled}');
SELECT * FROM options;
\x
SELECT alter_checker('full', schedule => '*/5 * * * *');
SELECT schedule, next_run IS NOT NULL AS due FROM checkers WHERE name = 'full';
-- The program.
SELECT alter_checker('full', source => 'SELECT id FROM item WHERE id > 1');
SELECT version, source FROM checkers WHERE name = 'full';
SELECT failures FROM run_checker('full');
SELECT alter_checker('full', source => 'SELECT id FROM item WHERE id > 1');
SELECT version FROM checkers WHERE name = 'full';
SELECT alter_checker('full', source => 'SELEC');
SELECT alter_checker('full', datasets => '{}');
SELECT version, datasets FROM checkers WHERE name = 'full';
SELECT alter_checker('full', datasets => '{nothing}');
SELECT alter_checker('full', module => '\x00');
SELECT create_checker('text', 'wat', '(module (func (export "check")))') > 0 AS made;
SELECT alter_checker('text', source => '(module (func (export "check") unreachable))');
SELECT version, language, status, error FROM run_checker('text') JOIN versions USING (version) WHERE versions.name = 'text';
SELECT alter_checker('text', module => (SELECT module FROM checker.checker_version v JOIN checker.checker c ON c.id = v.checker_id WHERE c.name = 'text' AND v.version = 1));
SELECT version, language, source, status FROM checkers WHERE name = 'text';
-- Disabling so resolves, too.
SELECT status FROM run_checker('text');
SELECT alter_checker('full', alarm_on => '{fail}', enabled => false);
SELECT enabled, alarm FROM checkers WHERE name = 'full';
-- Errors.
SELECT alter_checker('full', reset => '{nothing}');
SELECT alter_checker('full', severity => 'loud');
SELECT alter_checker('full', schedule => 'never');
SELECT alter_checker('nowhere', severity => 'info');
-- Datasets.
CREATE VIEW shown AS SELECT query, params, description, columns FROM datasets WHERE name = 'items';
SELECT alter_dataset('items');
SELECT * FROM shown;
SELECT alter_dataset('items', query => 'SELECT id AS n, 1 AS one FROM item', params => '{}');
SELECT * FROM shown;
SELECT alter_dataset('items', description => 'some');
SELECT alter_dataset('items', params => '{"b": 2}', reset => '{description}');
SELECT * FROM shown;
SELECT alter_dataset('items', query => 'SELECT 1');
SELECT alter_dataset('items', reset => '{query}');
SELECT alter_dataset('items', params => '[]');
SELECT alter_dataset('nowhere');
