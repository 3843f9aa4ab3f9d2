"""What comes before the first warm run: the compilation of a module that nobody has seen, and a session's first run."""
import pathlib
import random
import statistics
import subprocess
import tempfile
import time

import checks
import psycopg2
import wat_checkers
from figures import Figure

EMPTY_LIBRARY = "int check(int x) { return x + 1; }\n"
COMPILER = "cc -O2 of one C function"


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


def _medians_of_starts(dsn, statements, repetitions):
    """For each label the medians of its statement as a session's first and second. The statements take turns, in
    another order each time."""
    taken = {label: [] for label in statements}
    order = list(statements)
    shuffler = random.Random(0)
    for _ in range(repetitions):
        shuffler.shuffle(order)
        for label in order:
            taken[label].append(_first_and_second(dsn, statements[label]))
    return {label: tuple(statistics.median(times) for times in zip(*pairs)) for label, pairs in taken.items()}


def _changed(module, number):
    """The module with a custom section of its own, which no cache has seen: id 0, size, a name of one byte, content.
    WebAssembly lets one stand anywhere between sections."""
    content = number.to_bytes(4, "little")
    return module + bytes([0, 2 + len(content), 1]) + b"n" + content


def _artifact_kilobytes(cursor):
    cursor.execute("SELECT artifact_bytes FROM checker.engine_stats")
    return cursor.fetchone()[0] / 1024


def measure_compilation(cursor, guests_folder, repetitions):
    modules = {label: checks.guest_module(guests_folder, checks.NUMBERS, language)
               for language, label in checks.GUEST_LANGUAGES.items()}
    small, compilers, kilobytes = [], [], {}
    compilations = {label: [] for label in modules}
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "library.c")
        source.write_text(EMPTY_LIBRARY, encoding="utf-8")
        for number in range(repetitions):
            create = ("SELECT checker.create_checker(%s, 'wat', %s)",
                      (f"new_{number}", wat_checkers.unheard_of(number)))
            small.append(_timed(lambda: cursor.execute(*create)))
            compilers.append(_timed(lambda: subprocess.run(
                ["cc", "-O2", "-shared", "-fPIC", "-o", f"{folder}/library.so", str(source)], check=True)))
            for label, module in modules.items():
                before = _artifact_kilobytes(cursor)
                create = ("SELECT checker.create_checker('changed', %s::bytea, or_replace => true)",
                          (psycopg2.Binary(_changed(module, number)),))
                compilations[label].append(_timed(lambda: cursor.execute(*create)))
                kilobytes[label] = _artifact_kilobytes(cursor) - before
    compiler = statistics.median(compilers)
    return [
        Figure("create_checker of a new small module (compiles it)", statistics.median(small), COMPILER, compiler),
        *(Figure(f"create_checker of a changed numbers check, {label}", statistics.median(taken), COMPILER, compiler)
          for label, taken in compilations.items()),
        *(Figure(f"compiled numbers check, {label}", kilobytes[label], "its WebAssembly", len(module) / 1024, unit="kB")
          for label, module in modules.items()),
    ]


def measure_first_runs(cursor, dsn, repetitions):
    trivial = "trivial checker"
    function = "PL/pgSQL function that inserts"
    starts = _medians_of_starts(dsn, {trivial: "SELECT status FROM checker.run_checker('trivial')",
                                      function: "SELECT bench.record('x', 'ok')"}, repetitions)
    what = "first run of a session, module compiled"
    figures = [Figure(what, starts[trivial][0], "second run", starts[trivial][1]),
               Figure(what, starts[trivial][0], "first call of a PL/pgSQL function", starts[function][0])]

    checks.hold(cursor, 1_000)
    statements = checks.statements(checks.NUMBERS)
    starts = _medians_of_starts(dsn, statements, repetitions)
    what = "first run of a session, numbers, 1k rows"
    subject, *others = checks.GUEST_LANGUAGES.values()
    figures += [Figure(f"{what}, {label}", *_beside_second(starts[label])) for label in (subject, *others)]
    figures += [Figure(f"{what}, {subject}", starts[subject][0], f"first run, {peer}", starts[peer][0])
                for peer in (checks.SQL, *checks.NUMBERS.functions)]
    return figures


def _beside_second(start):
    first, second = start
    return first, "second run", second


def measure(cursor, dsn, guests_folder, repetitions):
    return (measure_compilation(cursor, guests_folder, repetitions)
            + measure_first_runs(cursor, dsn, 4 * repetitions))
