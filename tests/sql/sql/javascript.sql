-- Checkers in JavaScript: creation, values, assertions, errors.
CREATE TABLE person (id bigint PRIMARY KEY, name text, email text, born date, seen timestamptz, score numeric(6,2),
                     tags text[], extra jsonb, active boolean, photo bytea, code uuid, wait interval, ratio float8);
INSERT INTO person VALUES
  (1, 'Ann', 'ann@example.com', '1970-01-02', '2024-01-01 00:00:00.123456+00', 12.50, '{a,"b c",NULL}', '{"k": [1, 2]}',
   true, '\x00ff', '12345678-9abc-def0-0123-456789abcdef', '1 year 2 days 03:04:05.5', 0.1),
  (9007199254740993, 'Bob', NULL, 'infinity', '-infinity', -0.05, '{}', 'null', false, '', NULL, NULL, 'NaN');
SELECT create_dataset('people', 'SELECT * FROM person ORDER BY id') > 0 AS created;
SELECT create_dataset('without_email', 'SELECT id, name FROM person WHERE email IS NULL') > 0 AS created;
SELECT create_dataset('hr.none', 'SELECT id FROM person WHERE false') > 0 AS created;
SELECT create_dataset('numbers', 'SELECT i AS a, 3 * i AS b, i::int AS c, i::float8 AS d FROM generate_series(1::bigint, 3000) i') > 0 AS created;

-- Runs a script once; what came of it.
CREATE FUNCTION try(script text, datasets text[] DEFAULT '{people,without_email,hr.none,numbers}', input jsonb DEFAULT NULL,
                    params jsonb DEFAULT '{}')
RETURNS TABLE (status text, message text, output text, error text) LANGUAGE plpgsql AS $$
DECLARE
  result jsonb;
BEGIN
  PERFORM create_checker('script', 'javascript', script, datasets, or_replace => true);
  result := evaluate_checker('script', input, params);
  RETURN QUERY SELECT result ->> 'status', result ->> 'message', rtrim(result ->> 'output', E'\n'), result ->> 'error';
END $$;

SELECT create_checker('few_null_emails', 'javascript', $$
  assertLessThan(datasets.without_email, 1, 'nobody should be without an e-mail');
  assertNotEmpty(datasets.people, 'there should be people');
$$, datasets => '{without_email,people}') > 0 AS created;
SELECT status, message, failures, passes FROM run_checker('few_null_emails');
SELECT seq, ok, message, expected, actual, sample FROM assertions ORDER BY seq;
SELECT name, language FROM checkers;
SELECT evaluate_checker('few_null_emails') ->> 'digest' = 'sha256:' || encode(sha256(convert_to('javascript', 'UTF8') || '\x00' ||
  convert_to((SELECT source FROM versions WHERE checker = 'default.few_null_emails'), 'UTF8')), 'hex') AS digest_is_of_source;

-- Values.
SELECT output FROM try($$ for (const p of datasets.people) for (const k in p) console.log(k, typeof p[k], p[k]) $$);
SELECT output FROM try($$ console.log(datasets.people.column('seen'), datasets.people.column('born'), datasets.people.column('id').constructor.name) $$);
SELECT output FROM try($$ console.log(datasets.numbers.column('a').constructor.name, datasets.numbers.column('c').constructor.name, datasets.numbers.column('d').constructor.name, datasets.numbers.column('b')[2999]) $$);
SELECT output FROM try($$ console.log(datasets.numbers.length, datasets.numbers.rows.length, datasets.numbers.first, datasets['hr.none'].first, datasets.none.length, datasets['default.numbers'].name) $$);
SELECT output FROM try($$ let n = 0; for (const row of datasets.numbers) if (row.b === 3n * row.a) n++; console.log(n) $$);
SELECT output FROM try($$ console.log(params, input) $$, input => '{"x": [1]}', params => '{"limit": 3, "name": "n"}');
SELECT status, message FROM try($$ assertEqual(now().getTime(), Number(now.microseconds() / 1000n)); assertEqual(Date.now(), now().getTime()); assertTrue(typeof businessDay() === 'boolean') $$);
BEGIN;
SELECT status FROM try($$ assertEqual(now.microseconds(), BigInt(params.now)) $$, params => jsonb_build_object('now', (extract(epoch FROM now()) * 1000000)::bigint::text));
COMMIT;
-- The last day that fits into 64 bits of microseconds since 1970, and the next, which does not.
SELECT create_dataset('last_days', $$SELECT d FROM (VALUES ('-infinity'::date), ('294247-01-10'), ('infinity')) v (d)$$) > 0 AS created;
SELECT create_dataset('late_days', $$SELECT d FROM (VALUES ('1970-01-02'::date), ('294247-01-11')) v (d)$$) > 0 AS created;
SELECT create_dataset('late_days_null', $$SELECT d FROM (VALUES (NULL::date), ('294247-01-11')) v (d)$$) > 0 AS created;
SELECT status, output, error FROM try($$ console.log(datasets.last_days.column('d')) $$, '{last_days}');
SELECT status, error FROM try($$ datasets.late_days.column('d') $$, '{late_days}');
SELECT status, error FROM try($$ datasets.late_days_null.column('d') $$, '{late_days_null}');

-- Assertions.
SELECT create_checker('assertions', 'javascript', $$
  assertEmpty(datasets.none); assertEqual(datasets.people, datasets.people); assertGreaterThan(datasets.numbers, 2999);
  assertEqual(datasets.people, 3, 'three'); assertEqual([1, { a: 2n }], [1, { a: 3 }], 'deep');
  assertTrue(false, 'true'); assertFalse(false); warn('w'); ok('o');
$$, datasets => '{people,hr.none,numbers}') > 0 AS created;
SELECT a ->> 'ok' AS ok, a ->> 'message' AS message, a ->> 'expected' AS expected, a ->> 'actual' AS actual
  FROM jsonb_array_elements(evaluate_checker('assertions') -> 'assertions') a;
