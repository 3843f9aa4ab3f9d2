"""Random rows and random rules about them. Values come from small pools, so that they meet each other, with what is
special about each type among them: infinities, NaN, signs of zero, scales, blanks, letters that differ by case only."""

SCHEMA = """
CREATE EXTENSION IF NOT EXISTS citext;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE UNLOGGED TABLE rows_of_test (
  id int, i int, b bigint, n numeric, f float8, r float4, t text, c citext, v varchar(8), p char(5), d date, day date,
  ts timestamp, tz timestamptz, e mood, u uuid, o boolean, a int[], j jsonb, iv interval, k text COLLATE "en-x-icu",
  w text COLLATE nocase);
CREATE UNLOGGED TABLE other_rows (LIKE rows_of_test);
"""

WORDS = ['', 'a', 'A', 'b', 'ab', 'Ab ', ' a', 'é', 'É', 'zebra', 'a\\b', "a'b", '%', '1', '10', '2']
POOLS = {
    'i': [-3, -1, 0, 1, 2, 3, 4, 5, 7, 2147483647, -2147483648],
    'b': [-1, 0, 1, 2, 9007199254740992, 9007199254740993, 9223372036854775807],
    'n': ['0', '0.0', '1', '1.0', '1.00', '-1.5', '0.1', '0.3', '123456789012345678901234567890.5', 'NaN', 'Infinity',
          '-Infinity'],
    'f': ['0', '-0', '1', '0.1', '0.30000000000000004', '1e300', '-1e-300', 'NaN', 'Infinity', '-Infinity', '2.5'],
    'r': ['0', '-0', '1', '0.1', '0.3', '16777216', 'NaN', 'Infinity', '2.5'],
    't': WORDS, 'c': WORDS, 'v': WORDS, 'p': WORDS, 'k': WORDS, 'w': WORDS,
    'd': ['2020-01-01', '2020-01-02', '2020-02-29', '1999-12-31', 'infinity', '-infinity', '0044-03-15 BC'],
    'day': ['2020-01-01', '2020-01-02', '2020-01-03', '2020-01-05', '2020-01-06'],
    'ts': ['2020-01-01 00:00', '2020-01-01 00:00:00.000001', '2021-06-01 12:00', 'infinity', '-infinity'],
    'tz': ['2020-01-01 00:00+00', '2020-01-01 01:00+01', '2020-01-01 00:00:00.000001+00', '2021-06-01 12:00-05',
           'now', 'yesterday'],
    'e': ['sad', 'ok', 'happy'],
    'u': ['00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000001',
          'ffffffff-ffff-ffff-ffff-ffffffffffff'],
    'o': [True, False],
    'a': ['{}', '{1}', '{1,2}', '{2,1}', '{1,NULL}'],
    'j': ['{"a": 1}', '{"a": 2, "b": [1, 2]}', '{"a": "x"}', '[1, 2]', '3', 'null'],
    'iv': ['1 day', '24:00', '1 month', '30 days', '-1 hour', '0'],
}
NUMBERS = ['i', 'b', 'n', 'f', 'r']
TEXTS = ['t', 'c', 'v', 'p', 'k']
COLUMNS = [name for name in POOLS if name != 'j']
# What has an order, and what max takes besides.
ORDERED = [name for name in COLUMNS if name != 'w']
MAXIMAL = [name for name in ORDERED if name not in ('u', 'o')]
# Of each group every two compare with each other.
COMPARABLE = [['i', 'b', 'n'], ['f', 'r'], ['i', 'f'], ['t', 'v'], ['d', 'day', 'ts'], ['tz'], ['e'], ['iv'], ['c'], ['k'],
              ['w']]
PATTERNS = ['^a', 'b$', '^$', '[0-9]+', '^.{1,2}$', '(?i)^A', 'é', '\\\\', '^[^ ]*$']
PATHS = ['$.a > 1', '$.a == "x"', 'exists($.b)', '$[*] == 2', '$ > 2']
COMPARISONS = ['equal', 'not_equal', 'less_than', 'at_most', 'greater_than', 'at_least']
COUNTS = ['count', 'null_count', 'count_distinct', 'duplicate_count', 'null_percent']


