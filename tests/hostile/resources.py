"""Signals, memory, files and processes: what a run needs is taken away, or asked for without measure."""
import os
import pathlib
import signal
import subprocess
import threading
import time

from driver import Case, Session, create_or_fail, expect, expect_error, expect_run, run_checker
from guests import data, wat

_EMPTY = wat('(drop (call $assert_empty (i32.const 0) (i32.const 1) (i32.const 8) (i32.const 4)))',
             data(0, 'd') + data(8, 'rows'))
_ENDLESS = wat('(loop (br 0))')
_RUN = "SELECT status::text FROM run_checker('simple')"


def _prepared(world, query='SELECT 1 AS a'):
    world.author.must("SELECT create_dataset('d', %s, or_replace => true)", (query,))
    if world.once('simple'):
        create_or_fail(world.author, 'simple', _EMPTY, datasets=['d'])


def _cancelled(world):
    create_or_fail(world.author, 'endless', _ENDLESS)
    _prepared(world)

    def after(seconds, statement):
        def work():
            time.sleep(seconds)
            world.root.run(statement, (world.author.pid,))
        thread = threading.Thread(target=work)
        thread.start()
        return thread

    thread = after(0.3, 'SELECT pg_cancel_backend(%s)')
    outcome = run_checker(world.author, 'endless')
    thread.join()
    expect_error(outcome, '57014', 'user request')
    world.author.must("SET statement_timeout = '200ms'")
    expect_error(run_checker(world.author, 'endless'), '57014', 'statement timeout')
    expect_error(world.author.run("SELECT evaluate_checker('endless')"), '57014')
    world.author.must('RESET statement_timeout')
    world.author.must("BEGIN; SET LOCAL statement_timeout = '200ms'; SAVEPOINT s")
    expect_error(run_checker(world.author, 'endless'), '57014')
    world.author.must('ROLLBACK TO s')
    expect(world.author.must(_RUN) == [('fail',)], 'status')
    world.author.must('COMMIT')


def _asks_without_end(world):
    # Each question is a query: a slice of fuel has time for five thousand turns of fifty.
    asks = '(drop (call $business_day))' * 50
    create_or_fail(world.author, 'asks', wat(f'(loop $again {asks} (br $again))'), timeout='300 ms')
    outcome = run_checker(world.author, 'asks')
    expect_run(outcome, 'error', 'time limit')
    expect(outcome.seconds < 2, f'a run of 300 ms took {outcome.seconds:.1f} s')


def _terminated(world):
    create_or_fail(world.author, 'endless', _ENDLESS)
    thread = threading.Timer(0.3, lambda: world.root.run('SELECT pg_terminate_backend(%s)', (world.author.pid,)))
    thread.start()
    outcome = run_checker(world.author, 'endless')
    thread.join()
    expect(outcome.sqlstate in ('57P01', 'lost'), f'{outcome.sqlstate} {outcome.text}')
    world.author.connection.close()


def _terminated_from_inside(world):
    world.author.must('CREATE OR REPLACE FUNCTION suicide() RETURNS int LANGUAGE plpgsql AS '
                      '$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(10); RETURN 1; END $$')
    _prepared(world, 'SELECT suicide() AS a')
    outcome = world.author.run(_RUN)
    expect(outcome.sqlstate in ('57P01', 'lost'), f'{outcome.sqlstate} {outcome.text}')
    world.author.connection.close()
    world.author.connect()
    _prepared(world)


def _compiler_killed(world):
    """The helper dies while it works: a refusal, not a hang."""
    world.root.must('SELECT 1')
    source = wat('(call $fail (i32.const 0) (i32.const 6))' * 3000, data(0, 'killed'))
    stop = threading.Event()

    def kill():
        while not stop.is_set():
            for entry in pathlib.Path('/proc').iterdir():
                if not entry.name.isdigit():
                    continue
                try:
                    parent = int((entry / 'stat').read_text().rpartition(')')[2].split()[1])
                    if parent == world.author.pid:
                        os.kill(int(entry.name), signal.SIGKILL)
                        return
                except (OSError, ProcessLookupError):
                    continue

    thread = threading.Thread(target=kill)
    thread.start()
    outcome = world.author.run("SELECT create_checker('killed', 'wat', %s)", (source,))
    stop.set()
    thread.join()
    expect(outcome.sqlstate in ('PC022', 'PC010'), f'{outcome.sqlstate} {outcome.text}')
    expect('signal' in outcome.text, outcome.text)
    create_or_fail(world.author, 'killed', source)


