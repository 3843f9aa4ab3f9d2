-- What each spec finds: table item, whose row makes checker "none" fail, and views without what changes from run to run.
CREATE EXTENSION pg_checker;
CREATE TABLE item (id int PRIMARY KEY);
INSERT INTO item VALUES (1);
SELECT checker.create_dataset('items', 'SELECT id FROM public.item ORDER BY id');

-- A program that asserts that dataset "items" is empty; the message makes it a program of its own.
CREATE FUNCTION asserts_empty(message text) RETURNS text LANGUAGE sql AS $$
  SELECT format($wat$
    (module
      (import "checker" "assert_empty" (func $assert (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 0) "items%1$s")
      (func (export "check")
        (drop (call $assert (i32.const 0) (i32.const 5) (i32.const 5) (i32.const %2$s)))))
    $wat$, message, length(message))
$$;
SELECT checker.create_checker('none', 'wat', asserts_empty('there are items'), datasets => '{items}',
                              schedule => '1 hour');

-- The messages of each checker in the order of their ids: the sequence, and whether it is that of the runs' ids.
CREATE VIEW message AS
  SELECT o.body::jsonb ->> 'subject' AS checker, (o.body::jsonb -> 'data' ->> 'sequence')::int AS sequence, o.type,
         dense_rank() OVER (PARTITION BY o.checker_id ORDER BY (o.body::jsonb -> 'data' ->> 'run_id')::bigint) AS run
  FROM checker.outbox o ORDER BY o.id;

-- Claims that a session has made, by a name of the spec's.
CREATE TABLE claimed (claim text, run_uuid uuid, checker text, version int);
CREATE FUNCTION claim(name text, max int DEFAULT 10, lease interval DEFAULT '1 hour') RETURNS SETOF text
LANGUAGE sql AS $$
  WITH made AS MATERIALIZED (SELECT * FROM checker.claim_due(max, name, lease)),
       kept AS (INSERT INTO claimed SELECT name, m.run_uuid, m.checker, m.version FROM made m RETURNING *)
  SELECT k.checker FROM kept k ORDER BY k.checker
$$;
-- Evaluates what was claimed under this name.
CREATE TABLE evaluated (claim text, result jsonb);
CREATE FUNCTION evaluate(name text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO evaluated
  SELECT c.claim, checker.evaluate_checker(c.checker, run_uuid => c.run_uuid) FROM claimed c WHERE c.claim = name
$$;
-- Records it; the outcome or the error, without what differs from run to run.
CREATE FUNCTION record_claimed(name text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  result jsonb;
BEGIN
  FOR result IN SELECT e.result FROM evaluated e WHERE e.claim = name ORDER BY e.result ->> 'checker' LOOP
    PERFORM checker.record_run(result);
    RETURN NEXT 'recorded ' || (result ->> 'checker');
  END LOOP;
EXCEPTION WHEN object_not_in_prerequisite_state OR undefined_object THEN
  RETURN NEXT SQLSTATE || ' ' || regexp_replace(SQLERRM, '[0-9a-f-]{36}', '<uuid>');
END $$;
