"""The same check in every language, over more and more rows, of which none breaks the rule: all are read."""
import checks
from figures import Figure, median_milliseconds, row_count

# Nobody waits longer than this for one language at one size, a last run aside: some take 3 s for a million rows.
BUDGET_SECONDS = 20
QUICK_ROWS_AT_MOST = 100_000
# Rows: repetitions, in a quick run a tenth.
REPETITIONS = {1_000: 200, 10_000: 100, 100_000: 30, 1_000_000: 7, 10_000_000: 3}
SUBJECT = checks.GUEST_LANGUAGES["c"]
# From here on the server takes several processes for plain SQL, if it may.
PARALLEL_FROM = 1_000_000
# At most this many times as long as the peer, from as many rows as make a run's own cost small.
TARGETS_FROM = 1_000_000
# Of scripts, the peer and the ratio.
SCRIPT_TARGETS = {("numbers", "JavaScript"): ("PL/pgSQL", 1.0), ("numbers", "Python"): ("PL/Python", 3.0)}
TARGETS = {
    "numbers": {checks.SQL: 1.2, "PL/pgSQL": 0.33, "PL/Python": 0.1},
    "text": {checks.SQL: 1.5},
}


def _expecting(cursor, statement, wanted):
    """An action that runs the statement and does not take a wrong answer for a fast one."""
    def action():
        answer = checks.ask(cursor, statement)
        if answer != wanted:
            raise RuntimeError(f"{statement}: {answer}, not {wanted}")
    return action


def _in_parallel(cursor, action):
    def with_workers():
        cursor.execute("SET max_parallel_workers_per_gather = 2")
        action()
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    return with_workers


def measure(cursor, quick):
    checks.agree(cursor)
    cursor.execute("SET max_parallel_workers_per_gather = 0")
    figures = []
    for rows, repetitions in REPETITIONS.items():
        if quick and rows > QUICK_ROWS_AT_MOST:
            break
        checks.hold(cursor, rows)
        for check in checks.CHECKS:
            wanted = checks.expected(check, rows)
            actions = {label: _expecting(cursor, statement, "ok" if label in checks.VERDICTS else wanted)
                       for label, statement in checks.statements(check).items()}
            if rows >= PARALLEL_FROM:
                actions[f"{checks.SQL}, 2 workers more"] = _in_parallel(
                    cursor, _expecting(cursor, check.aggregate, wanted))
            took = dict(zip(actions, median_milliseconds(
                list(actions.values()), repetitions // 10 if quick else repetitions,
                # The largest size does not need one: each language is warm from the size before.
                warmups=0 if rows == max(REPETITIONS) else 1, budget_seconds=BUDGET_SECONDS)))
            subject = took.pop(SUBJECT)
            for (name, script), (peer, most) in SCRIPT_TARGETS.items():
                if name == check.name:
                    binds = rows >= TARGETS_FROM
                    figures.append(Figure(f"{name}, {row_count(rows)} rows, {script}", took[script], peer, took[peer],
                                          f"ratio at most {most}" if binds else "",
                                          took[script] / took[peer] <= most if binds else None))
            targets = TARGETS[check.name] if rows >= TARGETS_FROM else {}
            for peer, peer_took in took.items():
                most = targets.get(peer)
                figures.append(Figure(f"{check.name}, {row_count(rows)} rows, {SUBJECT}", subject, peer, peer_took,
                                      f"ratio at most {most}" if most else "",
                                      subject / peer_took <= most if most else None))
    cursor.execute("RESET max_parallel_workers_per_gather")
    return figures
