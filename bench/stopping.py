"""From a cancel to the session's answer: a guest must stop at once, wherever it is."""
import random
import statistics
import threading
import time

import psycopg2
from figures import Figure

TARGET_MILLISECONDS = 10
SEED = 1

_IMPORTS = """
  (import "checker" "assert_equal" (func $equal (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "checker" "dataset_csv" (func $csv (param i32 i32 i32)))
  (import "checker" "dataset_open" (func $open (param i32 i32) (result i32)))
  (import "checker" "dataset_next" (func $next (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "endless")"""

# Where the guest is: what it does there, for longer than any cancel takes.
PLACES = {
    "an endless loop": "(loop (br 0))",
    "an endless recursion of short calls": "(loop (drop (call $sum (i32.const 1000))) (br 0))",
    "memory.fill of 60 MB, again and again": "(drop (memory.grow (i32.const 959))) (loop (memory.fill (i32.const 0) "
                                             "(i32.const 7) (i32.const 62914560)) (br 0))",
    "assert_equal over endless rows": "(drop (call $equal (i32.const 0) (i32.const 7) (i32.const 0) (i32.const 7) "
                                      "(i32.const 0) (i32.const 7)))",
    "dataset_csv of endless rows": "(call $csv (i32.const 0) (i32.const 7) (i32.const 64))",
    "dataset_next over endless rows": "(local i32) (local.set 0 (call $open (i32.const 0) (i32.const 7))) "
                                      "(loop (drop (call $next (local.get 0) (i32.const 1024))) (br 0))",
    "poll_oneoff, asleep": "(i64.store (i32.const 112) (i64.const 60000000000)) (drop (call $poll (i32.const 88) "
                           "(i32.const 256) (i32.const 1) (i32.const 512)))",
}

_SUM = """
  (func $sum (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (local.get 0) (call $sum (i32.sub (local.get 0) (i32.const 1)))))
      (else (i32.const 0))))"""


def _stop(running, control, statement, wait_seconds):
    """Runs the statement, cancels it after that time, and returns how many ms the cancel took."""
    ended = []

    def run():
        try:
            running.cursor().execute(statement)
        except psycopg2.errors.QueryCanceled:
            ended.append(time.perf_counter_ns())
    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(wait_seconds)
    began = time.perf_counter_ns()
    control.execute("SELECT pg_cancel_backend(%s)", (running.info.backend_pid,))
    thread.join()
    if not ended:
        raise RuntimeError(f"not cancelled: {statement}")
    return (ended[0] - began) / 1e6


def measure(cursor, dsn, repetitions):
    cursor.execute("SELECT checker.create_dataset('endless', 'SELECT generate_series(1, 10000000000) AS n')")
    statements = {}
    for number, (place, body) in enumerate(PLACES.items()):
        cursor.execute("SELECT checker.create_checker(%s, 'wat', %s, datasets => '{endless}', memory_limit => '512MB')",
                       (f"stops_{number}", f'(module {_IMPORTS} {_SUM} (func (export "check") {body}))'))
        statements[place] = f"SELECT checker.evaluate_checker('stops_{number}')"
    peer = "count(*) of endless rows, cancelled"
    statements[peer] = "SELECT count(*) FROM (SELECT generate_series(1, 10000000000)) rows"
    waits = random.Random(SEED)
    running = psycopg2.connect(dsn)
    running.autocommit = True
    taken = {place: [] for place in statements}
    try:
        # The first round loads the modules.
        for round_number in range(-1, repetitions):
            for place, statement in statements.items():
                took = _stop(running, cursor, statement, waits.uniform(0.05, 0.15))
                if round_number >= 0:
                    taken[place].append(took)
    finally:
        running.close()
    beside = statistics.median(taken[peer])
    figures = []
    for place in PLACES:
        middle = statistics.median(taken[place])
        figures.append(Figure(f"cancel in {place}", middle, peer, beside, f"under {TARGET_MILLISECONDS} ms",
                              middle < TARGET_MILLISECONDS))
    slowest = max(PLACES, key=lambda place: max(taken[place]))
    figures.append(Figure(f"the slowest of these cancels, in {slowest}", max(taken[slowest]),
                          "the slowest of the peer's", max(taken[peer])))
    return figures
