"""Each rule as somebody would write it in plain SQL, over the same tables."""
from random_rules import Number, to_json

SYMBOLS = {'equal': '=', 'not_equal': '<>', 'less_than': '<', 'at_most': '<=', 'greater_than': '>', 'at_least': '>='}
ROWS = 'rows_of_test'
OTHER = 'other_rows'


def literal(value):
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return 'NULL'
    return "'" + value.replace("'", "''") + "'"


def values(items):
    return '(' + ', '.join(literal(item) for item in items) + ')'


def metric(rule):
    """The figure as an expression over the rows."""
    what = rule.get('metric', 'row_count')
    if what == 'row_count':
        return 'count(*)'
    if 'percent_of' in what:
        return f'100.0 * count(*) / nullif((SELECT count(*) FROM {OTHER}), 0)'
    column, aggregate = what['column'], what['aggregate']
    numbers = ('i', 'b', 'n', 'f', 'r')
    if aggregate in ('min', 'max', 'sum', 'avg', 'stddev', 'variance', 'count'):
        return f'{aggregate}({column})'
    if aggregate in ('median', 'quantile'):
        fraction = what.get('quantile', '0.5')
        kind = 'cont' if column in numbers else 'disc'
        return f'percentile_{kind}({fraction}) WITHIN GROUP (ORDER BY {column})'
    return {
        'count_distinct': f'count(DISTINCT {column})',
        'null_count': f'count(*) - count({column})',
        'null_percent': f'100.0 * (count(*) - count({column})) / nullif(count(*), 0)',
        'duplicate_count': f'count({column}) - count(DISTINCT {column})',
        'min_length': f'min(length({column}))',
        'max_length': f'max(length({column}))',
        'avg_length': f'avg(length({column}))',
    }[aggregate]


def metric_holds(rule, bound):
    figure = f'(SELECT {metric(rule)} FROM {ROWS})'
    if rule['assert'] == 'between':
        return f'coalesce({figure} BETWEEN {literal(bound[0])} AND {literal(bound[1])}, true)'
    return f"coalesce({figure} {SYMBOLS[rule['assert']]} {literal(bound)}, true)"


def between(value, bound):
    low, high = bound
    parts = []
    if low is not None:
        parts.append(f'{value} >= {literal(low)}')
    if high is not None:
        parts.append(f'{value} <= {literal(high)}')
    return ' AND '.join(parts)


def failing_rows(rule, bound):
    """How many rows fail, as a query of one number."""
    kind, column = rule['assert'], rule.get('column')
    where = None
    if kind == 'not_null':
        where = f'{column} IS NULL'
    elif kind == 'unique':
        return f'SELECT count({column}) - count(DISTINCT {column}) FROM {ROWS}'
    elif kind == 'unique_together':
        first, second = rule['columns']
        return (f'SELECT count(*) - count(DISTINCT ({first}, {second})) FROM {ROWS} '
                f'WHERE {first} IS NOT NULL AND {second} IS NOT NULL')
    elif kind == 'in_set':
        where = f'{column} NOT IN {values(bound)}'
    elif kind == 'not_in_set':
        where = f'{column} IN {values(bound)}'
    elif kind == 'in_range':
        where = f'NOT ({between(column, bound)})'
    elif kind == 'matches':
        where = f'{column} !~ {literal(bound)}'
    elif kind == 'not_empty_string':
        where = f"{column} = ''"
    elif kind == 'length_between':
        where = f'NOT ({between(f"length({column})", bound)})'
    elif kind == 'increasing':
        symbol = '>=' if rule['strict'] else '>'
        where = f'EXISTS (SELECT FROM {ROWS} AS e WHERE e.id < r.id AND e.{column} {symbol} r.{column})'
    elif kind == 'no_gaps' and column == 'day':
        return (f'SELECT count(*) FROM generate_series((SELECT min(day) FROM {ROWS}), (SELECT max(day) FROM {ROWS}), '
                f"'1 day') AS g WHERE NOT EXISTS (SELECT FROM {ROWS} WHERE day = g)")
    elif kind == 'no_gaps':
        return f'SELECT coalesce(max(b)::numeric - min(b) + 1 - count(DISTINCT b), 0) FROM {ROWS}'
    elif kind == 'compare':
        where = f"NOT ({column} {SYMBOLS[rule['operator']]} {rule['other_column']})"
    elif kind == 'json_matches':
        holds = f'j @@ {literal(bound)}' if isinstance(bound, str) else f'j @> {literal(to_json(bound))}'
        where = f'j IS NOT NULL AND ({holds}) IS NOT TRUE'
    elif kind == 'references':
        where = (f"{column} IS NOT NULL AND NOT EXISTS (SELECT FROM {OTHER} AS k "
                 f"WHERE k.{rule['other_column']} = r.{column})")
    elif kind == 'same_rows':
        part = 'SELECT i, n, f, t, c, d, iv, a, j, w FROM'
        return (f'SELECT (SELECT count(*) FROM ({part} {ROWS} EXCEPT ALL {part} {OTHER}) AS x) + '
                f'(SELECT count(*) FROM ({part} {OTHER} EXCEPT ALL {part} {ROWS}) AS y)')
    return f'SELECT count(*) FROM {ROWS} AS r WHERE {where}'


def tolerates(rule, bound, failing):
    if rule['assert'] in ('not_null', 'unique', 'no_gaps'):
        allowed = bound
    else:
        allowed = rule.get('allow', Number('0'))
    if allowed is None:
        allowed = Number('0')
    if isinstance(allowed, Number):
        return f'({failing}) <= {allowed}'
    return f"({failing}) * 100 <= {allowed.rstrip(' %')} * (SELECT count(*) FROM {ROWS})"


def bound_holds(rule, bound):
    kind = rule['assert']
    if kind in SYMBOLS or kind == 'between':
        return metric_holds(rule, bound)
    if kind == 'empty':
        return f'NOT EXISTS (SELECT FROM {ROWS})'
    if kind == 'not_empty':
        return f'EXISTS (SELECT FROM {ROWS})'
    if kind == 'fresh':
        age = f"{bound} seconds" if isinstance(bound, Number) else bound
        return (f"coalesce((SELECT max({rule['column']})::timestamptz FROM {ROWS}) >= now() - interval '{age}', false)")
    if kind == 'valid_share':
        return (f"coalesce((SELECT 100.0 * count(*) FILTER (WHERE {rule['column']} IN {values(rule['values'])}) / "
                f'nullif(count(*), 0) FROM {ROWS}) >= {literal(bound)}, true)')
    return tolerates(rule, bound, failing_rows(rule, bound))


def outcome(rule):
    """The outcome as an expression: 'ok', 'warn' or 'fail'."""
    fail = rule.get('value')
    warn = rule.get('warn_value')
    if warn is None or 'value' in rule:
        failed = f'WHEN NOT ({bound_holds(rule, fail)}) THEN \'fail\''
    else:
        failed = ''
    warned = f'WHEN NOT ({bound_holds(rule, warn)}) THEN \'warn\'' if warn is not None else ''
    return f"(CASE {failed} {warned} ELSE 'ok' END)"
