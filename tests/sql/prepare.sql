-- What every test's database has beside the extension: a writer of small guests, and views without what changes from
-- run to run.

-- A guest that makes host calls one after the other, as WebAssembly text. Each call is an array: the name of a function
-- of module "checker" and its arguments. Where a function takes a text, the argument is
--   "text"               a literal
--   {"bytes": "00ff"}    any bytes, in hexadecimal
--   {"dataset": "name"}  the rows of a dataset as CSV
--   {"param": "name"}    the JSON text of a parameter; empty if absent
--   {"input": true}      the run's input
-- ["write", fd, text] writes a literal through WASI, ["exit", code] ends the program.
CREATE FUNCTION guest(calls jsonb, memory_pages int DEFAULT 2) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  -- s: text, i: i32, l: i64; then the results.
  types constant jsonb := '{"fail": "s", "warn": "s", "succeed": "s", "ok": "s", "log": "is",
    "assert_empty": "ss>", "assert_not_empty": "ss>", "assert_less_than": "sls>", "assert_greater_than": "sls>",
    "assert_row_count": "sils>", "assert_equal": "sss>", "assert_true": "is>", "assert_false": "is>"}';
  call      jsonb;
  argument  jsonb;
  name      text;
  type      text;
  imports   text := '';
  segments  text := '';
  code      text := '';
  operands  text;
  at        int := 1024;
  i         int;
  needed    text[] := '{}';
BEGIN
  FOR call IN SELECT jsonb_array_elements(calls) LOOP
    name := call ->> 0;
    operands := '';
    IF name = 'exit' THEN
      needed := array_append(needed, 'exit');
      code := code || format(E'    (call $exit (i32.const %s))\n', call ->> 1);
      CONTINUE;
    END IF;
    IF name = 'write' THEN
      type := 'is';
      needed := array_append(needed, 'write');
    ELSE
      type := types ->> name;
      needed := array_append(needed, name);
    END IF;
    FOR i IN 1 .. length(rtrim(type, '>')) LOOP
      argument := call -> i;
      IF substr(type, i, 1) = 'i' THEN
        operands := operands || format(' (i32.const %s)', argument);
      ELSIF substr(type, i, 1) = 'l' THEN
        operands := operands || format(' (i64.const %s)', argument);
      ELSIF jsonb_typeof(argument) = 'string' OR argument ? 'bytes' THEN
        DECLARE
          bytes bytea := CASE WHEN jsonb_typeof(argument) = 'string' THEN convert_to(argument #>> '{}', 'UTF8')
                              ELSE decode(argument ->> 'bytes', 'hex') END;
        BEGIN
          segments := segments || format(E'  (data (i32.const %s) "%s")\n', at,
                                         regexp_replace(encode(bytes, 'hex'), '(..)', '\\\1', 'g'));
          operands := operands || format(' (i32.const %s) (i32.const %s)', at, length(bytes));
          at := at + length(bytes);
        END;
      ELSIF argument ? 'input' THEN
        needed := array_append(needed, 'input');
        operands := operands || ' (call $input)';
      ELSE
        DECLARE
          kind  text := CASE WHEN argument ? 'dataset' THEN 'dataset' ELSE 'param' END;
          bytes bytea := convert_to(argument ->> kind, 'UTF8');
        BEGIN
          needed := array_append(needed, kind);
          segments := segments || format(E'  (data (i32.const %s) "%s")\n', at,
                                         regexp_replace(encode(bytes, 'hex'), '(..)', '\\\1', 'g'));
          operands := operands || format(' (call $%s (i32.const %s) (i32.const %s))', kind, at, length(bytes));
          at := at + length(bytes);
        END;
      END IF;
    END LOOP;
    code := code || CASE WHEN type LIKE '%>' THEN format(E'    (drop (call $%s%s))\n', name, operands)
                         ELSE format(E'    (call $%s%s)\n', name, operands) END;
  END LOOP;
  FOR name IN SELECT DISTINCT n FROM unnest(needed) n ORDER BY n LOOP
    type := types ->> name;
    imports := imports || CASE
      WHEN name = 'exit' THEN E'  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))\n'
      WHEN name = 'write' THEN
        E'  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))\n'
      WHEN name = 'input' THEN E'  (import "checker" "input" (func $input (result i32 i32)))\n'
      WHEN name IN ('dataset', 'param') THEN
        format(E'  (import "checker" "%1$s" (func $%1$s (param i32 i32) (result i32 i32)))\n', name)
      ELSE format(E'  (import "checker" "%1$s" (func $%1$s%2$s%3$s))\n', name,
                  (SELECT string_agg(' (param ' || CASE t WHEN 's' THEN 'i32 i32' WHEN 'i' THEN 'i32' ELSE 'i64' END || ')',
                                     '' ORDER BY n)
                   FROM regexp_split_to_table(rtrim(type, '>'), '') WITH ORDINALITY AS p(t, n)),
                  CASE WHEN type LIKE '%>' THEN ' (result i32)' ELSE '' END) END;
  END LOOP;
  RETURN E'(module\n' || imports || format(E'  (memory (export "memory") %s)\n', memory_pages) || segments ||
    CASE WHEN 'write' = ANY (needed) THEN
      E'  (func $write (param $fd i32) (param $at i32) (param $length i32)\n'
      '    (i32.store (i32.const 8) (local.get $at))\n'
      '    (i32.store (i32.const 12) (local.get $length))\n'
      '    (drop (call $fd_write (local.get $fd) (i32.const 8) (i32.const 1) (i32.const 16))))\n'
    ELSE '' END ||
    format(E'  (func (export "%s")\n', CASE WHEN 'exit' = ANY (needed) THEN '_start' ELSE 'check' END) || code || '  ))';
END $$;

-- A run without its id and times.
CREATE FUNCTION run(name text, input jsonb DEFAULT NULL, params jsonb DEFAULT NULL, OUT status checker.status,
                    OUT message text, OUT failures int, OUT passes int, OUT output text, OUT error text)
LANGUAGE sql AS $$
  SELECT r.status, r.message, r.failures, r.passes, r.output, r.error FROM checker.run_checker($1, $2, $3) r
$$;

-- The assertions of the last run of a checker.
CREATE FUNCTION asserted(name text)
RETURNS TABLE (seq int, ok boolean, message text, expected text, actual text, exact boolean, sample jsonb)
LANGUAGE sql AS $$
  SELECT a.seq, a.ok, a.message, a.expected, a.actual, a.exact, a.sample
  FROM checker.assertions a
  WHERE a.run_id = (SELECT max(r.run_id) FROM checker.runs r WHERE r.checker = $1) ORDER BY a.seq
$$;
