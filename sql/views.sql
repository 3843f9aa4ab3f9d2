-- Views over several groups of tables. All filter by what the reader may see.

CREATE VIEW checker.checkers WITH (security_barrier) AS
  SELECT c.id, c.namespace, c.name, v.language, c.version, c.enabled, c.disabled_reason, c.severity, a.last_status AS status,
         coalesce(a.state, 'ok') AS alarm, a.last_started_at AS last_run, d.next_at AS next_run, c.schedule, c.time_zone, c.datasets,
         c.description, c.runbook, c.owner, c.labels, c.params, c.input, c.for_duration, c.for_runs, c.recover_runs,
         c.alarm_on, c.on_empty, c.max_samples, c.timeout, c.fuel,
         CASE WHEN c.memory_limit_kb IS NOT NULL THEN c.memory_limit_kb || 'kB' END AS memory_limit,
         v.source, 'sha256:' || v.digest AS digest, c.owned_by, c.created_at, c.changed_at
  FROM checker.checker c
  JOIN checker.checker_version v ON v.checker_id = c.id AND v.version = c.version
  LEFT JOIN checker.alarm a ON a.checker_id = c.id
  LEFT JOIN checker.due d ON d.checker_id = c.id
  WHERE checker.may_read(c.owned_by);
COMMENT ON VIEW checker.checkers IS 'checkers that the reader may see, with their last run and alarm';

CREATE VIEW checker.versions WITH (security_barrier) AS
  SELECT c.namespace || '.' || c.name AS checker, v.version, v.version = c.version AS current, v.language, v.source,
         'sha256:' || v.digest AS digest, pg_catalog.length(v.module) AS module_bytes, v.created_by, v.created_at,
         c.namespace, c.name, v.module
  FROM checker.checker_version v JOIN checker.checker c ON c.id = v.checker_id
  WHERE checker.may_read(c.owned_by);
COMMENT ON VIEW checker.versions IS 'versions of the programs of checkers that the reader may see';

CREATE VIEW checker.outbox_status WITH (security_barrier) AS
  SELECT (SELECT count(*) FROM checker.outbox) AS pending,
         (SELECT min(o.created_at) FROM checker.outbox o) AS oldest_at,
         (SELECT count(*) FROM checker.dead_letter) AS dead_letters,
         (SELECT count(*) FROM checker.outbox_lease l WHERE l.until >= clock_timestamp()) AS leased_checkers;
COMMENT ON VIEW checker.outbox_status IS 'how many messages wait for the broker, since when, and how many were given up';

CREATE VIEW checker.dead_letters WITH (security_barrier) AS
  SELECT l.id, l.message_id, c.namespace || '.' || c.name AS checker, l.type, l.routing_key, l.body::jsonb AS body,
         l.reason, l.attempts, l.created_at, l.dead_at
  FROM checker.dead_letter l JOIN checker.checker c ON c.id = l.checker_id
  WHERE checker.may_read(c.owned_by);
COMMENT ON VIEW checker.dead_letters IS 'messages that the broker refused or could not route, of checkers that the reader may see';
