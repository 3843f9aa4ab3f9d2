-- pg_checker: checkers are small sandboxed programs that run over the rows of named queries.
\echo Use "CREATE EXTENSION pg_checker" to load this file. \quit

-- The schema belongs to the extension and goes with it. One that is there beforehand could hold planted objects.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname OPERATOR(pg_catalog.=) 'checker') THEN
    RAISE EXCEPTION 'schema "checker" already exists'
      USING ERRCODE = 'duplicate_schema', DETAIL = 'The extension makes it, so that nothing can be planted in it.',
            HINT = 'Drop or rename the schema, then create the extension again.';
  END IF;
END $$;
CREATE SCHEMA checker;
COMMENT ON SCHEMA checker IS 'pg_checker: functions, views and tables';

CREATE TYPE checker.status AS ENUM ('ok', 'warn', 'fail', 'no_data', 'error');
COMMENT ON TYPE checker.status IS
  'how a run ended, from good to bad: fail is an assertion that does not hold, error a checker that could not tell';

CREATE TYPE checker.alarm_state AS ENUM ('ok', 'pending', 'firing', 'recovering');
COMMENT ON TYPE checker.alarm_state IS 'state of a checker''s alarm';

CREATE FUNCTION checker.may_read(owned_by regrole) RETURNS boolean
AS 'MODULE_PATHNAME', 'checker_may_read' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION checker.may_read(regrole) IS
  'whether the reader may see what this role owns: a superuser, a member of the role, or of the role that owns the extension';

-- Guests speak UTF-8, and so do messages.
DO $$
BEGIN
  IF pg_catalog.getdatabaseencoding() OPERATOR(pg_catalog.<>) 'UTF8' THEN
    RAISE EXCEPTION 'pg_checker needs a database with encoding UTF8, not %', pg_catalog.getdatabaseencoding()
      USING ERRCODE = 'feature_not_supported', HINT = 'Create the database with ENCODING ''UTF8'' TEMPLATE template0.';
  END IF;
END $$;
