"""What a bench collects: one line per figure, with the peer measured beside it in the same run; shown as one table."""
import dataclasses
import datetime
import json
import math
import os
import pathlib
import platform
import random
import statistics
import subprocess
import time


@dataclasses.dataclass
class Figure:
    what: str
    value: float  # in `unit`; a median unless `what` says otherwise
    peer: str
    peer_value: float
    target: str = ""  # the bound, in words; empty where there is none
    met: bool | None = None  # None where there is no target
    unit: str = "ms"

    @property
    def ratio(self):
        return self.value / self.peer_value


def median_milliseconds(actions, repetitions, warmups=3, budget_seconds=math.inf):
    """The median duration of each action, in milliseconds. They take turns, so that a busy moment of the machine hits
    all of them alike, in another order each round, so that none always finds the caches as the same one leaves them.
    An action that has been counted and has used up its budget, warm-ups included, sits the rest out."""
    taken = [[] for _ in actions]
    spent = [0] * len(actions)
    order = list(range(len(actions)))
    shuffler = random.Random(0)
    for round_number in range(-warmups, repetitions):
        shuffler.shuffle(order)
        for number in order:
            durations = taken[number]
            if durations and spent[number] > budget_seconds * 1000:
                continue
            start = time.perf_counter_ns()
            actions[number]()
            milliseconds = (time.perf_counter_ns() - start) / 1e6
            spent[number] += milliseconds
            if round_number >= 0:
                durations.append(milliseconds)
    return [statistics.median(durations) for durations in taken]


def quantile(values, share):
    """The smallest value that at least `share` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)]


def _first_line(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()[0] if done.returncode == 0 and done.stdout else "unknown"


def circumstances(server_version):
    """Where and when: without it a figure says nothing."""
    tree = pathlib.Path(__file__).resolve().parent.parent
    cpu = "unknown processor"
    memory_kb = 0
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
            break
    for line in pathlib.Path("/proc/meminfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("MemTotal:"):
            memory_kb = int(line.split()[1])
    # Such as 1a2b3c4d5e6f-dirty: the sign of changes that are not committed.
    commit = _first_line(["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"], tree)
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "commit": commit,
        "machine": f"{cpu}, {os.cpu_count()} processors, {memory_kb / 1048576:.0f} GB, {platform.platform(terse=True)}",
        "load": os.getloadavg()[0],
        "postgresql": server_version,
    }


def row_count(rows):
    """10_000 as 10k."""
    return f"{rows // 1_000_000}M" if rows >= 1_000_000 else f"{rows // 1_000}k"


def _with_unit(value, unit):
    return f"{value:.3f} {unit}" if value < 10 else f"{value:.1f} {unit}"


def print_table(figures, where):
    for name, value in where.items():
        print(f"{name}: {value}")
    rows = [("what", "figure", "peer", "peer's figure", "ratio", "target")]
    for figure in figures:
        verdict = {None: "", True: ": met", False: ": MISSED"}[figure.met]
        rows.append((figure.what, _with_unit(figure.value, figure.unit), figure.peer,
                     _with_unit(figure.peer_value, figure.unit), f"{figure.ratio:.2f}", figure.target + verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        right = {1, 3, 4}  # numbers
        print("  ".join(cell.rjust(width) if column in right and number else cell.ljust(width)
                        for column, (cell, width) in enumerate(zip(row, widths))).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


def write_json(path, figures, where):
    document = {**where, "figures": [{**dataclasses.asdict(f), "ratio": f.ratio} for f in figures]}
    pathlib.Path(path).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
