-- Limits: each with an error of its own, and the session usable afterwards.
SELECT create_checker('loop', 'wat', '(module (func (export "check") (loop (br 0))))', timeout => '200 ms') > 0 AS created;
SELECT * FROM run('loop');
SELECT create_checker('loop_default', 'wat', '(module (func (export "check") (loop (br 0))))') > 0 AS created;
SET checker.timeout = '100 ms';
SELECT * FROM run('loop_default');
RESET checker.timeout;

-- The time limit holds inside a dataset's query too, and its functions cannot swallow it.
CREATE FUNCTION stubborn() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  LOOP
    BEGIN
      PERFORM pg_sleep(30);
    EXCEPTION WHEN OTHERS THEN
      NULL;
    END;
  END LOOP;
END $$;
SELECT create_dataset('slow', 'SELECT pg_sleep(30)::text AS s') > 0 AS created;
SELECT create_dataset('stubborn', 'SELECT stubborn() AS s') > 0 AS created;
SELECT create_checker('slow', 'wat', guest('[["assert_empty", "slow", "m"]]'), '{slow}', timeout => '200 ms') > 0 AS created;
SELECT create_checker('stubborn', 'wat', guest('[["assert_empty", "stubborn", "m"]]'), '{stubborn}', timeout => '200 ms') > 0 AS created;
SELECT * FROM run('slow');
SELECT * FROM run('stubborn');
SELECT 1 AS usable;

-- statement_timeout is not the checker's: raised, not recorded.
SELECT count(*) AS runs_before FROM runs \gset
SET statement_timeout = '200ms';
SELECT run_checker('loop_default');
\echo :SQLSTATE
SELECT run_checker('slow') FROM create_checker('slow', 'wat', guest('[["assert_empty", "slow", "m"]]'), '{slow}', or_replace => true);
\echo :SQLSTATE
SELECT preview_dataset('slow');
\echo :SQLSTATE
RESET statement_timeout;
SELECT count(*) - :runs_before AS recorded FROM runs;
SELECT 1 AS usable;
-- The checker's own deadline comes first, where it is the shorter one.
SET statement_timeout = '20s';
SELECT status, error FROM run('loop');
RESET statement_timeout;
-- A preview has a time limit as well.
SET checker.timeout = '200 ms';
SELECT preview_dataset('slow');
\echo :SQLSTATE
RESET checker.timeout;
-- In a transaction block a cancelled run is an error like any other.
BEGIN;
SAVEPOINT before;
SET LOCAL statement_timeout = '200ms';
SELECT run_checker('loop_default');
\echo :SQLSTATE
ROLLBACK TO before;
SELECT status FROM run('loop');
COMMIT;
-- A function may catch it and go on.
CREATE FUNCTION run_with_deadline() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM checker.run_checker('loop_default');
  RETURN 'ended';
EXCEPTION WHEN query_canceled THEN
  RETURN 'canceled, then ' || (SELECT status FROM checker.run_checker('loop'));
END $$;
SET statement_timeout = '300ms';
SELECT run_with_deadline();
RESET statement_timeout;

-- A huge memory.fill and memory.copy end in time too.
SELECT create_checker('filler', 'wat', '(module (memory 1000) (func (export "check") (loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536000)) (br 0))))', timeout => '200 ms') > 0 AS created;
SELECT * FROM run('filler');

-- Fuel: of the session, of the checker, of the superuser's cap.
SELECT create_checker('counting', 'wat', '(module (func (export "check") (local $i i32)
  (loop (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if 0 (i32.lt_u (local.get $i) (i32.const 1000))))))') > 0 AS created;
SELECT status FROM run('counting');
SELECT fuel FROM runs WHERE checker = 'default.counting';
SET checker.fuel = 1000;
SELECT * FROM run('counting');
SET checker.fuel = 1001;
SELECT status FROM run('counting');
RESET checker.fuel;
SELECT create_checker('frugal', 'wat', '(module (func (export "check") (loop (br 0))))', fuel => 5000) > 0 AS created;
SELECT * FROM run('frugal');
SELECT fuel FROM runs WHERE checker = 'default.frugal';
SET checker.max_fuel = 7000;
SELECT * FROM run('loop_default');
RESET checker.max_fuel;