def _artifact_damaged(world):
    """Files in the cache that are cut, foreign or hostile are compiled anew."""
    _prepared(world)
    cache = pathlib.Path(world.services.postgres.data) / 'pgsql_tmp_checker'
    artifacts = sorted(cache.glob('*.so'))
    expect(artifacts, f'no artifact in {cache}')
    for damage in (lambda path: os.truncate(path, 100), lambda path: path.write_bytes(b'\x7fELF' + bytes(5000)),
                   lambda path: path.unlink(), lambda path: path.chmod(0o666),
                   lambda path: (path.unlink(), path.symlink_to('/bin/true')),
                   lambda path: (path.unlink(), path.mkdir())):
        for path in sorted(cache.glob('*.so')):
            damage(path)
        world.author.connection.close()
        world.author.connect()
        outcome = run_checker(world.author, 'simple')
        if any(path.is_dir() for path in cache.glob('*.so')):
            expect_run(outcome, ('fail', 'error'), 'rows|artifact|could not create')
            for path in cache.glob('*.so'):
                if path.is_dir():
                    path.rmdir()
            outcome = run_checker(world.author, 'simple')
        expect_run(outcome, 'fail', 'rows')


def _limit_memory(world, limit):
    """Sets how much address space the author's backend may have; only its own user may."""
    owner = pathlib.Path(f'/proc/{world.author.pid}').stat()
    identity = {'user': owner.st_uid, 'group': owner.st_gid} if os.geteuid() == 0 else {}
    subprocess.run(['prlimit', '--pid', str(world.author.pid), f'--as={limit}:'], check=True, **identity)


def _out_of_memory(body, query, limit_mb):
    def run(world):
        """A backend that gets no more memory raises that, and goes on. The host's part runs out, not the guest's."""
        _prepared(world, query)
        create_or_fail(world.author, 'hungry', wat(body, data(0, 'd')), datasets=['d'], memory_limit=f'{limit_mb}MB')
        status = pathlib.Path(f'/proc/{world.author.pid}/status').read_text()
        used = int(status.split('VmSize:')[1].split()[0]) * 1024
        _limit_memory(world, str(used + ((limit_mb + 300) << 20)))
        outcome = run_checker(world.author, 'hungry')
        _limit_memory(world, 'unlimited')
        expect(outcome.sqlstate == '53200', f'{outcome.sqlstate} {outcome.text} {outcome.rows}')
        _prepared(world)
        expect_run(run_checker(world.author, 'hungry'), 'ok')
    return run


# Dataset d, whose name lies at 0, is equal to itself.
_EQUAL = f'(drop (call $assert_equal {"(i32.const 0) (i32.const 1) " * 3}))'

_TEXT_OF_ROWS = _out_of_memory('(call $dataset (i32.const 0) (i32.const 1)) (drop) (drop)',
                               "SELECT repeat('x', 1000000) AS t FROM generate_series(1, 900)", 1000)
_DIFFERENT_ROWS = _out_of_memory(_EQUAL, 'SELECT generate_series(1, 20000000) AS n', 64)


def _large_preview(world):
    """As many rows as there are: within bounds."""
    _prepared(world, "SELECT n, repeat('x', 100) AS t FROM generate_series(1, 10000000) n")

    def memory():
        return int(pathlib.Path(f'/proc/{world.author.pid}/statm').read_text().split()[1]) * 4096

    before = memory()
    outcome = world.author.run("SELECT count(*) FROM preview_dataset('d', 2147483647)")
    expect_error(outcome, 'PC034', 'preview of dataset "default.d"')
    expect(memory() - before < 200 << 20, f'grew by {memory() - before} bytes')
    expect(len(world.author.must("SELECT preview_dataset('d', 1000)")) == 1000, 'rows')
    for number in ('0', '-1', '-2147483648', 'NULL'):
        outcome = world.author.run(f"SELECT count(*) FROM preview_dataset('d', {number})")
        expect(outcome.sqlstate in (None, '22023', '22004'), f'{number}: {outcome.sqlstate} {outcome.text}')
    _prepared(world)


