#!/usr/bin/python3
"""Runs isolation tests with pg_isolation_regress against a private cluster, each in a fresh database.

    isolate.py --output DIR SPEC ...      specs/SPEC.spec against expected/SPEC.out
    isolate.py --output DIR --accept ...  what came out becomes what is expected; look at the diff

The extension must be installed. DIR gets results/SPEC.out and regression.diffs.
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

SETTINGS = {
    'timezone': 'UTC',
    # Room for compiles and runs on a busy machine.
    'checker.compile_timeout': '120s',
    'checker.timeout': '120s',
    'session_preload_libraries': 'pg_checker',
}


def program_path():
    pgxs = subprocess.run(['pg_config', '--pgxs'], capture_output=True, text=True, check=True)
    test = pathlib.Path(pgxs.stdout.strip()).parent.parent / 'test'
    return test / 'isolation' / 'pg_isolation_regress'


def run_spec(postgres, spec, output):
    """True if the output is the expected one; else prints the difference."""
    postgres.psql('DROP DATABASE IF EXISTS isolation')
    postgres.psql('CREATE DATABASE isolation')
    postgres.psql((SUITE / 'prepare.sql').read_text(encoding='utf-8'), database='isolation')
    done = subprocess.run(
        [program_path(), '--use-existing', '--dbname=isolation', '--host=127.0.0.1',
         f'--port={postgres.port}', '--user=postgres', f'--inputdir={SUITE}',
         f'--outputdir={output}', f'--bindir={pathlib.Path(postgres.program("psql")).parent}',
         spec], capture_output=True, text=True, check=False)
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
    parser = argparse.ArgumentParser(description='Runs isolation tests against a private cluster.')
    parser.add_argument('--output', required=True, type=pathlib.Path)
    parser.add_argument('--accept', action='store_true')
    parser.add_argument('specs', nargs='+', metavar='SPEC')
    arguments = parser.parse_args()
    output = arguments.output.absolute()
    output.mkdir(parents=True, exist_ok=True)
    failed = []
    with Services(pg_settings=SETTINGS, only='postgres') as services:
        for spec in arguments.specs:
            if arguments.accept:
                (SUITE / 'expected' / f'{spec}.out').touch()
            good = run_spec(services.postgres, spec, output)
            if arguments.accept:
                shutil.copy(output / 'results' / f'{spec}.out', SUITE / 'expected' / f'{spec}.out')
            elif not good:
                failed.append(spec)
        faults = crashed(services.postgres)
    for line in faults:
        print(f'in the log of the server: {line}')
    print(f'{len(arguments.specs) - len(failed)} of {len(arguments.specs)} specs as expected')
    sys.exit(1 if failed or faults else 0)


if __name__ == '__main__':
    main()
