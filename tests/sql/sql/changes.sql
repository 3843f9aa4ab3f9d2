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
