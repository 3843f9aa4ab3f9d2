-- A dataset as CSV is what COPY … CSV HEADER writes of the same query, where the session has the default formats.
SET datestyle = 'ISO, MDY';
SET intervalstyle = 'postgres';
CREATE TYPE mood AS ENUM ('sad', 'so,so', 'happy "very"');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TYPE pair AS (a int, b text);
CREATE TABLE everything (
  i2 int2, i4 int4, i8 int8, n numeric, np numeric(10, 3), f4 float4, f8 float8, m money, b boolean, t text, v varchar(10), c char(5), y bytea,
  d date, tm time, tz timetz, ts timestamp, tsz timestamptz, iv interval, u uuid, j json, jb jsonb, x xml, ia int[], ta text[], e mood, p positive, r pair,
  pt point, net inet, mac macaddr, bits bit varying(8), rng int4range, ts_v tsvector, o oid, "quoted ""name""" text, "comma,name" text);
INSERT INTO everything VALUES
  (-32768, -2147483648, -9223372036854775808, 'NaN', -1234567.890, '-Infinity', 'NaN', '-1234.56', true, 'plain', 'ümlaut', 'ab', '\x00ff10',
   '-infinity', '24:00:00', '23:59:59.999999+02', '4713-01-01 00:00:00 BC', 'infinity', '-1 year 2 mons -3 days 04:05:06.789', '00000000-0000-0000-0000-000000000001',
   '{"a": "b,c"}', '{"a": [1, null]}', '<a b="c"/>', '{1,NULL,3}', '{"a,b","c\"d",NULL,"NULL",""}', 'happy "very"', 7, ROW(1, 'x,"y"'),
   '(1,2)', '10.0.0.0/8', '08:00:2b:01:02:03', B'0101', '[1,5)', 'fat cat', 4294967295, 'q', 'c'),
  (0, 0, 0, 0.000, 0, 1e-30, 1e300, '0', false, '', '', '', '', '2024-02-29', '00:00', '00:00+00', '2000-01-01 12:00:00.000001', '2000-01-01 12:00:00.1+00', '0',
   'ffffffff-ffff-ffff-ffff-ffffffffffff', '[]', '{}', '', '{}', '{}', 'so,so', 1, ROW(NULL, NULL), '(0.1,-0.2)', '::1', '00:00:00:00:00:00', B'', 'empty', '', 0, '', ''),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
   NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (1, 1, 1, 1e-20, 1, 1, 1, '1', true, E'line\nfeed', E'\r', E'a\nb', '\x', 'infinity', '1:00', '1:00-12', 'infinity', '-infinity', '1 mon', '12345678-1234-1234-1234-123456789012',
   E'{\n}', '"x"', 'text &amp; more', '{{1,2},{3,4}}', E'{"a\nb"}', 'sad', 2, ROW(2, E'\n'), '(1e300,1)', 'fe80::1/64', 'ff:ff:ff:ff:ff:ff', B'1', '(,)', 'a:1', 1, '"', ','),
  (2, 2, 2, 2, 2, 2, 2, '2', NULL, E'tab\there', 'comma,', 'q"q', '\x0a', '2000-01-01', '2:00', '2:00', '2000-01-01', '2000-01-01', '1 day', '00000000-0000-0000-0000-000000000002',
   '"\""', 'null', 'x', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\.', ' space '),
  (3, 3, 3, 3, 3, 3, 3, '3', NULL, '\.', '\N', 'NULL', '\x5c2e', '2000-01-01', '2:00', '2:00', '2000-01-01', '2000-01-01', '1 day', '00000000-0000-0000-0000-000000000003',
   '1', '1', 'x', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, E'\r\n', U&'\+01F600');

-- What the program is given for a query, as it writes it to stdout, beside what COPY writes.
SET checker.output_limit = '16MB';
CREATE FUNCTION compare(query text) RETURNS TABLE (bytes int, equal boolean) LANGUAGE plpgsql AS $$
DECLARE
  file text := current_setting('data_directory') || '/csv_test.csv';
  given text;
  copied text;
BEGIN
  PERFORM create_dataset('compared', query, or_replace => true);
  PERFORM create_checker('csv', 'wat', guest('[["write", 1, {"dataset": "compared"}]]'), '{compared}', memory_limit => '64MB', or_replace => true);
  EXECUTE format('COPY (%s) TO %L (FORMAT csv, HEADER)', query, file);
  copied := pg_read_file(file);
  given := evaluate_checker('csv') ->> 'output';
  RETURN QUERY SELECT octet_length(given), given = copied;
  IF given IS DISTINCT FROM copied THEN
    RAISE NOTICE E'given:\n%\ncopied:\n%', given, copied;
  END IF;
END $$;
SELECT * FROM compare('SELECT * FROM everything');
-- Column by column, as a single column is quoted differently.
SELECT attname, equal FROM pg_attribute, compare(format('SELECT %I FROM everything', attname)) WHERE attrelid = 'everything'::regclass AND attnum > 0 ORDER BY attnum;
SELECT * FROM compare('SELECT * FROM everything WHERE false');
SELECT * FROM compare('SELECT ''\.'' AS "\.", 1 AS b');
SELECT * FROM compare('SELECT ''\.'' AS "\."');
SELECT * FROM compare('SELECT NULL::text AS a, NULL::text AS b');
SELECT * FROM compare('SELECT NULL::text AS a');
SELECT * FROM compare('SELECT '''' AS a');
SELECT * FROM compare('SELECT i, repeat(''x'', i % 10) AS t FROM generate_series(1, 20000) i');
SELECT * FROM compare('SELECT repeat(''"'', 1000000) AS long');
SELECT * FROM compare('SELECT FROM everything');
SELECT * FROM compare('SELECT a.*, 1 AS one FROM everything a ORDER BY i4');

-- What a short one looks like, byte by byte.
SELECT create_dataset('short', E'SELECT * FROM (VALUES (1, NULL, ''''), (2, ''a,b'', ''say "hi"''), (3, E''x\ny'', '' '')) AS t(id, "na""me", "a b")') > 0 AS created;
SELECT create_checker('short', 'wat', guest('[["ok", {"dataset": "short"}]]'), '{short}') > 0 AS created;
SELECT message FROM run('short');
SELECT replace(message, E'\n', '\n') AS line FROM run('short');
