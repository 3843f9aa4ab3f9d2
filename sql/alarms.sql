-- Alarms: one row a checker, locked by every recording, so that runs of one checker are recorded one after the other
-- and draw their outbox ids in commit order.

CREATE TABLE checker.alarm (
  checker_id      bigint PRIMARY KEY REFERENCES checker.checker ON DELETE CASCADE,
  state           checker.alarm_state NOT NULL DEFAULT 'ok',
  since           timestamptz NOT NULL DEFAULT clock_timestamp(),
  incident        uuid,
  failing_runs    int NOT NULL DEFAULT 0,
  passing_runs    int NOT NULL DEFAULT 0,
  announced       checker.status,
  severity        text,
  sequence        bigint NOT NULL DEFAULT 0,
  last_run_id     bigint,
  last_started_at timestamptz,
  last_status     checker.status
) WITH (fillfactor = 50);
COMMENT ON TABLE checker.alarm IS 'state of each checker''s alarm and its last run';
COMMENT ON COLUMN checker.alarm.incident IS 'names the episode from firing to resolved, in all its messages';
COMMENT ON COLUMN checker.alarm.announced IS 'the status that the last alarm message told';
COMMENT ON COLUMN checker.alarm.sequence IS 'counts the messages of the checker';

CREATE VIEW checker.alarms WITH (security_barrier) AS
  SELECT c.namespace || '.' || c.name AS checker, a.state, a.since, a.incident, c.severity, a.last_status AS status,
         r.message, r.error, a.failing_runs, a.passing_runs, a.last_run_id, a.last_started_at, c.labels, c.owner,
         c.runbook, c.namespace, c.name
  FROM checker.alarm a
  JOIN checker.checker c ON c.id = a.checker_id
  LEFT JOIN checker.run r ON r.id = a.last_run_id
  WHERE checker.may_read(c.owned_by);
COMMENT ON VIEW checker.alarms IS 'alarm state of checkers that the reader may see';
