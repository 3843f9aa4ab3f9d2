-- Proposals: rules that hold on a table now and are likely to be meant.

-- A name for a checker made of what it is about.
CREATE FUNCTION checker.suggested_name(VARIADIC parts text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT "left"(regexp_replace(regexp_replace(array_to_string(parts, '_'), '[^A-Za-z0-9_-]', '_', 'g'),
                             '^([^A-Za-z_])', '_\1'), 63)
$$;
COMMENT ON FUNCTION checker.suggested_name(text[]) IS 'a valid name for a checker or dataset, made of parts';

-- What a sample of one column shows. Reads as the caller.
CREATE FUNCTION checker.suggest_for_column(source text, whole boolean, dataset text, column_name text,
  type regtype, category "char", is_not_null boolean, is_unique boolean, OUT name text, OUT rule jsonb, OUT why text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  least_rows constant int := 10;
  least_rows_for_set constant int := 100;
  most_values constant int := 10;
  quoted constant text := format('%I', column_name);
  is_text constant boolean := category = 'S';
  is_time constant boolean := type IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype);
  is_exact constant boolean := type IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype);
  total bigint;
  present bigint;
  different bigint;
  least text;
  newest timestamptz;
  empty bigint;
  emails bigint;
  uuids bigint;
  found_values jsonb;
  seen text;
