-- Checkers in Python. The rule scripts of the system before this one run unchanged.
CREATE TABLE users (id int, username text, email text);
INSERT INTO users SELECT g, 'user' || g, CASE WHEN g > 50 THEN 'u' || g || '@example.org' END FROM generate_series(1, 60) g;
SELECT create_dataset('users_with_email_null', 'SELECT username FROM users WHERE email IS NULL ORDER BY id') > 0 AS made;
SELECT create_dataset('users', 'SELECT id, username, email FROM users ORDER BY id') > 0 AS made;
SELECT create_dataset('nobody', 'SELECT id FROM users WHERE false') > 0 AS made;
SELECT create_checker('few_null_emails', 'python', $$
if bussiness_day():
    CheckerCase().assertLessThan(datasets['users_with_email_null'], 42, 'There should be less than 42 users')
else:
    CheckerCase().assertLessThan(datasets['users_with_email_null'], 5, 'There should be less than 5 users')
$$, datasets => '{users_with_email_null}', max_samples => 2) > 0 AS made;
SELECT status, message ~ 'There should be less than (42|5) users' AS said, failures, passes, error FROM run_checker('few_null_emails');
SELECT ok, expected IN ('< 42', '< 5') AS expected, actual, exact, sample FROM assertions;
SELECT test_checker('few_null_emails', at => '2031-01-06 12:00+00') ->> 'message' AS monday,
       test_checker('few_null_emails', at => '2031-01-05 12:00+00') ->> 'message' AS sunday;
SELECT language, version, datasets FROM checkers;

-- The six, on datasets and on values.
SELECT create_checker('six', 'python', $$
case = CheckerCase()
case.assertEmpty(datasets['nobody'], 'nobody is nobody')
case.assertNotEmpty(datasets['users'], 'there are users')
case.assertEqual(datasets['users'], 60, 'sixty')
case.assertEqual(datasets['users'], datasets['default.users'], 'the same rows')
case.assertLessThan(datasets['users'], 61, 'fewer than 61')
case.assertGreaterThan(datasets['users'], 59, 'more than 59')
case.assertTrue(len(datasets['users']) == 60, 'true')
case.assertFalse(datasets['users'][0][2], 'false')
case.assertEqual([name for _, name, mail in datasets['users'] if mail][:2], ['user51', 'user52'], 'values')
case.assertEmpty([], 'an empty list')
case.assertLessThan(1.5, 2)
$$, datasets => '{users,nobody}') > 0 AS made;
SELECT status, message, failures, passes, error FROM run_checker('six');
SELECT ok, message, expected, actual FROM assertions WHERE run_id = (SELECT max(run_id) FROM runs) ORDER BY seq;

-- A failed assertion ends the script, unless it is caught.
SELECT create_checker('caught', 'python', $$
try:
    CheckerCase().assertEmpty(datasets['users'], 'first')
except FailedAssertion as failed:
    print('caught', failed)
warn('look')
ok('fine')
log('a line', 7)
CheckerCase().assertTrue(False, 'second')
print('never')
$$, datasets => '{users}', max_samples => 1) > 0 AS made;
SELECT status, message, failures, passes, output, error FROM run_checker('caught');
SELECT evaluate_checker('caught') -> 'log' AS log;

-- One that the script raises itself is a failure, too.
SELECT source, test_source('python', source) - '{run_uuid,started_at,duration,digest,fuel}'::text[] AS report
FROM unnest(ARRAY['raise FailedAssertion("stop")', E'class Late(FailedAssertion): pass\nraise Late("too late")',
                  'raise FailedAssertion()',
                  E'try:\n    CheckerCase().assertTrue(False, "first")\nexcept FailedAssertion:\n    raise',
                  E'try:\n    raise FailedAssertion("caught")\nexcept FailedAssertion:\n    pass']) source;

