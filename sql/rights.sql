-- Nothing for PUBLIC.
DO $$
DECLARE
  routine regprocedure;
BEGIN
  FOR routine IN
    SELECT p.oid::regprocedure FROM pg_catalog.pg_proc p
    WHERE p.pronamespace = 'checker'::regnamespace
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', routine);
  END LOOP;
END $$;
REVOKE ALL ON ALL TABLES IN SCHEMA checker FROM PUBLIC;

CREATE FUNCTION checker.access_routines(level text) RETURNS SETOF regprocedure
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT p.oid::regprocedure
  FROM (VALUES ('may_read', 1), ('read_engine_stats', 1), ('param', 2), ('preview_dataset', 2), ('run_checker', 2), ('evaluate_checker', 2),
               ('require_checker', 2), ('test_checker', 2), ('test_source', 3), ('test_module', 3), ('create_dataset', 3), ('drop_dataset', 3), ('create_checker', 3),
               ('alter_checker', 3), ('alter_dataset', 3), ('drop_checker', 3), ('enable_checker', 3), ('disable_checker', 3), ('rename_checker', 3), ('rollback_checker', 3), ('sample_rows', 3), ('add_sample_row', 3), ('sample_repeats', 3),
               ('add_sample_repeat', 3), ('row_sample_result', 3), ('rule_schema', 1), ('suggest_checkers', 3),
               ('suggest_for_column', 3), ('suggested_name', 3), ('warm_cache', 4), ('probe_compiler', 4), ('claim_due', 4), ('record_run', 4), ('join_outbox', 4), ('claim_outbox', 4), ('renew_outbox', 4), ('rewind_outbox', 4),
               ('end_outbox_leases', 4), ('confirm_outbox', 4), ('dead_letter_outbox', 4), ('release_outbox', 4),
               ('outbox_depth', 4),
               ('grant_access', 5),
               ('revoke_access', 5), ('access_routines', 5)) AS granted(name, least)
  JOIN pg_proc p ON p.proname = granted.name AND p.pronamespace = 'checker'::regnamespace
  WHERE granted.least <= array_position('{reader,runner,author,operator,admin}', level)
$$;
COMMENT ON FUNCTION checker.access_routines(text) IS 'the functions that a level of access may call';

-- With the rights of the owner, who alone may grant: whom an admin lets in is the admin's to decide.
CREATE FUNCTION checker.grant_access(level text, role regrole) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  routine regprocedure;
BEGIN
  IF level IS NULL OR level <> ALL ('{reader,runner,author,operator,admin}') THEN
    RAISE EXCEPTION 'access level "%" does not exist', level
      USING ERRCODE = 'invalid_parameter_value', HINT = 'Levels are reader, runner, author, operator and admin.';
  END IF;
  IF role IS NULL OR NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = role) THEN
    RAISE EXCEPTION 'the role that is to have access does not exist'
      USING ERRCODE = 'invalid_parameter_value', HINT = 'Pass the name of a role, as in ''alice''.';
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA checker TO %s', role);
  EXECUTE format('GRANT SELECT ON checker.datasets, checker.checkers, checker.versions, checker.runs, checker.assertions, checker.alarms, checker.outbox_status, checker.engine_stats TO %s', role);
  IF level IN ('operator', 'admin') THEN
    EXECUTE format('GRANT SELECT ON checker.dead_letters TO %s', role);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON checker.holiday TO %s', role);
  END IF;
  FOR routine IN SELECT checker.access_routines(level) LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', routine, role);
  END LOOP;
END $$;
COMMENT ON FUNCTION checker.grant_access(text, regrole) IS
  'lets a role look (reader), also run (runner), also write its own checkers (author), also claim, record and relay (operator), also grant (admin)';

CREATE FUNCTION checker.revoke_access(level text, role regrole) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  routine regprocedure;
  levels constant text[] := '{reader,runner,author,operator,admin}';
BEGIN
  IF level IS NULL OR level <> ALL (levels) THEN
    RAISE EXCEPTION 'access level "%" does not exist', level
      USING ERRCODE = 'invalid_parameter_value', HINT = 'Levels are reader, runner, author, operator and admin.';
  END IF;
  IF role IS NULL OR NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = role) THEN
    RAISE EXCEPTION 'the role that is to lose access does not exist'
      USING ERRCODE = 'invalid_parameter_value', HINT = 'Pass the name of a role, as in ''alice''.';
  END IF;
  FOR routine IN
    SELECT checker.access_routines('admin')
    EXCEPT
    SELECT checker.access_routines(levels[array_position(levels, level) - 1])
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM %s', routine, role);
  END LOOP;
  IF level <> 'admin' THEN
    EXECUTE format('REVOKE ALL ON checker.dead_letters, checker.holiday FROM %s', role);
  END IF;
  IF level = 'reader' THEN
    EXECUTE format('REVOKE SELECT ON checker.datasets, checker.checkers, checker.versions, checker.runs, checker.assertions, checker.alarms, checker.outbox_status, checker.engine_stats FROM %s', role);
    EXECUTE format('REVOKE USAGE ON SCHEMA checker FROM %s', role);
  END IF;
END $$;
COMMENT ON FUNCTION checker.revoke_access(text, regrole) IS 'takes a level, and those above it, from a role';
REVOKE ALL ON FUNCTION checker.access_routines(text), checker.grant_access(text, regrole),
  checker.revoke_access(text, regrole) FROM PUBLIC;