class Number(str):
    """A number of JSON as it is to be written."""


def random_row(random, row_id):
    """A row as the values of an INSERT: texts, or None."""
    sparse = random.random() < 0.3
    def pick(column):
        if random.random() < (0.4 if sparse else 0.08):
            return None
        return random.choice(POOLS[column])
    return [row_id] + [pick(column) for column in SCHEMA_ORDER]


SCHEMA_ORDER = ['i', 'b', 'n', 'f', 'r', 't', 'c', 'v', 'p', 'd', 'day', 'ts', 'tz', 'e', 'u', 'o', 'a', 'j', 'iv', 'k', 'w']


def operand(random, column):
    """A value to hold a column against, as JSON."""
    if column in NUMBERS:
        special = [value for value in POOLS[column] if isinstance(value, str) and value.strip('-')[0].isalpha()]
        if special and random.random() < 0.15:
            return random.choice(special)
        return Number(random.choice(['0', '1', '2', '-1', '1.0', '0.1', '0.3', '2.5', '1e2', '9007199254740993', '-3',
                                     '123456789012345678901234567890.5', '16777217', '0.30000000000000004']))
    return random.choice(POOLS[column])


def ordered_pair(random, column):
    return [operand(random, column), operand(random, column)]


def with_bounds(random, rule, make):
    """One, two or three thresholds."""
    kind = random.random()
    if kind < 0.7:
        rule['value'] = make()
    elif kind < 0.85:
        rule['warn_value'] = make()
    else:
        rule['value'] = make()
        rule['warn_value'] = make()
    return rule


def tolerance(random):
    return random.choice([Number('0'), Number('1'), Number('2'), Number('2.5'), '10%', '33.3 %', '0%'])


def maybe_allowed(random, rule):
    if random.random() < 0.3:
        rule['allow'] = tolerance(random)
    return rule


def metric_rule(random):
    kind = random.random()
    rule = {'dataset': 'd'}
    if kind < 0.15:
        make = lambda: Number(random.choice(['0', '1', '3', '5.5', '8', '-1', '100']))
    elif kind < 0.25:
        rule['metric'] = {'percent_of': 'o'}
        make = lambda: Number(random.choice(['0', '50', '100', '120.5']))
    elif kind < 0.5:
        column = random.choice(ORDERED)
        rule['metric'] = {'column': column, 'aggregate': random.choice(COUNTS)}
        make = lambda: Number(random.choice(['0', '1', '2', '3', '33.3', '100']))
    elif kind < 0.7:
        column = random.choice(MAXIMAL)
        rule['metric'] = {'column': column, 'aggregate': random.choice(['min', 'max'])}
        make = lambda: operand(random, column)
    elif kind < 0.8:
        column = random.choice(TEXTS)
        rule['metric'] = {'column': column, 'aggregate': random.choice(['min_length', 'max_length', 'avg_length'])}
        make = lambda: Number(random.choice(['0', '1', '1.5', '2', '5']))
    else:
        column = random.choice(['i', 'n', 'r'] + NUMBERS)
        aggregate = random.choice(['sum', 'avg', 'stddev', 'variance', 'median', 'quantile'])
        if column == 'f' and aggregate in ('sum', 'avg', 'stddev', 'variance'):
            column = 'n'  # 1e300 overflows, in plain SQL as well
        rule['metric'] = {'column': column, 'aggregate': aggregate}
        if aggregate == 'quantile':
            rule['metric']['quantile'] = Number(random.choice(['0', '0.25', '0.9', '1']))
        make = lambda: Number(random.choice(['0', '1', '2.5', '-3', '0.1', '100']))
    if random.random() < 0.2:
        rule['assert'] = 'between'
        return with_bounds(random, rule, lambda: [make(), make()])
    rule['assert'] = random.choice(COMPARISONS)
    return with_bounds(random, rule, make)