def _large_input(world):
    """Input and parameters that do not fit into the guest."""
    create_or_fail(world.author, 'fed', wat('(call $input) (drop) (drop)'))
    outcome = world.author.run("SELECT status::text, message, error FROM run_checker('fed', "
                               "input => to_jsonb(repeat('x', 100000000)))")
    expect_run(outcome, 'error', 'memory')
    outcome = world.author.run("SELECT status::text, message, error FROM run_checker('fed', params => "
                               "(SELECT jsonb_object_agg('p' || i || '=', repeat('x', 100)) FROM generate_series(1, 50000) i))")
    expect_run(outcome, 'ok')


def _many_at_once(world):
    """The same new module, compiled and run by many sessions at the same moment."""
    _prepared(world)
    sessions = [Session(world.dsn(), 'author') for _ in range(6)]
    results = []

    def work(session, number):
        source = wat('(call $fail (i32.const 0) (i32.const 8))', data(0, 'together'))
        created = session.run("SELECT create_checker(%s, 'wat', %s)", (f'together_{number}', source))
        ran = run_checker(session, f'together_{number}')
        results.append((created.sqlstate, ran.rows and ran.rows[0][:2]))

    threads = [threading.Thread(target=work, args=(session, number)) for number, session in enumerate(sessions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for session in sessions:
        session.connection.close()
    expect(results == [(None, ('fail', 'together'))] * len(sessions), str(results))


def _alternating_row_types(world):
    """Rows of type record, each of another type than the one before: told apart, and none is remembered."""
    _prepared(world, "SELECT CASE WHEN n % 2 = 0 THEN ROW(n) ELSE ROW(n, 'x'::text) END AS r "
                     'FROM generate_series(1, 300000) n')
    create_or_fail(world.author, 'alternating', wat(_EQUAL, data(0, 'd')), datasets=['d'])

    def peak():
        status = pathlib.Path(f'/proc/{world.author.pid}/status').read_text()
        return int(status.split('VmHWM:')[1].split()[0]) * 1024

    before = peak()
    expect_run(run_checker(world.author, 'alternating'), 'ok')
    expect(peak() - before < 60 << 20, f'took {peak() - before} bytes')


def _leaves_nothing_behind(world):
    """Neither locks, nor descriptors, nor processes, nor memory."""
    _prepared(world)
    create_or_fail(world.author, 'trap', wat('unreachable'))

    def state():
        paths = [os.readlink(fd) for fd in pathlib.Path(f'/proc/{world.author.pid}/fd').iterdir()]
        # Tables stay open as the server likes.
        descriptors = sorted(path for path in paths if '/data/base/' not in path)
        locks = world.root.must('SELECT count(*) FROM pg_locks WHERE pid = %s', (world.author.pid,))[0][0]
        return descriptors, locks

    def memory():
        return int(pathlib.Path(f'/proc/{world.author.pid}/statm').read_text().split()[5]) * 4096

    def work(times):
        for number in range(times):
            run_checker(world.author, 'trap')
            world.author.must(_RUN)
            if number % 50 == 0:
                world.author.run("SELECT create_checker('bad', 'wat', '(')")

    work(60)  # the server's own files and caches are open then
    before, memory_before = state(), memory()
    work(300)
    after = state()
    expect(after == before, f'{set(after[0]) - set(before[0])} are open, {after[1]} locks held')
    expect(memory() - memory_before < 3 << 20, f'grew by {memory() - memory_before} bytes')


CASES = [Case(f'resources.{name}', run) for name, run in [
    ('alternating_row_types', _alternating_row_types),  # first: the peak is of the whole session
    ('asks_without_end', _asks_without_end),
    ('cancelled', _cancelled),
    ('compiler_killed', _compiler_killed),
    ('artifact_damaged', _artifact_damaged),
    ('out_of_memory', _TEXT_OF_ROWS),
    ('out_of_memory_for_rows', _DIFFERENT_ROWS),
    ('large_preview', _large_preview),
    ('large_input', _large_input),
    ('many_at_once', _many_at_once),
    ('leaves_nothing_behind', _leaves_nothing_behind),
]] + [
    Case('resources.terminated', _terminated, loses_session=True),
    Case('resources.terminated_from_inside', _terminated_from_inside, loses_session=True),
]
