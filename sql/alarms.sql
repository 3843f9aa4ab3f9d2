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

-- A consumer drops what it has seen of a checker by the greatest sequence: one that is created again under an old name
-- goes on where the old one has ended.
CREATE TABLE checker.message_sequence (
  namespace text NOT NULL,
  name      text NOT NULL,
  sequence  bigint NOT NULL,
  PRIMARY KEY (namespace, name)
);
COMMENT ON TABLE checker.message_sequence IS 'the last message number of checkers that were dropped';

CREATE VIEW checker.alarms WITH (security_barrier) AS
  -- A restored database has the definitions, not the alarms: those are ok.
  SELECT c.namespace || '.' || c.name AS checker, coalesce(a.state, 'ok') AS state, coalesce(a.since, c.created_at) AS since,
         a.incident, c.severity, a.last_status AS status, r.message, r.error, coalesce(a.failing_runs, 0) AS failing_runs,
         coalesce(a.passing_runs, 0) AS passing_runs, a.last_run_id, a.last_started_at, c.labels, c.owner, c.runbook,
         c.namespace, c.name
  FROM checker.checker c
  LEFT JOIN checker.alarm a ON a.checker_id = c.id
  LEFT JOIN checker.run r ON r.id = a.last_run_id
  WHERE checker.may_read(c.owned_by);
COMMENT ON VIEW checker.alarms IS 'alarm state of checkers that the reader may see';
