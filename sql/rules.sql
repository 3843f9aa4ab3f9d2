-- Rules: the aggregates that their queries collect failing rows with, and the schema of the format.

CREATE FUNCTION checker.add_sample_row(state internal, failing record, max_samples int)
RETURNS internal AS 'MODULE_PATHNAME', 'checker_add_sample_row' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION checker.add_sample_row(internal, record, int) IS 'part of the aggregate sample_rows';

CREATE FUNCTION checker.add_sample_repeat(state internal, max_samples int, names text[], VARIADIC "any")
RETURNS internal AS 'MODULE_PATHNAME', 'checker_add_sample_repeat' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION checker.add_sample_repeat(internal, int, text[], VARIADIC "any") IS
  'part of the aggregate sample_repeats';

CREATE FUNCTION checker.row_sample_result(state internal)
RETURNS json AS 'MODULE_PATHNAME', 'checker_row_sample_result' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION checker.row_sample_result(internal) IS
  'part of the aggregates sample_rows and sample_repeats';

CREATE AGGREGATE checker.sample_rows(failing record, max_samples int) (
  SFUNC = checker.add_sample_row, STYPE = internal, FINALFUNC = checker.row_sample_result, PARALLEL = SAFE
);
COMMENT ON AGGREGATE checker.sample_rows(record, int) IS
  'counts rows and keeps the first ones: {"rows", "sample"}; what queries of rules collect failing rows with';

CREATE AGGREGATE checker.sample_repeats(max_samples int, names text[], VARIADIC "any") (
  SFUNC = checker.add_sample_repeat, STYPE = internal, FINALFUNC = checker.row_sample_result, PARALLEL = SAFE
);
COMMENT ON AGGREGATE checker.sample_repeats(int, text[], VARIADIC "any") IS
  'of ordered values, counts those that equal the ones before, and keeps the first: {"rows", "sample"}';

CREATE FUNCTION checker.rule_schema() RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $schema$ SELECT $rule_schema$@RULE_SCHEMA@$rule_schema$::jsonb $schema$;
COMMENT ON FUNCTION checker.rule_schema() IS
  'the JSON Schema (2020-12) of checkers of language rule, for forms and editors';
