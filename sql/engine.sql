-- The engine: compiled checkers and what became of them.

CREATE FUNCTION checker.warm_cache(OUT checker text, OUT version int, OUT outcome text, OUT error text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'checker_warm_cache' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.warm_cache() IS
  'compiles the current version of every checker that the caller may run and whose native code is not in the cache; outcome is present, compiled or failed';

CREATE FUNCTION checker.probe_compiler()
RETURNS interval AS 'MODULE_PATHNAME', 'checker_probe_compiler' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.probe_compiler() IS
  'compiles a small module to see whether this server can; returns the time it took, or raises what is missing';

CREATE FUNCTION checker.read_engine_stats(
  OUT runs bigint, OUT loaded_hits bigint, OUT cache_hits bigint, OUT misses bigint, OUT compile_failures bigint,
  OUT compile_time interval, OUT longest_compile interval, OUT since timestamptz, OUT artifacts bigint,
  OUT artifact_bytes bigint, OUT cache_size bigint, OUT running int, OUT max_concurrent_runs int,
  OUT loaded_modules int)
RETURNS SETOF record ROWS 1
AS 'MODULE_PATHNAME', 'checker_read_engine_stats' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.read_engine_stats() IS 'what view engine_stats shows';

CREATE VIEW checker.engine_stats WITH (security_barrier) AS
  SELECT s.runs, s.loaded_hits + s.cache_hits AS hits, s.loaded_hits, s.cache_hits, s.misses, s.compile_failures,
         s.compile_time, s.compile_time / nullif(s.misses, 0) AS average_compile, s.longest_compile, s.artifacts,
         s.artifact_bytes, s.cache_size, s.running, s.max_concurrent_runs, s.loaded_modules, s.since
  FROM checker.read_engine_stats() s;
COMMENT ON VIEW checker.engine_stats IS
  'runs and compilations of the whole cluster since the cache folder was made; compiled modules in it, in bytes; runs under way; modules that this session has loaded';
