-- Trials: checkers on made-up rows and clock. Nothing is recorded or sent.

CREATE FUNCTION checker.test_checker(name text, datasets jsonb DEFAULT '{}', at timestamptz DEFAULT NULL,
  input jsonb DEFAULT NULL, params jsonb DEFAULT NULL)
RETURNS jsonb AS 'MODULE_PATHNAME', 'checker_test_checker' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.test_checker(text, jsonb, timestamptz, jsonb, jsonb) IS
  'runs a stored checker on made-up rows, {"dataset": [{"column": value}]}, and a frozen clock; returns what evaluate_checker does and writes nothing';

CREATE FUNCTION checker.test_source(language text, source text, datasets jsonb DEFAULT '{}',
  at timestamptz DEFAULT NULL, input jsonb DEFAULT NULL, params jsonb DEFAULT NULL, name text DEFAULT 'test',
  timeout interval DEFAULT NULL, fuel bigint DEFAULT NULL, memory_limit text DEFAULT NULL)
RETURNS jsonb AS 'MODULE_PATHNAME', 'checker_test_source' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.test_source(text, text, jsonb, timestamptz, jsonb, jsonb, text, interval, bigint, text) IS
  'runs source text in a language that is not stored, as test_checker does a stored checker; the made-up datasets are those that it declares';

CREATE FUNCTION checker.test_module(module bytea, datasets jsonb DEFAULT '{}', at timestamptz DEFAULT NULL,
  input jsonb DEFAULT NULL, params jsonb DEFAULT NULL, name text DEFAULT 'test', timeout interval DEFAULT NULL,
  fuel bigint DEFAULT NULL, memory_limit text DEFAULT NULL)
RETURNS jsonb AS 'MODULE_PATHNAME', 'checker_test_module' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.test_module(bytea, jsonb, timestamptz, jsonb, jsonb, text, interval, bigint, text) IS
  'the same as test_source for a WebAssembly binary';