-- Rows as a list of tuples.
SELECT create_checker('rows', 'python', $$
users = datasets['users']
print(len(users), users.columns, users[0], users[-1])
print(users[1:3], users[58:], users[:4:2], users[-2:])
print((1, 'user1', None) in users, (1,) in users, bool(users), bool(datasets['nobody']), list(datasets['nobody']))
print(sum(user[0] for user in users), max(users)[0], sorted(user[1] for user in users)[0])
print({user[2] is None: user[0] for user in users}, users == list(users), users)
print(list(datasets), 'users' in datasets, 'x' in datasets, [len(rows) for rows in datasets.values()])
for left in range(200):
    for row in users:
        break
try:
    users[60]
except IndexError as error:
    print(error)
try:
    datasets['orders']
except KeyError as error:
    print(error)
$$, datasets => '{users,nobody}') > 0 AS made;
SELECT status, output, error FROM run_checker('rows');

-- What types become.
SELECT create_dataset('types', $$
  SELECT true AS flag, -7::smallint AS small, 70000 AS whole, 9007199254740993 AS large, 1.5::real AS "real",
         0.1::float8 AS double, 12.50::numeric(10,2) AS price, 123456789012345678901234567890.5 AS number,
         12::numeric AS total, 'NaN'::numeric AS nan, DATE '2023-11-14' AS day, DATE 'infinity' AS never,
         TIMESTAMP '2023-11-14 22:13:20.123456' AS at, TIMESTAMPTZ '2023-11-14 22:13:20+00' AS utc,
         TIMESTAMP '-infinity' AS always, INTERVAL '1 month 2 days 03:04:05.5' AS span,
         '12345678-9abc-def0-0123-456789abcdef'::uuid AS id, 'Zoë' AS name, '{"a": [1, null, 2.5]}'::jsonb AS json,
         '{{1,2},{3,NULL}}'::int[] AS list, '[2:3]={"a \"b\", c",NULL}'::text[] AS words, '{1.5,2}'::numeric[] AS prices,
         '{t,f}'::bool[] AS flags, '\x00ff'::bytea AS bytes, TIME '12:00' AS noon, NULL::int AS nothing
$$) > 0 AS made;
SELECT create_checker('types', 'python', $$
for name, value in zip(datasets['types'].columns, datasets['types'][0]):
    print(name, type(value).__name__, value)
$$, datasets => '{types}') > 0 AS made;
SELECT output, error FROM run_checker('types');


-- A long array.
SELECT create_dataset('long', $$
  SELECT array_agg(i) AS numbers, array_agg('"' || i || ' é') AS words FROM generate_series(1, 20000) i
$$) > 0 AS made;
SELECT create_checker('long', 'python', $$
numbers, words = datasets['long'][0]
print(len(numbers), sum(numbers), len(words), words[0], words[-1])
$$, datasets => '{long}', timeout => '5 s') > 0 AS made;
SELECT output, error FROM run_checker('long');

-- Arithmetic with dates and decimal numbers, and modules.
SELECT create_checker('library', 'python', $$
import datetime, decimal, json, re, math, random, time, collections
from datetime import timedelta
from decimal import Decimal
row = datasets['types'][0]
price, day, at, utc = row[6], row[10], row[12], row[13]
print(price + 1, price * 2, price / 3, price == Decimal('12.5'), price < 13, sum([price, price]), round(price, 1), float(price))
print(day + timedelta(days=20), at - timedelta(hours=1), at.date() == day, utc < now(), day.weekday())
print(json.dumps({'a': [1, None]}), re.match('([a-z]+)-(\\d+)', 'ab-12').group(2), math.sqrt(2))
print(collections.namedtuple('P', 'x y')(1, 2), f'{1/3:.3f}', '%05d' % 42, 2 ** 100)
first = random.random()
random.seed(1)
a = random.random()
random.seed(1)
print(a == random.random(), 0 <= first < 1, abs(time.time() - now().timestamp()) < 1)
class Total:
    def __init__(self):
        self.sum = 0
    def add(self, n):
        self.sum += n
        return self
def numbers():
    yield from (1, 2, 3)
print(Total().add(2).add(3).sum, list(numbers()), [x * y for x in (1, 2) for y in (3, 4)], sorted({'b': 1, 'a': 2}))
$$, datasets => '{types}') > 0 AS made;
SELECT output, error FROM run_checker('library');

-- Parameters and input.
SELECT create_checker('given', 'python', 'print(params["limit"], params.get("none"), input, now() == now())',
                      params => '{"limit": 42}') > 0 AS made;
SELECT output, error FROM run_checker('given', input => '{"a": [1]}', params => '{"limit": 7}');
SELECT output, error FROM run_checker('given');