BEGIN
  -- Types without equality say nothing but whether they are null.
  EXECUTE format('SELECT count(*), count(%1$s) FROM %2$s', quoted, source) INTO total, present;
  IF total < least_rows THEN RETURN; END IF;
  seen := CASE WHEN whole THEN format('of all %s rows', total) ELSE format('of %s sampled rows', total) END;

  name := checker.suggested_name(dataset, column_name, 'not_null');
  rule := jsonb_build_object('dataset', dataset, 'assert', 'not_null', 'column', column_name);
  why := format('no row %s has a null in %s, and no constraint says so', seen, quoted);
  IF present = total AND NOT is_not_null THEN RETURN NEXT; END IF;
  IF present = 0 OR NOT (is_text OR is_exact OR is_time OR type = 'uuid'::regtype) THEN RETURN; END IF;

  EXECUTE format('SELECT count(DISTINCT %1$s) FROM %2$s', quoted, source) INTO different;
  name := checker.suggested_name(dataset, column_name, 'unique');
  rule := jsonb_build_object('dataset', dataset, 'assert', 'unique', 'column', column_name);
  why := format('no value of %s comes twice in %s, and no index says so', quoted, substr(seen, 4));
  IF different = present AND present >= least_rows AND NOT is_unique AND NOT is_time
     AND type <> 'numeric'::regtype THEN
    RETURN NEXT;
  END IF;

  IF different <= most_values AND present >= least_rows_for_set AND (is_text OR type = 'int2'::regtype) THEN
    EXECUTE format('SELECT jsonb_agg(value ORDER BY value::text) FROM (SELECT DISTINCT to_jsonb(%1$s) AS value'
                   ' FROM %2$s WHERE %1$s IS NOT NULL) AS v', quoted, source) INTO found_values;
    name := checker.suggested_name(dataset, column_name, 'in_set');
    rule := jsonb_build_object('dataset', dataset, 'assert', 'in_set', 'column', column_name, 'value', found_values);
    why := format('%s has but %s values in %s', quoted, different, substr(seen, 4));
    RETURN NEXT;
  END IF;

  IF is_exact THEN
    EXECUTE format('SELECT min(%1$s)::text FROM %2$s', quoted, source) INTO least;
    IF least::numeric >= 0 AND column_name !~ '(^|_)id$' THEN
      name := checker.suggested_name(dataset, column_name, 'not_negative');
      rule := jsonb_build_object('dataset', dataset, 'assert', 'in_range', 'column', column_name,
                                 'value', jsonb_build_array(0, NULL));
      why := format('no value of %s is negative; the least one is %s', quoted, least);
      RETURN NEXT;
    END IF;
  END IF;

  IF is_text THEN
    EXECUTE format($query$
      SELECT count(*) FILTER (WHERE v = ''), count(*) FILTER (WHERE v ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
             count(*) FILTER (WHERE v ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')
      FROM (SELECT %1$s::text AS v FROM %2$s) AS t$query$, quoted, source) INTO empty, emails, uuids;
    IF emails = present OR uuids = present THEN
      name := checker.suggested_name(dataset, column_name, 'matches');
      rule := jsonb_build_object('dataset', dataset, 'assert', 'matches', 'column', column_name, 'value',
        CASE WHEN emails = present THEN '^[^@[:space:]]+@[^@[:space:]]+$'
             ELSE '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' END);
      why := format('every value of %s looks like %s', quoted,
                    CASE WHEN emails = present THEN 'an e-mail address' ELSE 'a uuid' END);
      RETURN NEXT;
    ELSIF empty = 0 AND different > most_values THEN
      name := checker.suggested_name(dataset, column_name, 'not_empty_string');
      rule := jsonb_build_object('dataset', dataset, 'assert', 'not_empty_string', 'column', column_name);
      why := format('no value of %s is an empty string', quoted);
      RETURN NEXT;
    END IF;
  END IF;

  IF is_time THEN
    EXECUTE format('SELECT max(%1$s)::timestamptz FROM %2$s', quoted, source) INTO newest;
    IF newest <= now() AND newest > now() - interval '7 days' THEN
      name := checker.suggested_name(dataset, column_name, 'fresh');
      rule := jsonb_build_object('dataset', dataset, 'assert', 'fresh', 'column', column_name, 'value',
        CASE WHEN newest > now() - interval '1 hour' THEN '1 day'
             WHEN newest > now() - interval '1 day' THEN '2 days' ELSE '14 days' END);
      why := format('the newest value of %s is %s old', quoted, date_trunc('minute', now() - newest));
      RETURN NEXT;
    END IF;
  END IF;
END $$;
COMMENT ON FUNCTION checker.suggest_for_column(text, boolean, text, text, regtype, "char", boolean, boolean) IS
  'the part of suggest_checkers for one column';

CREATE FUNCTION checker.suggest_checkers("table" regclass, OUT name text, OUT rule jsonb, OUT why text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  most_rows constant int := 100000;
  relation record;
  dataset text;
  source text;
  whole boolean;
  one record;
  total bigint;
  broken boolean;
BEGIN
  SELECT c.oid, c.relname, c.relkind, c.relnamespace, c.reltuples INTO relation FROM pg_class c WHERE c.oid = "table";
  IF relation.oid IS NULL THEN
    RAISE EXCEPTION 'the table does not exist'
      USING ERRCODE = 'undefined_table', HINT = 'Pass the name of a table, as in ''public.users''.';
  END IF;
  IF relation.relkind NOT IN ('r', 'p', 'm', 'v', 'f') THEN
    RAISE EXCEPTION '"%" is not a table', relation.relname
      USING ERRCODE = 'wrong_object_type', HINT = 'Pass a table or a view.';
  END IF;
  IF NOT has_any_column_privilege(relation.oid, 'SELECT') THEN
    RAISE EXCEPTION 'permission denied for table "%"', relation.relname
      USING ERRCODE = 'insufficient_privilege', HINT = 'Ask its owner for SELECT.';
  END IF;

  dataset := checker.suggested_name(relation.relname);
  whole := relation.relkind NOT IN ('r', 'p', 'm') OR relation.reltuples <= most_rows;
  source := format('%s AS s', relation.oid::regclass);
  IF NOT whole THEN
    source := format('%s TABLESAMPLE system (%s) REPEATABLE (1)', source,
                     (100.0 * most_rows / relation.reltuples)::numeric(12, 6));
  END IF;

  EXECUTE format('SELECT count(*) FROM (SELECT FROM %s LIMIT 1000) AS seen', source) INTO total;
  IF total > 0 THEN
    name := checker.suggested_name(dataset, 'not_empty');
    rule := jsonb_build_object('dataset', dataset, 'assert', 'not_empty');
    why := 'the table has rows';
    RETURN NEXT;
  END IF;
  IF total >= 100 THEN
    name := checker.suggested_name(dataset, 'does_not_shrink');
    rule := jsonb_build_object('dataset', dataset, 'assert', 'at_least', 'value', -50, 'change',
                               jsonb_build_object('against', '1 day', 'as', 'percent'));
    why := 'a table that loses half of its rows within a day has usually lost them by mistake';
    RETURN NEXT;
  END IF;

  FOR one IN
    SELECT a.attnum, a.attname::text AS column_name, coalesce(nullif(t.typbasetype, 0), t.oid)::regtype AS type,
           t.typcategory, a.attnotnull,
           EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique AND i.indpred IS NULL
                   AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum) AS is_unique
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = relation.oid AND a.attnum > 0 AND NOT a.attisdropped
      AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
    ORDER BY a.attnum
  LOOP
    RETURN QUERY SELECT s.name, s.rule, s.why
      FROM checker.suggest_for_column(source, whole, dataset, one.column_name, one.type, one.typcategory,
                                      one.attnotnull, one.is_unique) AS s;
  END LOOP;

  -- customer_id without a foreign key, beside a table customer or customers with a key of that type.
  FOR one IN
    SELECT a.attname::text AS column_name, other.oid AS other, other.relname::text AS other_name, k.attname::text AS key
    FROM pg_attribute a
    JOIN pg_class other ON other.relnamespace = relation.relnamespace AND other.relkind IN ('r', 'p')
      AND other.relname IN (substr(a.attname, 1, length(a.attname) - 3), substr(a.attname, 1, length(a.attname) - 3) || 's',
                            substr(a.attname, 1, length(a.attname) - 3) || 'es')
    JOIN pg_index i ON i.indrelid = other.oid AND i.indisprimary AND i.indnkeyatts = 1
    JOIN pg_attribute k ON k.attrelid = other.oid AND k.attnum = i.indkey[0] AND k.atttypid = a.atttypid
    WHERE a.attrelid = relation.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname LIKE '_%\_id'
      AND has_column_privilege(a.attrelid, a.attnum, 'SELECT') AND has_column_privilege(k.attrelid, k.attnum, 'SELECT')
      AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = a.attrelid AND c.contype = 'f' AND a.attnum = ANY (c.conkey))
    ORDER BY a.attnum, other.relname
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE s.%I IS NOT NULL AND s.%2$I NOT IN (SELECT o.%I FROM %s AS o))',
                   source, one.column_name, one.key, one.other::regclass) INTO broken;
    CONTINUE WHEN broken OR total = 0;
    name := checker.suggested_name(dataset, one.column_name, 'references', one.other_name);
    rule := jsonb_build_object('dataset', dataset, 'assert', 'references', 'column', one.column_name,
                               'other', checker.suggested_name(one.other_name), 'other_column', one.key);
    why := format('every %I is a key of %s, and no foreign key says so', one.column_name, one.other::regclass);
    RETURN NEXT;
  END LOOP;

  -- What begins before it ends.
  FOR one IN
    SELECT earlier.attname::text AS earlier, later.attname::text AS later
    FROM (VALUES ('created_at', 'updated_at'), ('started_at', 'ended_at'), ('started_at', 'finished_at'),
                 ('starts_at', 'ends_at'), ('start_date', 'end_date'), ('valid_from', 'valid_to'),
                 ('ordered_at', 'shipped_at'), ('shipped_at', 'delivered_at')) AS pair(earlier, later)
    JOIN pg_attribute earlier ON earlier.attrelid = relation.oid AND earlier.attname = pair.earlier
    JOIN pg_attribute later ON later.attrelid = relation.oid AND later.attname = pair.later
      AND later.atttypid = earlier.atttypid
    WHERE earlier.atttypid IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
      AND has_column_privilege(relation.oid, earlier.attnum, 'SELECT')
      AND has_column_privilege(relation.oid, later.attnum, 'SELECT')
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE s.%I > s.%I)', source, one.earlier, one.later) INTO broken;
    CONTINUE WHEN broken OR total = 0;
    name := checker.suggested_name(dataset, one.earlier, 'before', one.later);
    rule := jsonb_build_object('dataset', dataset, 'assert', 'compare', 'column', one.earlier, 'operator', '<=',
                               'other_column', one.later);
    why := format('no row has %I after %I', one.earlier, one.later);
    RETURN NEXT;
  END LOOP;
END $$;
COMMENT ON FUNCTION checker.suggest_checkers(regclass) IS
  'proposes rules that hold on a table now, on a dataset of the table''s name; reads a sample, as the caller';