-- What equals what. Names those pairs that are taken the wrong way.
SELECT output FROM try($$
  class Point { constructor(x) { this.x = x } }
  class Hidden { #x; constructor(x) { this.#x = x } }
  const { numbers, people } = datasets;
  const loop = (name) => { const object = { name }; object.self = object; return object };
  const nothing = (fields) => Object.assign(Object.create(null), fields);
  const differ = {
    datasets: [[numbers], [people]], members: [{ x: numbers }, { x: people }], rows: [[numbers], [numbers.rows]],
    objectMap: [{}, new Map([[1, 2]])], objectSet: [{}, new Set([1])], mapObject: [new Map(), {}],
    maps: [new Map([[1, 2]]), new Map([[1, 3]])], sets: [new Set([1]), new Set([2])], mapSet: [new Map(), new Set()],
    patterns: [/a/, /b/], flags: [/a/, /a/i], errors: [Error('a'), Error('b')], names: [new TypeError('a'), new RangeError('a')],
    boxes: [new Number(1), new Number(2)], strings: [new String('a'), new String('b')], box: [new Number(1), new String('1')],
    buffers: [new ArrayBuffer(1), new ArrayBuffer(2)],
    views: [new DataView(new ArrayBuffer(1)), new DataView(new ArrayBuffer(2))],
    promises: [Promise.resolve(1), Promise.resolve(2)], weak: [new WeakMap(), new WeakSet()], objectArray: [{}, []],
    typed: [new Int8Array([1]), new Int8Array([2])], dates: [new Date(1), new Date(2)], objectDate: [{}, new Date(1)],
    classes: [new Point(1), { x: 1 }], points: [new Point(1), new Point(2)], hidden: [new Hidden(1), new Hidden(2)],
    keys: [{ a: undefined }, { b: undefined }], tools: [Math, JSON], loops: [loop('a'), loop('b')],
  };
  const same = {
    datasets: [[numbers], [datasets['default.numbers']]], bare: [nothing({ a: 1 }), { a: 1n }], empty: [{}, nothing()],
    maps: [new Map([[1, { a: 2 }]]), new Map([[1n, { a: 2n }]])], sets: [new Set(['a', 1]), new Set(['a', 1n])],
    patterns: [/a/g, /a/g], errors: [Error('a'), Error('a')], boxes: [Object(1n), Object(1n)], points: [new Point(1), new Point(1n)],
    typed: [new Int8Array([1, 2]), [1, 2n]], dates: [[new Date(NaN)], [new Date(NaN)]], loops: [loop('a'), loop('a')],
  };
  for (const what in differ) if (assertEqual(...differ[what]) || assertEqual(...differ[what].toReversed())) console.log('equal', what);
  for (const what in same) if (!assertEqual(...same[what])) console.log('not equal', what);
  // What a script changes of the built-in objects does not matter.
  Map.prototype[Symbol.iterator] = Set.prototype[Symbol.iterator] = function* () {};
  Object.prototype.hasOwnProperty = Object.hasOwn = () => true;
  globalThis.Map = globalThis.Error = Object;
  for (const what of ['maps', 'sets', 'errors', 'keys']) if (assertEqual(...differ[what])) console.log('changed', what);
  console.log('done');
$$);

-- Errors.
SELECT create_checker('broken', 'javascript', E'const a = 1;\nlet b = = 2;');
SELECT create_checker('broken', 'javascript', 'if (true) {');
SELECT create_checker('broken', 'javascript', 'import fs from "fs"');
SELECT status, error FROM try(E'\nfunction look(row) {\n  return row.missing.length;\n}\nlook(datasets.people.first);');
SELECT status, error FROM try('datasets.nobody');
SELECT status, error FROM try('await new Promise(() => {})');
SELECT status, error FROM try('Promise.reject(new TypeError("lost"))');
SELECT status, split_part(error, E'\n', 1) FROM try('(function f() { return 1 + f() })()');
SELECT status, split_part(error, E'\n', 1) FROM try('"x".repeat(2 ** 29)');
SELECT status, split_part(error, E'\n', 1) FROM try('const a = []; while (true) a.push(datasets)');
SELECT status, split_part(error, E'\n', 1) FROM try('datasets.people.column("nothing")');
SELECT status, message FROM try('await null; ok(1); return; fail(2)');
SELECT create_checker('endless', 'javascript', 'while (true);', timeout => '100 ms') > 0 AS created;
SELECT status, split_part(error, E'\n', 1) FROM run_checker('endless');
SELECT create_checker('endless', 'javascript', '/(a+)+$/.test("a".repeat(40) + "b")', fuel => 1000000, or_replace => true) > 0 AS created;
SELECT status, split_part(error, E'\n', 1) FROM run_checker('endless');
SET statement_timeout = '200ms';
SELECT create_checker('endless', 'javascript', 'while (true);', or_replace => true) > 0 AS created;
SELECT status FROM run_checker('endless');
RESET statement_timeout;
-- The session is as it was.
SELECT status, message FROM run_checker('few_null_emails');

-- The same run draws the same numbers.
SELECT create_checker('random', 'javascript', 'ok(Math.random())') > 0 AS created;
SELECT count(DISTINCT evaluate_checker('random', run_uuid => 'a0000000-0000-4000-8000-000000000000') ->> 'message')
  FROM generate_series(1, 3);
SELECT count(DISTINCT evaluate_checker('random') ->> 'message') FROM generate_series(1, 3);