-- Nothing of the outside is there.
SELECT create_checker('outside', 'python', $$
for name in ('os', 'socket', 'js', 'jsffi', 'vfs', 'uctypes', 'subprocess', 'nowhere'):
    try:
        __import__(name)
        print(name, 'is there')
    except ImportError as error:
        print(error)
try:
    open('/etc/passwd')
except NameError as error:
    print(error)
try:
    import io
    io.open('/etc/passwd')
except Exception as error:
    print(type(error).__name__)
$$) > 0 AS made;
SELECT status, output, error FROM run_checker('outside');

-- A fault of the syntax shows at creation, with its line.
SELECT create_checker('broken', 'python', E'x = 1\nif x:\nprint(x)\n');
SELECT create_checker('broken', 'python', E'x = 1\ndef f(:\n  pass');
SELECT create_checker('broken', 'python', E'x = "abc');
SELECT create_checker('broken', 'python', '');

-- What nobody catches is an error, with a traceback.
SELECT create_checker('raises', 'python', $$def inner(x):
    return x['missing']
def outer(x):
    return inner(x)
outer({'a': 1})
$$) > 0 AS made;
SELECT status, message, error FROM run_checker('raises');
SELECT create_checker('asserts', 'python', 'assert 1 > 2, "no"') > 0 AS made;
SELECT status, error FROM run_checker('asserts');
SELECT create_checker('exits', 'python', E'import sys\nsys.exit()') > 0 AS made;
SELECT status, error FROM run_checker('exits');
SELECT create_checker('undeclared', 'python', 'print(datasets["users"])') > 0 AS made;
SELECT status, error FROM run_checker('undeclared');
SELECT create_dataset('failing', 'SELECT 1 / (id - 30) AS x FROM users ORDER BY id') > 0 AS made;
SELECT create_checker('failing', 'python', $$
try:
    for row in datasets['failing']:
        pass
except Exception:
    print('caught')
$$, datasets => '{failing}') > 0 AS made;
SELECT status, output, error FROM run_checker('failing');

-- Limits.
SELECT create_checker('recursion', 'python', E'def f(n):\n    return f(n + 1)\nf(0)') > 0 AS made;
SELECT status, split_part(error, E'\n', 1) AS error FROM run_checker('recursion');
SELECT create_checker('string', 'python', 'x = "a" * (1 << 30)') > 0 AS made;
SELECT status, error FROM run_checker('string');
SELECT create_checker('hoard', 'python', E'x = []\nwhile True:\n    x.append(bytes(1000000))', memory_limit => '32MB') > 0 AS made;
SELECT status, error FROM run_checker('hoard');
SELECT create_checker('loop', 'python', E'while True:\n    pass', fuel => 1000000) > 0 AS made;
SELECT status, error FROM run_checker('loop');
SELECT create_checker('loop', 'python', E'while True:\n    pass', timeout => '20 ms', or_replace => true) > 0 AS made;
SELECT status, split_part(error, E'\n', 1) AS error FROM run_checker('loop');
SELECT create_checker('chatter', 'python', E'while True:\n    print("x" * 1000)') > 0 AS made;
SELECT status, length(output), error FROM run_checker('chatter');

-- A million rows in constant memory, the same fuel in each run.
SELECT create_dataset('million', 'SELECT g::bigint AS a, 3000000000 * g AS b FROM generate_series(1, 1000000) g') > 0 AS made;
SELECT create_checker('million', 'python', $$
count = 0
for a, b in datasets['million']:
    if b == a * 3000000000:
        count += 1
print(count)
$$, datasets => '{million}', memory_limit => '32MB') > 0 AS made;
SELECT output, error FROM run_checker('million');
SELECT count(DISTINCT evaluate_checker('million', run_uuid => '00000000-0000-0000-0000-000000000001') -> 'fuel') AS costs
FROM generate_series(1, 2);

-- On made-up rows.
SELECT test_source('python', $$
CheckerCase().assertLessThan(datasets['users'], 2, 'fewer than two')
print(now().year, [user[0] for user in datasets['users']])
$$, datasets => '{"users": [{"id": 1, "email": null}]}', at => '2031-01-02 00:00+00') - '{run_uuid,started_at,duration,digest,fuel}'::text[];
