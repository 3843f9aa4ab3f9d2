"""One, two and four sessions at once, each running the numbers check again and again: rows per second of all."""
import statistics
import threading
import time

import checks
import psycopg2
from figures import Figure, row_count

SESSIONS = (1, 2, 4)
SUBJECTS = (checks.GUEST_LANGUAGES["c"], "PL/pgSQL", checks.SQL)


class _Session(threading.Thread):
    """A connection that repeats a statement from the barrier on, for `seconds` and until its last run has ended."""

    def __init__(self, dsn, statement, barrier, seconds):
        super().__init__()
        self.connection = psycopg2.connect(dsn)
        self.connection.autocommit = True
        self.statement, self.barrier, self.seconds = statement, barrier, seconds
        self.runs_per_second = None

    def run(self):
        cursor = self.connection.cursor()
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        checks.ask(cursor, self.statement)
        self.barrier.wait()
        runs, start = 0, time.perf_counter()
        while time.perf_counter() - start < self.seconds:
            checks.ask(cursor, self.statement)
            runs += 1
        self.runs_per_second = runs / (time.perf_counter() - start)


def _runs_per_second(dsn, statement, sessions, seconds):
    barrier = threading.Barrier(sessions)
    threads = [_Session(dsn, statement, barrier, seconds) for _ in range(sessions)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        for thread in threads:
            thread.connection.close()
    if any(thread.runs_per_second is None for thread in threads):
        raise RuntimeError(f"a session failed: {statement}")
    return sum(thread.runs_per_second for thread in threads)


def measure(cursor, dsn, quick):
    rows, seconds, rounds = (100_000, 0.5, 1) if quick else (1_000_000, 3, 5)
    checks.hold(cursor, rows)
    statements = {label: checks.statements(checks.NUMBERS)[label] for label in SUBJECTS}
    measured = {(label, sessions): [] for label in SUBJECTS for sessions in SESSIONS}
    for _ in range(rounds):
        for (label, sessions), taken in measured.items():
            taken.append(_runs_per_second(dsn, statements[label], sessions, seconds) * rows / 1e6)
    medians = {key: statistics.median(taken) for key, taken in measured.items()}
    figures = []
    for sessions in SESSIONS:
        what = f"{SUBJECTS[0]}, {row_count(rows)} rows of numbers, {sessions} at once"
        if sessions > 1:
            figures.append(Figure(what, medians[SUBJECTS[0], sessions], "one session", medians[SUBJECTS[0], 1],
                                  unit="Mrows/s"))
        figures += [Figure(what, medians[SUBJECTS[0], sessions], f"{peer}, {sessions} at once", medians[peer, sessions],
                           unit="Mrows/s") for peer in SUBJECTS[1:]]
    return figures
