-- Runs and what they asserted.

CREATE TABLE checker.run (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_uuid   uuid NOT NULL UNIQUE,
  checker_id bigint NOT NULL REFERENCES checker.checker ON DELETE CASCADE,
  version    int NOT NULL,
  status     checker.status NOT NULL,
  message    text,
  failures   int NOT NULL,
  passes     int NOT NULL,
  started_at timestamptz NOT NULL,
  duration   interval NOT NULL,
  output     text,
  error      text,
  log        jsonb,
  fuel       bigint,
  run_by     regrole NOT NULL
);
CREATE INDEX run_by_checker ON checker.run (checker_id, id);
COMMENT ON INDEX checker.run_by_checker IS 'runs of a checker in their order';
COMMENT ON SEQUENCE checker.run_id_seq IS 'numbers runs';
COMMENT ON TABLE checker.run IS 'recorded runs';
COMMENT ON COLUMN checker.run.log IS 'lines that the program logged: [{"level", "text"}]';
COMMENT ON COLUMN checker.run.fuel IS 'fuel used';

CREATE TABLE checker.assertion (
  run_id   bigint NOT NULL REFERENCES checker.run ON DELETE CASCADE,
  seq      int NOT NULL,
  outcome  checker.status NOT NULL,
  message  text,
  expected text,
  actual   text,
  exact    boolean,
  sample   jsonb,
  metric   text,
  value    numeric,
  PRIMARY KEY (run_id, seq)
);
COMMENT ON COLUMN checker.assertion.metric IS 'the figure that a rule looked at, such as users: avg(age)';
COMMENT ON COLUMN checker.assertion.value IS 'what it was; the history that later runs compare with';
COMMENT ON TABLE checker.assertion IS 'outcomes of the assertions of recorded runs, with samples of failing rows';

-- A claim is the right to evaluate one due checker once and to record the result until the lease ends.
CREATE TABLE checker.claim (
  run_uuid    uuid PRIMARY KEY,
  checker_id  bigint NOT NULL UNIQUE REFERENCES checker.checker ON DELETE CASCADE,
  version     int NOT NULL,
  worker      text NOT NULL,
  claimed_by  regrole NOT NULL,
  lease_until timestamptz NOT NULL
);
COMMENT ON TABLE checker.claim IS 'due checkers that a worker is evaluating';

CREATE TABLE checker.due (
  checker_id bigint PRIMARY KEY REFERENCES checker.checker ON DELETE CASCADE,
  next_at    timestamptz NOT NULL
);
CREATE INDEX due_by_time ON checker.due (next_at);
COMMENT ON INDEX checker.due_by_time IS 'what is due, the longest overdue first';
COMMENT ON TABLE checker.due IS 'when each scheduled checker runs next';
SELECT pg_catalog.pg_extension_config_dump('checker.due', '');

CREATE FUNCTION checker.run_checker(name text, input jsonb DEFAULT NULL, params jsonb DEFAULT NULL,
  OUT run_id bigint, OUT checker text, OUT version int, OUT status checker.status, OUT message text, OUT failures int,
  OUT passes int, OUT started_at timestamptz, OUT duration interval, OUT output text, OUT error text)
AS 'MODULE_PATHNAME', 'checker_run_checker' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.run_checker(text, jsonb, jsonb) IS 'runs one checker and records the run';

CREATE FUNCTION checker.run_checker(
  OUT run_id bigint, OUT checker text, OUT version int, OUT status checker.status, OUT message text, OUT failures int,
  OUT passes int, OUT started_at timestamptz, OUT duration interval, OUT output text, OUT error text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'checker_run_checkers' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.run_checker() IS 'runs every enabled checker that the caller may run; one that errs does not stop the others';

CREATE FUNCTION checker.evaluate_checker(name text, input jsonb DEFAULT NULL, params jsonb DEFAULT NULL,
  run_uuid uuid DEFAULT NULL)
RETURNS jsonb AS 'MODULE_PATHNAME', 'checker_evaluate_checker' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.evaluate_checker(text, jsonb, jsonb, uuid) IS
  'runs one checker without writing anything, also on a standby; record_run takes the result';

CREATE FUNCTION checker.claim_due(max int DEFAULT 10, worker text DEFAULT NULL, lease interval DEFAULT '5 minutes',
  OUT run_uuid uuid, OUT checker text, OUT version int)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'checker_claim_due' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.claim_due(int, text, interval) IS
  'claims due checkers for evaluation elsewhere; each claim ends with record_run or with its lease';

CREATE FUNCTION checker.record_run(result jsonb)
RETURNS bigint AS 'MODULE_PATHNAME', 'checker_record_run' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.record_run(jsonb) IS
  'records what evaluate_checker returned for a claimed run; returns the run''s id, the same one if it is recorded already';

CREATE FUNCTION checker.require_checker(VARIADIC names text[] DEFAULT '{}')
RETURNS void AS 'MODULE_PATHNAME', 'checker_require_checker' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.require_checker(text[]) IS
  'raises an exception (SQLSTATE PC001) unless the named checkers, or all enabled ones, hold on what this transaction sees';

CREATE VIEW checker.runs WITH (security_barrier) AS
  SELECT r.id AS run_id, r.run_uuid, c.namespace || '.' || c.name AS checker, r.version, r.status, r.message,
         r.failures, r.passes, r.started_at, r.duration, r.output, r.error, r.log, r.fuel, r.run_by, c.namespace, c.name
  FROM checker.run r JOIN checker.checker c ON c.id = r.checker_id
  WHERE checker.may_read(c.owned_by);
COMMENT ON VIEW checker.runs IS 'recorded runs of checkers that the reader may see';

CREATE VIEW checker.assertions WITH (security_barrier) AS
  SELECT a.run_id, a.seq, a.outcome = 'ok' AS ok, a.message, a.expected, a.actual, a.exact, a.sample, a.outcome,
         a.metric, a.value
  FROM checker.assertion a
  JOIN checker.run r ON r.id = a.run_id
  JOIN checker.checker c ON c.id = r.checker_id
  WHERE checker.may_read(c.owned_by);
COMMENT ON VIEW checker.assertions IS 'assertions of recorded runs, passing ones too; sample is an array of rows';
