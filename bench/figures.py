"""What a bench collects: one line per figure, with the peer measured beside it in the same run; shown as one table."""
import dataclasses
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import time


@dataclasses.dataclass
class Figure:
    what: str
    milliseconds: float  # a median unless `what` says otherwise
    peer: str
    peer_milliseconds: float
    target: str  # the bound, in words; empty where there is none
    met: bool | None  # None where there is no target

    @property
    def ratio(self):
        return self.milliseconds / self.peer_milliseconds


def median_milliseconds(actions, repetitions, warmups=3):
    """The median duration of each action, in milliseconds. They take turns, so that a busy moment of the machine hits
    all of them alike."""
    taken = [[] for _ in actions]
    for round_number in range(-warmups, repetitions):
        for action, durations in zip(actions, taken):
            start = time.perf_counter_ns()
            action()
            if round_number >= 0:
                durations.append((time.perf_counter_ns() - start) / 1e6)
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


def _milliseconds(value):
    return f"{value:.3f} ms" if value < 10 else f"{value:.1f} ms"


def print_table(figures, where):
    for name, value in where.items():
        print(f"{name}: {value}")
    rows = [("what", "figure", "peer", "peer's figure", "ratio", "target")]
    for figure in figures:
        verdict = {None: "", True: ": met", False: ": MISSED"}[figure.met]
        rows.append((figure.what, _milliseconds(figure.milliseconds), figure.peer,
                     _milliseconds(figure.peer_milliseconds), f"{figure.ratio:.2f}", figure.target + verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        right = {1, 3, 4}  # numbers
        print("  ".join(cell.rjust(width) if column in right and number else cell.ljust(width)
                        for column, (cell, width) in enumerate(zip(row, widths))).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


def write_json(path, figures, where):
    document = {**where, "unit": "ms", "figures": [{**dataclasses.asdict(f), "ratio": f.ratio} for f in figures]}
    pathlib.Path(path).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
