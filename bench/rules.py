"""Ten rules on one dataset: one read of it, so they are to cost about what the same ten figures cost in one plain query,
and far less than ten checkers of one rule each."""
import checks
from figures import Figure, median_milliseconds, row_count

TEN = """[
  {"dataset": "numbers", "assert": "not_empty"},
  {"dataset": "numbers", "assert": "at_least", "metric": {"column": "a", "aggregate": "min"}, "value": 0},
  {"dataset": "numbers", "assert": "less_than", "metric": {"column": "a", "aggregate": "max"}, "value": 1000000000},
  {"dataset": "numbers", "assert": "at_least", "metric": {"column": "b", "aggregate": "sum"}, "value": 0},
  {"dataset": "numbers", "assert": "at_least", "metric": {"column": "b", "aggregate": "avg"}, "value": 0},
  {"dataset": "numbers", "assert": "at_most", "metric": {"column": "a", "aggregate": "null_percent"}, "value": 10},
  {"dataset": "numbers", "assert": "in_range", "column": "a", "value": [0, null]},
  {"dataset": "numbers", "assert": "not_in_set", "column": "a", "value": [-1, -2, -3]},
  {"dataset": "numbers", "assert": "compare", "column": "a", "operator": "<=", "other_column": "b"},
  {"dataset": "numbers", "assert": "not_null", "column": "b", "value": "10%"}]"""

PLAIN = """
    SELECT count(*) > 0 AND min(a) >= 0 AND max(a) < 1000000000 AND sum(b) >= 0 AND avg(b) >= 0
           AND 100.0 * count(*) FILTER (WHERE a IS NULL) / count(*) <= 10 AND count(*) FILTER (WHERE NOT a >= 0) = 0
           AND count(*) FILTER (WHERE a IN (-1, -2, -3)) = 0 AND count(*) FILTER (WHERE NOT a <= b) = 0
           AND count(*) FILTER (WHERE b IS NULL) * 100 <= 10 * count(*)
    FROM (SELECT a, b FROM bench.numbers) AS numbers"""

MOST_ROWS, MOST_ROWS_QUICK = 1_000_000, 10_000


def measure(cursor, quick):
    import json

    rows = MOST_ROWS_QUICK if quick else MOST_ROWS
    checks.hold(cursor, rows)
    cursor.execute("SET max_parallel_workers_per_gather = 0")
    cursor.execute("SELECT checker.create_checker('ten_rules', 'rule', %s, '{numbers}')", (TEN,))
    singles = [f"rule_{number}" for number in range(10)]
    for name, rule in zip(singles, json.loads(TEN)):
        cursor.execute("SELECT checker.create_checker(%s, 'rule', %s, '{numbers}')", (name, json.dumps(rule)))

    def evaluate(name):
        if checks.ask(cursor, f"SELECT checker.evaluate_checker('{name}') ->> 'status'") != "ok":
            raise RuntimeError(f"{name} does not hold")

    def plain():
        if not checks.ask(cursor, PLAIN):
            raise RuntimeError("the plain query does not hold")

    ten, query, apart = median_milliseconds(
        [lambda: evaluate("ten_rules"), plain, lambda: [evaluate(name) for name in singles]], 3 if quick else 15)
    cursor.execute("RESET max_parallel_workers_per_gather")
    what = f"ten rules on one dataset, {row_count(rows)} rows"
    return [
        Figure(what, ten, "the same in one plain query", query, "" if quick else "ratio at most 1.5",
               None if quick else ten <= 1.5 * query),
        Figure(what, ten, "ten checkers of one rule", apart),
    ]
