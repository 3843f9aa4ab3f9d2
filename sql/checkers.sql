-- Checkers: programs, their versions and their options.

CREATE TABLE checker.checker (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  namespace       text NOT NULL,
  name            text NOT NULL,
  version         int NOT NULL DEFAULT 1,
  datasets        text[] NOT NULL DEFAULT '{}',
  description     text,
  runbook         text,
  owner           text,
  severity        text NOT NULL DEFAULT 'warning' CHECK (severity IN ('info', 'warning', 'critical')),
  labels          jsonb NOT NULL DEFAULT '{}',
  schedule        text,
  time_zone       text,
  params          jsonb NOT NULL DEFAULT '{}',
  input           jsonb,
  enabled         boolean NOT NULL DEFAULT true,
  disabled_reason text,
  for_duration    interval NOT NULL DEFAULT '0',
  for_runs        int NOT NULL DEFAULT 1 CHECK (for_runs >= 1),
  recover_runs    int NOT NULL DEFAULT 1 CHECK (recover_runs >= 1),
  alarm_on        checker.status[] NOT NULL DEFAULT '{fail,no_data,error}',
  on_empty        text NOT NULL DEFAULT 'ok' CHECK (on_empty IN ('ok', 'no_data')),
  max_samples     int CHECK (max_samples BETWEEN 0 AND 1000),
  timeout         interval,
  fuel            bigint CHECK (fuel >= 0),
  memory_limit_kb int,
  owned_by        regrole NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (namespace, name)
);
COMMENT ON TABLE checker.checker IS 'checkers with their options';
COMMENT ON COLUMN checker.checker.version IS 'the current one of checker.checker_version';
COMMENT ON COLUMN checker.checker.datasets IS 'names of the datasets that the program may read';
COMMENT ON COLUMN checker.checker.owner IS 'who cares for it, free text; the role that owns it is owned_by';
SELECT pg_catalog.pg_extension_config_dump('checker.checker', '');
SELECT pg_catalog.pg_extension_config_dump('checker.checker_id_seq', '');

COMMENT ON SEQUENCE checker.checker_id_seq IS 'numbers checkers';

CREATE TABLE checker.checker_version (
  checker_id  bigint NOT NULL REFERENCES checker.checker ON DELETE CASCADE,
  version     int NOT NULL,
  language    text NOT NULL,
  module      bytea,
  source      text,
  digest      text NOT NULL,
  environment jsonb,
  created_by  regrole NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (checker_id, version),
  CHECK (module IS NOT NULL OR source IS NOT NULL)
);
COMMENT ON TABLE checker.checker_version IS 'every version of every checker''s program';
COMMENT ON COLUMN checker.checker_version.module IS 'the WebAssembly binary; NULL where the language has none';
COMMENT ON COLUMN checker.checker_version.digest IS 'SHA-256 in hex: of the module, else of language and source';
COMMENT ON COLUMN checker.checker_version.environment IS
  'what creation noted of its surroundings because it decides what the source means, such as the search_path of a query';
ALTER TABLE checker.checker_version ALTER COLUMN module SET STORAGE EXTERNAL;
SELECT pg_catalog.pg_extension_config_dump('checker.checker_version', '');

CREATE TABLE checker.holiday (
  day      date NOT NULL,
  calendar text NOT NULL DEFAULT 'default',
  name     text NOT NULL DEFAULT '',
  PRIMARY KEY (day, calendar)
);
COMMENT ON TABLE checker.holiday IS 'days that are no business days';
SELECT pg_catalog.pg_extension_config_dump('checker.holiday', '');

CREATE FUNCTION checker.create_checker(
  name text, module bytea, source text DEFAULT NULL, datasets text[] DEFAULT '{}',
@CHECKER_OPTIONS@)
RETURNS bigint AS 'MODULE_PATHNAME', 'checker_create_checker_module' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.create_checker(text, bytea, text, text[], @CHECKER_OPTION_TYPES@) IS
  'stores a checker given as a WebAssembly binary, after compiling it; returns its id';

CREATE FUNCTION checker.create_checker(
  name text, language text, source text, datasets text[] DEFAULT '{}',
@CHECKER_OPTIONS@)
RETURNS bigint AS 'MODULE_PATHNAME', 'checker_create_checker_source' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.create_checker(text, text, text, text[], @CHECKER_OPTION_TYPES@) IS
  'stores a checker given as source text in a language, after checking it; returns its id';

CREATE FUNCTION checker.alter_checker(
  name text, source text DEFAULT NULL, module bytea DEFAULT NULL, datasets text[] DEFAULT NULL,
@CHECKER_CHANGES@,
  reset text[] DEFAULT NULL)
RETURNS void AS 'MODULE_PATHNAME', 'checker_alter_checker' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.alter_checker(text, text, bytea, text[], @CHECKER_CHANGE_TYPES@, text[]) IS
  'changes what is passed and leaves the rest; reset names options that get their defaults; a changed program is a new version';

CREATE FUNCTION checker.drop_checker(name text)
RETURNS void AS 'MODULE_PATHNAME', 'checker_drop_checker' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.drop_checker(text) IS
  'drops a checker with its versions, alarm and runs; a firing alarm is resolved first';

CREATE FUNCTION checker.enable_checker(name text)
RETURNS void AS 'MODULE_PATHNAME', 'checker_enable_checker' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.enable_checker(text) IS 'lets a disabled checker run again';

CREATE FUNCTION checker.disable_checker(name text, reason text DEFAULT NULL)
RETURNS void AS 'MODULE_PATHNAME', 'checker_disable_checker' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.disable_checker(text, text) IS
  'takes a checker out of the schedule and of calls that run all; its alarm is resolved';

CREATE FUNCTION checker.rename_checker(old text, new text)
RETURNS void AS 'MODULE_PATHNAME', 'checker_rename_checker' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.rename_checker(text, text) IS
  'gives a checker another name; its alarm is resolved under the old one';

CREATE FUNCTION checker.rollback_checker(name text, version int)
RETURNS void AS 'MODULE_PATHNAME', 'checker_rollback_checker' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.rollback_checker(text, int) IS 'makes an old version of a checker the current one';
