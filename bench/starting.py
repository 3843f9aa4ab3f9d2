"""What comes before the first warm run: the compilation of a module that nobody has seen, and a session's first run."""
import pathlib
import statistics
import subprocess
import tempfile
import time

import guests
import psycopg2
from figures import Figure

EMPTY_LIBRARY = "int check(int x) { return x + 1; }\n"


def _timed(action):
    start = time.perf_counter_ns()
    action()
    return (time.perf_counter_ns() - start) / 1e6


def _first_and_second(dsn, statement):
    """How long a statement takes as a session's first, and again."""
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("SELECT 1")

    def run():
        cursor.execute(statement)
        cursor.fetchall()
    try:
        return _timed(run), _timed(run)
    finally:
        connection.close()


def measure(cursor, dsn, repetitions):
    compilations, compilers = [], []
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "library.c")
        source.write_text(EMPTY_LIBRARY, encoding="utf-8")
        for number in range(repetitions):
            create = ("SELECT checker.create_checker(%s, 'wat', %s)", (f"new_{number}", guests.unheard_of(number)))
            compilations.append(_timed(lambda: cursor.execute(*create)))
            compilers.append(_timed(lambda: subprocess.run(
                ["cc", "-O2", "-shared", "-fPIC", "-o", f"{folder}/library.so", str(source)], check=True)))
    firsts, seconds, peers = [], [], []
    for _ in range(4 * repetitions):
        first, second = _first_and_second(dsn, "SELECT status FROM checker.run_checker('trivial')")
        firsts.append(first)
        seconds.append(second)
        peers.append(_first_and_second(dsn, "SELECT bench.record('x', 'ok')")[0])
    first = statistics.median(firsts)
    return [
        Figure("create_checker of a new small module (compiles it)", statistics.median(compilations),
               "cc -O2 of one C function", statistics.median(compilers), "", None),
        Figure("first run of a session, module compiled", first, "second run", statistics.median(seconds), "", None),
        Figure("first run of a session, module compiled", first, "first call of a PL/pgSQL function",
               statistics.median(peers), "", None),
    ]