def rows_rule(random):
    kind = random.choice(['not_null', 'unique', 'unique_together', 'in_set', 'not_in_set', 'in_range', 'matches',
                          'not_empty_string', 'length_between', 'increasing', 'no_gaps', 'compare', 'json_matches',
                          'references', 'valid_share', 'fresh', 'same_rows', 'empty', 'not_empty'])
    rule = {'dataset': 'd', 'assert': kind}
    if kind == 'not_null':
        rule['column'] = random.choice(COLUMNS + ['j'])
        return with_bounds(random, rule, lambda: tolerance(random))
    if kind == 'unique':
        rule['column'] = random.choice(COLUMNS)
        return with_bounds(random, rule, lambda: tolerance(random))
    if kind == 'unique_together':
        rule['columns'] = random.sample([name for name in COLUMNS if name != 'w'], 2)
        return maybe_allowed(random, rule)
    if kind in ('in_set', 'not_in_set'):
        column = rule['column'] = random.choice(COLUMNS)
        make = lambda: [operand(random, column) for _ in range(random.randint(1, 12))]
        return maybe_allowed(random, with_bounds(random, rule, make))
    if kind == 'in_range':
        column = rule['column'] = random.choice(ORDERED)
        def make():
            low, high = ordered_pair(random, column)
            return random.choice([[low, high], [None, high], [low, None]])
        return maybe_allowed(random, with_bounds(random, rule, make))
    if kind == 'matches':
        rule['column'] = random.choice(TEXTS)
        return with_bounds(random, rule, lambda: random.choice(PATTERNS))
    if kind == 'not_empty_string':
        rule['column'] = random.choice(TEXTS + ['w'])
        return maybe_allowed(random, rule)
    if kind == 'length_between':
        rule['column'] = random.choice(TEXTS + ['w'])
        return with_bounds(random, rule, lambda: [Number(random.randint(0, 2)), random.choice([None, Number(3)])])
    if kind == 'increasing':
        rule['column'] = random.choice(MAXIMAL)
        rule['strict'] = random.random() < 0.5
        return maybe_allowed(random, rule)
    if kind == 'no_gaps':
        rule['column'] = random.choice(['day', 'b'])
        return with_bounds(random, rule, lambda: Number(random.randint(0, 3)))
    if kind == 'compare':
        group = random.choice(COMPARABLE)
        rule['column'], rule['other_column'] = random.choice(group), random.choice(group)
        rule['operator'] = random.choice(COMPARISONS)
        return maybe_allowed(random, rule)
    if kind == 'json_matches':
        rule['column'] = 'j'
        return with_bounds(random, rule, lambda: random.choice(PATHS + [{'a': Number('1')}, [Number('1')]]))
    if kind == 'references':
        group = random.choice(COMPARABLE)
        rule['column'], rule['other_column'] = random.choice(group), random.choice(group)
        rule['other'] = 'o'
        return maybe_allowed(random, rule)
    if kind == 'valid_share':
        column = rule['column'] = random.choice(COLUMNS)
        rule['values'] = [operand(random, column) for _ in range(random.randint(1, 4))]
        return with_bounds(random, rule, lambda: Number(random.choice(['0', '50', '66.6', '100'])))
    if kind == 'fresh':
        rule['column'] = random.choice(['tz', 'ts', 'd'])
        return with_bounds(random, rule, lambda: random.choice(['1 hour', '2 days', '1000 years', Number('90000')]))
    if kind == 'same_rows':
        rule.update(dataset='part', other='other_part')
    return rule


def random_rule(random):
    return metric_rule(random) if random.random() < 0.35 else rows_rule(random)


def to_json(value):
    """JSON, with Numbers as they are written."""
    import json
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return '{' + ', '.join(json.dumps(key) + ': ' + to_json(item) for key, item in value.items()) + '}'
    if isinstance(value, list):
        return '[' + ', '.join(to_json(item) for item in value) + ']'
    return json.dumps(value)
