"""The memory that a session takes for a check, at its peak: it must not grow with the rows beyond one
full batch (checker.batch_bytes).

Counted is what the backend alone has. Shared buffers and programs' files are left out: how many of them a backend has
touched says nothing about the check.
"""
import pathlib

import checks
import psycopg2
from figures import Figure, row_count

FEW = 10_000
BATCH_MEGABYTES = 1
SUBJECT = checks.GUEST_LANGUAGES["c"]
CURSOR = "PL/Python"
# The whole result as a list, which is how many begin.
WHOLE = f"{CURSOR}, plpy.execute"
WHOLE_FUNCTION = ("CREATE OR REPLACE FUNCTION bench.numbers_whole() RETURNS text LANGUAGE plpython3u AS $body$"
                  + checks.NUMBERS.functions[CURSOR][1].replace("plpy.cursor", "plpy.execute") + "$body$")


def _status(pid):
    """The sizes in /proc/PID/status, in kB: its fields are described in proc(5)."""
    fields = {}
    for line in pathlib.Path("/proc", str(pid), "status").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if value.endswith(" kB"):
            fields[name] = int(value.split()[0])
    return fields


def _peak_megabytes(dsn, statement):
    """What a session's private memory grows by at most, from its start."""
    connection = psycopg2.connect(dsn)
    try:
        connection.autocommit = True
        cursor = connection.cursor()
        before = _status(connection.get_backend_pid())["RssAnon"]
        # Twice: the second run touches no file and no shared buffer that the first has not, so all that the kernel's
        # high water mark has beyond them is private.
        for _ in range(2):
            checks.ask(cursor, statement)
        after = _status(connection.get_backend_pid())
        return (after["VmHWM"] - after["RssShmem"] - after["RssFile"] - before) / 1024
    finally:
        connection.close()


def measure(cursor, dsn, quick):
    many, whole = (100_000, 100_000) if quick else (10_000_000, 1_000_000)
    cursor.execute(WHOLE_FUNCTION)
    peaks = {}
    for rows in (many, FEW):
        checks.hold(cursor, rows)
        for check in checks.CHECKS:
            for label in (SUBJECT, CURSOR):
                peaks[check.name, label, rows] = _peak_megabytes(dsn, checks.statements(check)[label])
    figures = []
    for check in checks.CHECKS:
        ours, beside = peaks[check.name, SUBJECT, many], peaks[check.name, SUBJECT, FEW]
        what = f"peak memory, {check.name}, {{}} rows, {SUBJECT}"
        figures += [
            Figure(what.format(row_count(many)), ours, f"the same, {row_count(FEW)} rows", beside,
                   f"at most {BATCH_MEGABYTES} MB more, a batch", ours - beside <= BATCH_MEGABYTES, unit="MB"),
            *(Figure(what.format(row_count(rows)), peaks[check.name, SUBJECT, rows],
                     f"{CURSOR}, {row_count(rows)} rows", peaks[check.name, CURSOR, rows], unit="MB")
              for rows in (many, FEW))]
    checks.hold(cursor, whole)
    figures.append(Figure(
        f"peak memory, numbers, {row_count(whole)} rows, {SUBJECT}",
        _peak_megabytes(dsn, checks.statements(checks.NUMBERS)[SUBJECT]), f"{WHOLE}, {row_count(whole)} rows",
        _peak_megabytes(dsn, "SELECT bench.numbers_whole()"), unit="MB"))
    return figures