-- Memory.
SELECT create_checker('large', 'wat', '(module (memory 100) (func (export "check")))', memory_limit => '1MB');
\echo :SQLSTATE
SELECT create_checker('large', 'wat', '(module (memory 100) (func (export "check")))') > 0 AS created;
SET checker.memory_limit = '1MB';
SELECT * FROM run('large');
RESET checker.memory_limit;
SELECT create_checker('growing', 'wat', '(module (memory 1) (func (export "check") (result i32) (i32.ne (memory.grow (i32.const 100)) (i32.const -1))))', memory_limit => '1MB') > 0 AS created;
SELECT * FROM run('growing');
SELECT create_dataset('wide', 'SELECT repeat(''x'', 2000000) AS x') > 0 AS created;
SELECT create_checker('wide', 'wat', guest('[["ok", {"dataset": "wide"}]]'), '{wide}', memory_limit => '1MB') > 0 AS created;
SELECT * FROM run('wide');
SET checker.memory_limit = '2MB';
SELECT create_checker('capped', 'wat', '(module (memory 20) (func (export "check")))') > 0 AS created;
SET checker.max_memory_limit = '1MB';
SELECT create_checker('capped_too', 'wat', '(module (memory 20) (func (export "check")))') > 0 AS created;
SELECT * FROM run('capped');
RESET checker.max_memory_limit;
SELECT status FROM run('capped');
RESET checker.memory_limit;

-- Stack.
-- Neither call is the last thing that the function does: no compiler makes a loop of it.
SELECT create_checker('deep', 'wat', '(module (memory 1) (func $f (param $n i32) (result i32)
  (i32.store (i32.and (local.get $n) (i32.const 1020)) (call $f (i32.add (local.get $n) (i32.const 1))))
  (i32.add (i32.load (i32.const 0)) (call $f (local.get $n)))) (func (export "check") (drop (call $f (i32.const 0)))))', timeout => '20 s') > 0 AS created;
SELECT * FROM run('deep');
SET checker.stack_limit = '64kB';
SELECT status, error FROM run('deep');
RESET checker.stack_limit;

-- Output, and the log.
SELECT create_checker('wordy', 'wat', replace(replace(guest('[["write", 1, "0123456789abcdef"]]'), '(call $write (i32.const 1)', '(loop (call $write (i32.const 1)'), E'\n  ))', '(br 0))))'), timeout => '30 s') > 0 AS created;
SELECT status, left(output, 20) AS output, length(output) AS length, error FROM run('wordy');
SET checker.output_limit = '1kB';
SELECT status, length(output) AS length, error FROM run('wordy');
SELECT create_checker('logger', 'wat', replace(replace(guest('[["log", 1, "0123456789abcdef"]]'), '(call $log', '(loop (call $log'), E'\n  ))', '(br 0))))')) > 0 AS created;
SELECT status, error FROM run('logger');
RESET checker.output_limit;

-- Assertions.
SELECT create_checker('assertive', 'wat', replace(replace(guest('[["ok", "x"]]'), '(call $ok', '(loop (call $ok'), E'\n  ))', '(br 0))))')) > 0 AS created;
SET checker.max_assertions = 3;
SELECT * FROM run('assertive');
SELECT seq, ok FROM asserted('default.assertive');
RESET checker.max_assertions;

-- Traps.
SELECT create_checker('out_of_bounds', 'wat', '(module (memory 1) (func (export "check") (drop (i32.load (i32.const 65533)))))') > 0 AS created;
SELECT create_checker('divides', 'wat', '(module (func (export "check") (drop (i32.div_u (i32.const 1) (i32.const 0)))))') > 0 AS created;
SELECT create_checker('overflows', 'wat', '(module (func (export "check") (drop (i32.div_s (i32.const -2147483648) (i32.const -1)))))') > 0 AS created;
SELECT create_checker('converts', 'wat', '(module (func (export "check") (drop (i32.trunc_f64_s (f64.const nan)))))') > 0 AS created;
SELECT create_checker('unreachable', 'wat', '(module (func (export "check") unreachable))') > 0 AS created;
SELECT create_checker('calls_null', 'wat', '(module (table 1 funcref) (func (export "check") (call_indirect (i32.const 0))))') > 0 AS created;
SELECT create_checker('start_traps', 'wat', '(module (func $s unreachable) (start $s) (func (export "check")))') > 0 AS created;
SELECT name, r.status, r.error FROM unnest('{out_of_bounds, divides, overflows, converts, unreachable, calls_null, start_traps}'::text[]) name, run(name) r;

-- Settings refuse what makes no sense.
SET checker.timeout = 0;
\echo :SQLSTATE
SET checker.fuel = -1;
\echo :SQLSTATE
SET checker.memory_limit = '1kB';
\echo :SQLSTATE
SET checker.time_zone = 'Nowhere';
\echo :SQLSTATE
SET checker.unknown = 1;
\echo :SQLSTATE
SELECT status, count(*) FROM runs GROUP BY 1 ORDER BY 1;
