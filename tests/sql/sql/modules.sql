-- Code that is refused when a checker is created, and how it says where the fault is.

-- Not WebAssembly, or only the beginning of it.
SELECT create_checker('x', ''::bytea);
\echo :SQLSTATE
SELECT create_checker('x', 'no module'::bytea);
\echo :SQLSTATE
SELECT create_checker('x', '\x0061736d02000000'::bytea);
\echo :SQLSTATE
SELECT create_checker('x', '\x0061736d0100000001040160'::bytea);
\echo :SQLSTATE
-- A body that leaves nothing where an i32 is due.
SELECT create_checker('x', '\x0061736d010000000105016000017f0302010007090105636865636b00000a040102000b'::bytea);
\echo :SQLSTATE
-- Only the header: nothing to call.
SELECT create_checker('x', '\x0061736d01000000'::bytea);
\echo :SQLSTATE

-- Too large, as binary and as text.
SET checker.module_size_limit = '1kB';
SELECT create_checker('x', decode(repeat('00', 1025), 'hex'));
\echo :SQLSTATE
SELECT create_checker('x', 'wat', '(module (memory 1) (data (i32.const 0) "' || repeat('x', 2000) || '") (func (export "check")))');
\echo :SQLSTATE
RESET checker.module_size_limit;

-- Text that is not WAT: line and column.
SELECT create_checker('x', 'wat', '');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', E'(module\n  (func (export "check")\n    (i32.frob)))');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', E'(module\n  (func (export "check")\n    (call $nobody)))');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', E'(module (func (export "check")');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', E'(module\n  (func (export "check") (i32.const 1)))');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', E'(module (func (export "check"))) (module)');
\echo :SQLSTATE

-- Imports that the host does not offer, by name.
SELECT create_checker('x', 'wat', '(module (import "env" "system" (func (param i32))) (func (export "check")))');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', '(module (import "checker" "assert_emty" (func (param i32 i32 i32 i32) (result i32))) (func (export "check")))');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', '(module (import "checker_v2" "fail" (func (param i32 i32))) (func (export "check")))');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', '(module (import "checker" "fail" (func (param i32))) (func (export "check")))');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', '(module (import "checker" "now" (func (result i32))) (func (export "check")))');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', '(module (import "env" "memory" (memory 1)) (func (export "check")))');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', '(module (import "checker" "fail" (global i32)) (func (export "check")))');
\echo :SQLSTATE
-- A name that would end a comment of C, and one with a line end, do no harm.
SELECT create_checker('x', 'wat', '(module (import "*/ int" "main(){}\n#include </etc/passwd>" (func)) (func (export "check")))');
\echo :SQLSTATE
SELECT create_checker('harmless', 'wat', '(module (func (export "*/ #error /* \n#error")) (func (export "check")))') > 0 AS created;

-- Entries.
SELECT create_checker('x', 'wat', '(module (func (export "chek")))');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', '(module (func (export "check") (param i32)))');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', '(module (func (export "check") (result i64) (i64.const 0)))');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', '(module (memory (export "check") 1))');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', '(module (func (export "_start") (result i32) (i32.const 0)))');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', '(module (func (export "check")) (func (export "_initialize") (param i32)))');
\echo :SQLSTATE

-- Features beyond those of the ABI.
SELECT create_checker('x', 'wat', '(module (func (export "check") (drop (v128.const i32x4 0 0 0 0))))');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', '(module (memory i64 1) (func (export "check")))');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', '(module (memory 1 1 shared) (func (export "check")))');
\echo :SQLSTATE
SELECT create_checker('x', 'wat', '(module (memory 1) (memory 1) (func (export "check")))');
\echo :SQLSTATE

-- The server's own means: each says what to do.
SET checker.c_compiler = '/nonexistent';
SELECT create_checker('x', 'wat', '(module (func (export "check") nop nop nop))');
\echo :SQLSTATE
RESET checker.c_compiler;
SET checker.compile_helper = '/nonexistent/checker-compile';
SELECT create_checker('x', 'wat', '(module (func (export "check") nop nop nop))');
\echo :SQLSTATE
RESET checker.compile_helper;
SET checker.cache_directory = '/proc/nowhere';
SELECT create_checker('x', 'wat', '(module (func (export "check") nop nop nop))');
\echo :SQLSTATE
RESET checker.cache_directory;
SELECT create_checker('good_again', 'wat', '(module (func (export "check") nop nop nop))') > 0 AS created;
SELECT status FROM run('good_again');

-- The cache is disposable: what is missing is compiled again.
SELECT count(*) > 0 AS cached FROM pg_ls_dir('pgsql_tmp_checker') f WHERE f LIKE '%.so';
\c -
DO $$
DECLARE
  file text;
BEGIN
  FOR file IN SELECT f FROM pg_ls_dir('pgsql_tmp_checker') f LOOP
    EXECUTE format('COPY (SELECT 1) TO PROGRAM %L', 'cat >/dev/null; rm -f pgsql_tmp_checker/' || file);
  END LOOP;
END $$;
SELECT status FROM run('good_again');
SELECT name FROM checkers ORDER BY 1;
