#!/usr/bin/python3
"""Waits until a URL answers with 200, or the process that should serve it is gone.

usage: await_ready.py URL PID
"""
import os
import sys
import time
import urllib.error
import urllib.request

PATIENCE_SECONDS = 60


def main(url, pid):
    deadline = time.monotonic() + PATIENCE_SECONDS
    why = ""
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return 0
        except (urllib.error.URLError, OSError) as error:
            why = str(error)
        if not os.path.exists(f"/proc/{pid}"):
            print(f"await_ready.py: process {pid} ended before {url} answered", file=sys.stderr)
            return 1
        time.sleep(0.05)
    print(f"await_ready.py: {url} is not ready after {PATIENCE_SECONDS} s: {why}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
