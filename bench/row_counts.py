"""Failing assertions on a big and a small dataset: they must cost the same, as they stop at what decides them."""
import wat_checkers
from figures import Figure, median_milliseconds

BIG, SMALL = 1_000_000, 10_000
# Up to here a failing count goes on (setting checker.count_limit), so that its figure says something.
COUNT_LIMIT = 10_000

SET_UP = [
    f"CREATE TABLE bench.big AS SELECT i::bigint AS a, (i * 7)::bigint AS b FROM generate_series(1, {BIG}) i",
    f"CREATE TABLE bench.small AS SELECT * FROM bench.big LIMIT {SMALL}",
    "VACUUM ANALYZE bench.big",
    "VACUUM ANALYZE bench.small",
    """CREATE FUNCTION bench.loop_is_empty() RETURNS boolean LANGUAGE plpgsql AS $$
       DECLARE
         r record;
       BEGIN
         FOR r IN SELECT a, b FROM bench.big LOOP
           RETURN false;
         END LOOP;
         RETURN true;
       END $$""",
    """CREATE FUNCTION bench.loop_count(most bigint) RETURNS bigint LANGUAGE plpgsql AS $$
       DECLARE
         r record;
         n bigint := 0;
       BEGIN
         FOR r IN SELECT a, b FROM bench.big LOOP
           n := n + 1;
           EXIT WHEN n > most;
         END LOOP;
         RETURN n;
       END $$""",
]

CHECKERS = {  # name: (function, bound)
    "empty": ("assert_empty", None),
    "few": ("assert_less_than", 42),
}


def measure(cursor, repetitions):
    for sql in SET_UP:
        cursor.execute(sql)
    for size in ("big", "small"):
        cursor.execute("SELECT checker.create_dataset(%s, %s)", (size, f"SELECT a, b FROM bench.{size}"))
        for name, (function, bound) in CHECKERS.items():
            cursor.execute("SELECT checker.create_checker(%s, 'wat', %s, datasets => %s)",
                           (f"{name}_{size}", wat_checkers.assertion(function, size, f"{name} rows", bound), [size]))

    def statement(sql):
        def action():
            cursor.execute(sql)
            cursor.fetchall()
        return action

    def run(name):
        return statement(f"SELECT status FROM checker.run_checker('{name}')")

    for name in CHECKERS:
        for size in ("big", "small"):
            cursor.execute(f"SELECT status, error FROM checker.run_checker('{name}_{size}')")
            status, error = cursor.fetchone()
            if status != "fail":
                raise RuntimeError(f"{name}_{size} should fail, but is {status}: {error}")

    peers = {
        "empty": [("plain SQL, LIMIT 1", statement("SELECT a, b FROM bench.big LIMIT 1")),
                  ("PL/pgSQL loop, first row", statement("SELECT bench.loop_is_empty()"))],
        "few": [(f"plain SQL, count of LIMIT {COUNT_LIMIT + 1}", statement(
                    f"SELECT count(*) FROM (SELECT a, b FROM bench.big LIMIT {COUNT_LIMIT + 1}) t")),
                ("plain SQL, count of all rows", statement("SELECT count(*) FROM (SELECT a, b FROM bench.big) t")),
                (f"PL/pgSQL loop to row {COUNT_LIMIT + 1}", statement(f"SELECT bench.loop_count({COUNT_LIMIT})")),
                ("PL/pgSQL loop over all rows", statement(f"SELECT bench.loop_count({BIG})"))],
    }
    figures = []
    for name, (function, _) in CHECKERS.items():
        big, small = median_milliseconds([run(f"{name}_big"), run(f"{name}_small")], repetitions)
        figures.append(Figure(f"failing {function}, 1M rows", big, "the same, 10k rows", small,
                              "ratio about 1 (0.8 to 1.25)", 0.8 <= big / small <= 1.25))
        for peer, action in peers[name]:
            beside, peer_took = median_milliseconds([run(f"{name}_big"), action], repetitions)
            figures.append(Figure(f"failing {function}, 1M rows", beside, peer, peer_took))
    return figures
