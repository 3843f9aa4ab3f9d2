-- Datasets: named read-only queries.

CREATE TABLE checker.dataset (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  namespace   text NOT NULL,
  name        text NOT NULL,
  query       text NOT NULL,
  params      jsonb NOT NULL DEFAULT '{}',
  description text,
  columns     jsonb NOT NULL,
  search_path text NOT NULL,
  settings    jsonb NOT NULL,
  owned_by    regrole NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (namespace, name)
);
COMMENT ON TABLE checker.dataset IS 'named read-only queries that checkers read';
COMMENT ON COLUMN checker.dataset.columns IS 'output columns in order: [{"name", "type"}]';
COMMENT ON COLUMN checker.dataset.search_path IS 'the search_path of its creation, under which it always runs';
COMMENT ON COLUMN checker.dataset.settings IS 'settings of its creation that decide what the query means: {"TimeZone": ...}';
COMMENT ON COLUMN checker.dataset.owned_by IS 'the role with whose rights the query runs';
COMMENT ON SEQUENCE checker.dataset_id_seq IS 'numbers datasets';
SELECT pg_catalog.pg_extension_config_dump('checker.dataset', '');
SELECT pg_catalog.pg_extension_config_dump('checker.dataset_id_seq', '');

CREATE FUNCTION checker.create_dataset(
  name text, query text, params jsonb DEFAULT '{}', description text DEFAULT NULL, or_replace boolean DEFAULT false)
RETURNS bigint AS 'MODULE_PATHNAME', 'checker_create_dataset' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.create_dataset(text, text, jsonb, text, boolean) IS
  'stores a named read-only query after parsing and planning it; returns its id';

CREATE FUNCTION checker.alter_dataset(name text, query text DEFAULT NULL, params jsonb DEFAULT NULL,
  description text DEFAULT NULL, reset text[] DEFAULT NULL)
RETURNS void AS 'MODULE_PATHNAME', 'checker_alter_dataset' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.alter_dataset(text, text, jsonb, text, text[]) IS
  'changes what is passed and leaves the rest; reset may name params and description';

CREATE FUNCTION checker.drop_dataset(name text, force boolean DEFAULT false)
RETURNS void AS 'MODULE_PATHNAME', 'checker_drop_dataset' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.drop_dataset(text, boolean) IS
  'drops a dataset; refused while a checker uses it, unless forced';

CREATE FUNCTION checker.preview_dataset(name text, max_rows int DEFAULT 20)
RETURNS SETOF jsonb AS 'MODULE_PATHNAME', 'checker_preview_dataset' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION checker.preview_dataset(text, int) IS
  'the first rows of a dataset as JSON, under the rights and limits of a run';

CREATE FUNCTION checker.param(name text, "default" text DEFAULT NULL)
RETURNS text AS 'MODULE_PATHNAME', 'checker_param' LANGUAGE C STABLE PARALLEL RESTRICTED;
COMMENT ON FUNCTION checker.param(text, text) IS
  'inside a dataset''s query: the value of a parameter as text, or the default if it is not set';

CREATE VIEW checker.datasets WITH (security_barrier) AS
  SELECT d.id, d.namespace, d.name, d.query, d.params, d.description, d.columns, d.owned_by AS owner, d.created_at,
         d.changed_at, d.search_path, d.settings
  FROM checker.dataset d
  WHERE checker.may_read(d.owned_by);
COMMENT ON VIEW checker.datasets IS 'datasets that the reader may see';
