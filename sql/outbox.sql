-- The outbox: messages on their way to the broker. `record_run` writes them in the transaction of the run; the sidecar
-- takes them with the functions below, which are its whole contract with the extension.
--
-- Order. Ids are drawn while the checker's alarm row is locked, so within a checker their order is the commit order. That
-- is why a lease is held on a checker, not on a message, and why a cursor (`claimed_id`) per lease passes nothing over.
-- Between checkers ids say nothing: one drawn early may commit late, so nobody looks for "greater than the last".
--
-- Leases. A worker holds the lease of a checker only while messages of it are on their way: taken when it is handed the
-- first, gone with the deletion of the last. So any number of workers share what waits, and the table stays as small as
-- what is in flight. A lease ends when its time is up, and at once when the session of its worker ends: that session
-- holds an advisory lock on the worker's name, and whoever can take that lock may take the leases.
--
-- Plans. All access is by index whatever the statistics say: the table is empty when plans are made and may hold
-- millions of rows a moment later. Hence the settings at the functions.

CREATE TABLE checker.outbox (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id  uuid NOT NULL DEFAULT gen_random_uuid(),
  checker_id  bigint NOT NULL,
  type        text NOT NULL,
  routing_key text NOT NULL,
  body        text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX outbox_by_checker ON checker.outbox (checker_id, id);
COMMENT ON INDEX checker.outbox_by_checker IS 'messages of a checker in commit order';
COMMENT ON SEQUENCE checker.outbox_id_seq IS 'numbers messages, in commit order within a checker';
COMMENT ON TABLE checker.outbox IS 'messages that the broker has not confirmed yet';
COMMENT ON COLUMN checker.outbox.checker_id IS 'order and leases are per checker; no foreign key, because a message outlives its checker';
COMMENT ON COLUMN checker.outbox.body IS 'the CloudEvents object, encoded once';

CREATE TABLE checker.outbox_lease (
  checker_id bigint PRIMARY KEY,
  worker     text NOT NULL,
  until      timestamptz NOT NULL,
  claimed_id bigint NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000,
        autovacuum_vacuum_cost_delay = 0);
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

CREATE FUNCTION checker.join_outbox(worker text, lease interval) RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  -- Shared, so that a new session need not wait for the server to notice the end of the old one.
  PERFORM pg_advisory_lock_shared(hashtextextended(join_outbox.worker, 0));
  RETURN QUERY
    UPDATE checker.outbox_lease l SET claimed_id = 0, until = clock_timestamp() + join_outbox.lease
    WHERE l.worker = join_outbox.worker
    RETURNING l.checker_id;
END $$;
COMMENT ON FUNCTION checker.join_outbox(text, interval) IS
  'for the sidecar, first in each session: marks the worker as alive while the session lasts; renews the leases that it still holds, so that their unconfirmed messages are handed out again, and returns their checkers';

CREATE FUNCTION checker.claim_outbox(worker text, max_messages int, max_bytes bigint, lease interval,
                                     skip bigint[] DEFAULT '{}')
RETURNS TABLE (id bigint, checker_id bigint, message_id uuid, type text, routing_key text, body text,
               created_at timestamptz, more boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
  held    bigint[];  -- checkers that this worker has leased, and beside each its cursor
  cursors bigint[];
  fresh   bigint[];  -- checkers that nobody has leased, and those whose lease has lapsed; the longest waiting first
  lapsed  bigint[];
  share   int;
  claimed bigint[];
  cut     boolean;
BEGIN
  -- Checkers with waiting messages, by a loose index scan: one probe a checker, whatever the backlog.
  WITH RECURSIVE waiting(checker_id, id) AS (
    (SELECT o.checker_id, o.id FROM checker.outbox o ORDER BY o.checker_id, o.id LIMIT 1)
    UNION ALL
    SELECT after.checker_id, after.id
    FROM waiting w
    CROSS JOIN LATERAL (SELECT o.checker_id, o.id FROM checker.outbox o WHERE o.checker_id > w.checker_id
                        ORDER BY o.checker_id, o.id LIMIT 1) after
  ), seen AS MATERIALIZED (
    SELECT w.checker_id, w.id, l.claimed_id,
           CASE WHEN l.worker IS NULL THEN 'fresh'
                WHEN l.until < clock_timestamp() THEN 'lapsed'
                WHEN l.worker = claim_outbox.worker THEN 'held'
                WHEN pg_try_advisory_xact_lock(hashtextextended(l.worker, 0)) THEN 'lapsed' END AS lease
    FROM waiting w LEFT JOIN checker.outbox_lease l ON l.checker_id = w.checker_id
    WHERE w.checker_id <> ALL (claim_outbox.skip)
  )
  SELECT coalesce(array_agg(s.checker_id ORDER BY s.id) FILTER (WHERE s.lease = 'held'), '{}'),
         coalesce(array_agg(s.claimed_id ORDER BY s.id) FILTER (WHERE s.lease = 'held'), '{}'),
         coalesce(array_agg(s.checker_id ORDER BY s.id) FILTER (WHERE s.lease = 'fresh'), '{}'),
         coalesce(array_agg(s.checker_id ORDER BY s.id) FILTER (WHERE s.lease = 'lapsed'), '{}')
  INTO held, cursors, fresh, lapsed FROM seen s;
  cut := cardinality(fresh) > claim_outbox.max_messages OR cardinality(lapsed) > claim_outbox.max_messages;
  fresh := fresh[1:claim_outbox.max_messages];
  lapsed := lapsed[1:claim_outbox.max_messages];

  -- Two workers may want the same checker: the first to insert has it. An insert may have to wait for a transaction that
  -- inserts or deletes the same lease, so it comes first, in one order for all, while no lock is held that others
  -- could want; the lapsed ones are taken without waiting.
  IF fresh <> '{}' THEN
    WITH taken AS (
      INSERT INTO checker.outbox_lease AS l (checker_id, worker, until, claimed_id)
      SELECT f.checker_id, claim_outbox.worker, clock_timestamp() + claim_outbox.lease, 0
      FROM unnest(fresh) AS f(checker_id) ORDER BY f.checker_id
      ON CONFLICT (checker_id) DO NOTHING
      RETURNING l.checker_id
    )
    SELECT held || coalesce(array_agg(t.checker_id), '{}'), cursors || coalesce(array_agg(0::bigint), '{}')
    INTO held, cursors FROM taken t;
  END IF;
  IF lapsed <> '{}' THEN
    WITH free AS (
      SELECT l.checker_id, CASE WHEN l.worker = claim_outbox.worker THEN l.claimed_id ELSE 0 END AS claimed_id
      FROM checker.outbox_lease l
      WHERE l.checker_id = ANY (lapsed)
            AND (l.until < clock_timestamp()
                 OR l.worker <> claim_outbox.worker AND pg_try_advisory_xact_lock(hashtextextended(l.worker, 0)))
      FOR UPDATE SKIP LOCKED
    ), taken AS (
      UPDATE checker.outbox_lease l
      SET worker = claim_outbox.worker, until = clock_timestamp() + claim_outbox.lease, claimed_id = f.claimed_id
      FROM free f WHERE l.checker_id = f.checker_id
      RETURNING l.checker_id, l.claimed_id
    )
    SELECT held || coalesce(array_agg(t.checker_id), '{}'), cursors || coalesce(array_agg(t.claimed_id), '{}')
    INTO held, cursors FROM taken t;
  END IF;
  IF held = '{}' THEN
    RETURN;
  END IF;

  -- The same share for every checker, so that a backlog of one does not keep the others waiting. This statement sees
  -- what the leases' former holders have deleted, because its snapshot is younger than the locks taken above.
  share := greatest(1, claim_outbox.max_messages / cardinality(held));
  SELECT array_agg(c.id), cut OR count(*) < max(c.found) OR bool_or(c.place = share)
  INTO claimed, cut
  FROM (SELECT f.*, row_number() OVER (ORDER BY f.id) AS number, count(*) OVER () AS found,
               sum(f.bytes) OVER (ORDER BY f.id) - f.bytes AS bytes_before
        FROM unnest(held, cursors) AS h(checker_id, claimed_id)
        CROSS JOIN LATERAL (SELECT o.id, octet_length(o.body) AS bytes, row_number() OVER (ORDER BY o.id) AS place
                            FROM checker.outbox o
                            WHERE o.checker_id = h.checker_id AND o.id > h.claimed_id
                            ORDER BY o.id LIMIT share) f) c
  WHERE c.number <= claim_outbox.max_messages AND c.bytes_before < claim_outbox.max_bytes;

  IF claimed IS NOT NULL THEN
    UPDATE checker.outbox_lease l SET claimed_id = m.id
    FROM (SELECT o.checker_id, max(o.id) AS id FROM checker.outbox o WHERE o.id = ANY (claimed) GROUP BY o.checker_id) m
    WHERE l.checker_id = m.checker_id;
  END IF;
  -- Leases taken for nothing: another worker has sent the last message meanwhile, or there was no room.
  IF fresh <> '{}' OR lapsed <> '{}' THEN
    DELETE FROM checker.outbox_lease l
    WHERE l.checker_id = ANY (fresh || lapsed) AND l.worker = claim_outbox.worker AND l.claimed_id = 0;
  END IF;

  RETURN QUERY
    SELECT o.id, o.checker_id, o.message_id, o.type, o.routing_key, o.body, o.created_at, cut
    FROM checker.outbox o WHERE o.id = ANY (claimed) ORDER BY o.id;
END $$;
COMMENT ON FUNCTION checker.claim_outbox(text, int, bigint, interval, bigint[]) IS
  'for the sidecar: leases checkers with waiting messages to a worker and returns messages not handed to it yet, each checker''s in order, none of the checkers to skip; more says that others wait already';

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

CREATE FUNCTION checker.rewind_outbox(worker text, checker_id bigint, claimed_id bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  UPDATE checker.outbox_lease l SET claimed_id = rewind_outbox.claimed_id
  WHERE l.checker_id = rewind_outbox.checker_id AND l.worker = rewind_outbox.worker
        AND l.claimed_id > rewind_outbox.claimed_id;
  RETURN FOUND;
END $$;
COMMENT ON FUNCTION checker.rewind_outbox(text, bigint, bigint) IS
  'for the sidecar: gives the messages of a checker after this id back unsent, to be handed out again later; false if the lease is gone';

-- Ends the leases of these checkers of which nothing is on its way any more. Not for callers: see confirm_outbox.
CREATE FUNCTION checker.end_outbox_leases(worker text, checker_ids bigint[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
  DELETE FROM checker.outbox_lease l
  WHERE l.checker_id = ANY (checker_ids) AND l.worker = end_outbox_leases.worker
        AND NOT EXISTS (SELECT FROM checker.outbox o
                        WHERE o.checker_id = l.checker_id AND o.id <= l.claimed_id LIMIT 1);
END $$;
COMMENT ON FUNCTION checker.end_outbox_leases(text, bigint[]) IS
  'part of confirm_outbox and dead_letter_outbox: ends leases of which nothing is on its way any more';

CREATE FUNCTION checker.confirm_outbox(worker text, ids bigint[]) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
DECLARE
  confirmed   int;
  checker_ids bigint[];
BEGIN
  WITH gone AS (DELETE FROM checker.outbox o WHERE o.id = ANY (ids) RETURNING o.checker_id)
  SELECT count(*), array_agg(DISTINCT g.checker_id) INTO confirmed, checker_ids FROM gone g;
  PERFORM checker.end_outbox_leases(confirm_outbox.worker, checker_ids);
  RETURN confirmed;
END $$;
COMMENT ON FUNCTION checker.confirm_outbox(text, bigint[]) IS
  'for the sidecar: deletes messages that the broker has confirmed, and ends leases of which nothing is on its way any more; returns the number of messages';

CREATE FUNCTION checker.dead_letter_outbox(worker text, id bigint, reason text, attempts int) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  buried bigint;
BEGIN
  WITH gone AS (DELETE FROM checker.outbox o WHERE o.id = dead_letter_outbox.id RETURNING o.*)
  INSERT INTO checker.dead_letter AS d (id, message_id, checker_id, type, routing_key, body, created_at, reason, attempts)
  SELECT g.id, g.message_id, g.checker_id, g.type, g.routing_key, g.body, g.created_at,
         dead_letter_outbox.reason, dead_letter_outbox.attempts
  FROM gone g
  RETURNING d.checker_id INTO buried;
  IF buried IS NULL THEN
    RETURN false;
  END IF;
  PERFORM checker.end_outbox_leases(dead_letter_outbox.worker, ARRAY[buried]);
  RETURN true;
END $$;
COMMENT ON FUNCTION checker.dead_letter_outbox(text, bigint, text, int) IS
  'for the sidecar: moves one message to dead_letter with the reason; false if it was gone';

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

CREATE FUNCTION checker.outbox_depth(OUT pending bigint, OUT oldest_id bigint, OUT oldest_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
DECLARE
  newest_id bigint;
BEGIN
  SELECT o.id, o.created_at INTO oldest_id, oldest_at FROM checker.outbox o ORDER BY o.id LIMIT 1;
  SELECT count(*) INTO pending FROM (SELECT FROM checker.outbox o ORDER BY o.id LIMIT 10000) counted;
  -- Counting millions would hold the relay up; ids have few gaps in a backlog.
  IF pending = 10000 THEN
    SELECT max(o.id) INTO newest_id FROM checker.outbox o;
    pending := newest_id - oldest_id + 1;
  END IF;
END $$;
COMMENT ON FUNCTION checker.outbox_depth() IS
  'for the sidecar: how many messages wait, the first of them, and since when; over 10,000 the number is estimated from the ids';
