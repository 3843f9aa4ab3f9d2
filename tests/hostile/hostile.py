#!/usr/bin/python3
"""Attacks the extension as hostile authors of guests and hostile users of SQL would.

    hostile.py GROUP [--match TEXT]

Each case says how the attack ends. Whatever it does, the session it ran in goes on, the server
never restarts, and nothing looks like a fault of the server's own. The extension must be installed,
unless --library and --helper name a build's pg_checker.so and checker-compile.
"""
import argparse
import importlib
import sys

from driver import run_cases

GROUPS = ('modules', 'traps', 'host_calls', 'datasets', 'streams', 'results', 'rights', 'sessions', 'resources',
          'scripts', 'python_scripts')


def main():
    parser = argparse.ArgumentParser(description='Attacks the extension in a private cluster.')
    parser.add_argument('groups', nargs='+', choices=GROUPS, metavar='GROUP')
    parser.add_argument('--match', help='only cases whose name contains this')
    parser.add_argument('--library', help='a pg_checker.so that is not installed')
    parser.add_argument('--helper', help='a checker-compile that is not installed')
    arguments = parser.parse_args()
    cases = [case for group in arguments.groups for case in importlib.import_module(group).CASES]
    sys.exit(1 if run_cases(cases, arguments.library, arguments.helper, arguments.match) else 0)


if __name__ == '__main__':
    main()
