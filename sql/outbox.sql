-- The outbox: messages on their way to the broker. `record_run` writes them in the transaction of the run; the sidecar
-- takes them with the functions below, which are its whole contract with the extension.
--
-- Ids are drawn while the checker's alarm row is locked, so within a checker their order is the commit order. That is
-- why a lease is held on a checker, not on a message, and why a cursor (`claimed_id`) per lease passes nothing over.

CREATE TABLE checker.outbox (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id  uuid NOT NULL DEFAULT gen_random_uuid(),
  checker_id  bigint NOT NULL,
  type        text NOT NULL,
  routing_key text NOT NULL,
  body        text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX outbox_by_checker ON checker.outbox (checker_id, id);
COMMENT ON TABLE checker.outbox IS 'messages that the broker has not confirmed yet';
COMMENT ON COLUMN checker.outbox.checker_id IS 'order and leases are per checker; no foreign key, because a message outlives its checker';
COMMENT ON COLUMN checker.outbox.body IS 'the CloudEvents object, encoded once';

CREATE TABLE checker.outbox_lease (
  checker_id bigint PRIMARY KEY,
  worker     text NOT NULL,
  until      timestamptz NOT NULL,
  claimed_id bigint NOT NULL
);
COMMENT ON TABLE checker.outbox_lease IS 'which sidecar forwards the messages of which checker, until when';
COMMENT ON COLUMN checker.outbox_lease.claimed_id IS 'greatest outbox id handed to the worker';

CREATE TABLE checker.dead_letter (
  id          bigint PRIMARY KEY,
  message_id  uuid NOT NULL,
  checker_id  bigint NOT NULL,
  type        text NOT NULL,
  routing_key text NOT NULL,
  body        text NOT NULL,
  created_at  timestamptz NOT NULL,
  reason      text NOT NULL,
  attempts    int NOT NULL,
  dead_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE checker.dead_letter IS 'messages that the broker refused or could not route for longer than the grace time';

CREATE FUNCTION checker.claim_outbox(worker text, max_messages int, lease interval)
RETURNS SETOF checker.outbox
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  claimed bigint[];
BEGIN
  -- Checkers with waiting messages, by a loose index scan: the cost is one index probe a checker, whatever the backlog.
  INSERT INTO checker.outbox_lease AS held (checker_id, worker, until, claimed_id)
  WITH RECURSIVE waiting(checker_id) AS (
    (SELECT o.checker_id FROM checker.outbox o ORDER BY o.checker_id LIMIT 1)
    UNION ALL
    SELECT (SELECT o.checker_id FROM checker.outbox o WHERE o.checker_id > w.checker_id ORDER BY o.checker_id LIMIT 1)
    FROM waiting w WHERE w.checker_id IS NOT NULL
  )
  SELECT w.checker_id, claim_outbox.worker, clock_timestamp() + claim_outbox.lease, 0
  FROM waiting w WHERE w.checker_id IS NOT NULL ORDER BY w.checker_id
  ON CONFLICT (checker_id) DO UPDATE
    SET worker = excluded.worker, until = excluded.until,
        claimed_id = CASE WHEN held.worker = excluded.worker THEN held.claimed_id ELSE 0 END
    WHERE held.worker = excluded.worker OR held.until < clock_timestamp();

  SELECT array_agg(t.id) INTO claimed
  FROM (SELECT o.id
        FROM checker.outbox_lease l
        JOIN checker.outbox o ON o.checker_id = l.checker_id AND o.id > l.claimed_id
        WHERE l.worker = claim_outbox.worker
        ORDER BY o.id LIMIT claim_outbox.max_messages) t;

  UPDATE checker.outbox_lease l SET claimed_id = m.id
  FROM (SELECT o.checker_id, max(o.id) AS id FROM checker.outbox o WHERE o.id = ANY (claimed) GROUP BY o.checker_id) m
  WHERE l.checker_id = m.checker_id AND l.worker = claim_outbox.worker;

  RETURN QUERY SELECT o.* FROM checker.outbox o WHERE o.id = ANY (claimed) ORDER BY o.id;
END $$;
COMMENT ON FUNCTION checker.claim_outbox(text, int, interval) IS
  'for the sidecar: leases checkers with waiting messages to a worker and returns messages not handed to it yet, in order; also renews its leases';

CREATE FUNCTION checker.renew_outbox(worker text, lease interval) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  renewed int;
BEGIN
  UPDATE checker.outbox_lease l SET until = clock_timestamp() + renew_outbox.lease
  WHERE l.worker = renew_outbox.worker;
  GET DIAGNOSTICS renewed = ROW_COUNT;
  RETURN renewed;
END $$;
COMMENT ON FUNCTION checker.renew_outbox(text, interval) IS 'for the sidecar: keeps its leases while messages are in flight; returns their number';

CREATE FUNCTION checker.confirm_outbox(ids bigint[]) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  confirmed int;
BEGIN
  DELETE FROM checker.outbox o WHERE o.id = ANY (confirm_outbox.ids);
  GET DIAGNOSTICS confirmed = ROW_COUNT;
  RETURN confirmed;
END $$;
COMMENT ON FUNCTION checker.confirm_outbox(bigint[]) IS 'for the sidecar: deletes messages that the broker has confirmed; returns their number';

CREATE FUNCTION checker.release_outbox(worker text) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  released int;
BEGIN
  DELETE FROM checker.outbox_lease l WHERE l.worker = release_outbox.worker;
  GET DIAGNOSTICS released = ROW_COUNT;
  RETURN released;
END $$;
COMMENT ON FUNCTION checker.release_outbox(text) IS
  'for the sidecar: gives all its leases back, so that every unconfirmed message can be claimed again by anyone; returns their number';

CREATE FUNCTION checker.dead_letter_outbox(id bigint, reason text, attempts int) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  WITH gone AS (DELETE FROM checker.outbox o WHERE o.id = dead_letter_outbox.id RETURNING o.*)
  INSERT INTO checker.dead_letter (id, message_id, checker_id, type, routing_key, body, created_at, reason, attempts)
  SELECT g.id, g.message_id, g.checker_id, g.type, g.routing_key, g.body, g.created_at,
         dead_letter_outbox.reason, dead_letter_outbox.attempts
  FROM gone g;
  RETURN FOUND;
END $$;
COMMENT ON FUNCTION checker.dead_letter_outbox(bigint, text, int) IS
  'for the sidecar: moves one message to dead_letter with the reason; false if it was gone';
