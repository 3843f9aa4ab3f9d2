#!/usr/bin/python3
"""Runs regression tests with pg_regress against a private cluster, each in a database of its own.

    regress.py --output DIR TEST ...      sql/TEST.sql against expected/TEST.out
    regress.py --output DIR --accept ...  what came out becomes what is expected; look at the diff

The extension must be installed. DIR gets results/TEST.out and regression.diffs.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys

SUITE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(SUITE.parent / 'delivery'))
from services import Services  # noqa: E402

# What a test may depend on, whatever the machine.
SETTINGS = {
    'timezone': 'UTC',
    'max_stack_depth': '2MB',
    # Room for many tests' worth of compiles on a busy machine.
    'checker.compile_timeout': '120s',
    'checker.timeout': '60s',
    'session_preload_libraries': 'pg_checker',
}


def pg_regress_path():
    pgxs = subprocess.run(['pg_config', '--pgxs'], capture_output=True, text=True, check=True)
    return pathlib.Path(pgxs.stdout.strip()).parent.parent / 'test' / 'regress' / 'pg_regress'


def make_database(postgres):
    postgres.psql('CREATE DATABASE prepared')
    prepare = (SUITE / 'prepare.sql').read_text(encoding='utf-8')
    postgres.psql('CREATE EXTENSION pg_checker;' + prepare, database='prepared')


def run_test(postgres, test, output):
    """True if the output is the expected one; else prints the difference."""
    postgres.psql('DROP DATABASE IF EXISTS regression')
    postgres.psql('CREATE DATABASE regression TEMPLATE prepared')
    postgres.psql('ALTER DATABASE regression SET search_path = public, checker')
    done = subprocess.run(
        [pg_regress_path(), '--use-existing', '--dbname=regression', '--host=127.0.0.1',
         f'--port={postgres.port}', '--user=postgres', f'--inputdir={SUITE}',
         f'--outputdir={output}',
         f'--bindir={pathlib.Path(postgres.program("psql")).parent}', test],
        capture_output=True, text=True, check=False)
    if done.returncode != 0:
        diffs = output / 'regression.diffs'
        print(diffs.read_text(encoding='utf-8') if diffs.exists() else done.stdout + done.stderr)
    return done.returncode == 0


def crashed(postgres):
    """Lines of the server's log that no test may cause, whatever its output says."""
    bad = re.compile(r'PANIC:|terminated by signal|TRAP:|ERROR:  XX')
    return [line for line in postgres.log.read_text(encoding='utf-8', errors='replace').splitlines()
            if bad.search(line)]


def main():
    parser = argparse.ArgumentParser(description='Runs pg_regress against a private cluster.')
    parser.add_argument('--output', required=True, type=pathlib.Path)
    parser.add_argument('--accept', action='store_true')
    parser.add_argument('tests', nargs='+', metavar='TEST')
    arguments = parser.parse_args()
    output = arguments.output.absolute()
    output.mkdir(parents=True, exist_ok=True)
    failed = []
    with Services(pg_settings=SETTINGS, only='postgres') as services:
        make_database(services.postgres)
        for test in arguments.tests:
            if arguments.accept:
                (SUITE / 'expected' / f'{test}.out').touch()
            good = run_test(services.postgres, test, output)
            if arguments.accept:
                shutil.copy(output / 'results' / f'{test}.out', SUITE / 'expected' / f'{test}.out')
            elif not good:
                failed.append(test)
        faults = crashed(services.postgres)
    for line in faults:
        print(f'in the log of the server: {line}')
    print(f'{len(arguments.tests) - len(failed)} of {len(arguments.tests)} tests as expected')
    sys.exit(1 if failed or faults else 0)


if __name__ == '__main__':
    main()
