"""Runs tables of hostile cases against a private cluster and sees to it that the server outlives them."""
import dataclasses
import pathlib
import re
import sys
import threading
import time

import psycopg2
import psycopg2.extensions

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'delivery'))
from services import Services  # noqa: E402

SETTINGS = {
    'timezone': 'UTC',
    'max_stack_depth': '2MB',
    'max_prepared_transactions': '4',
    # Room for compilations on a busy machine; cases set their own limits on runs.
    'checker.compile_timeout': '120s',
    'session_preload_libraries': 'pg_checker',
}

# What no user may cause, whatever he does.
BAD_LOG = re.compile(r'PANIC:|terminated by signal|TRAP:|ERROR:  XX\d\d\d|WARNING:  .*(leak|still active)'
                     r'|snapshot .* still active|unexpected eof')


# True if floating point rounds to the nearest and keeps what is smaller than normal. The server computes it at each
# call, as text is no constant to it.
_ROUNDS = """(SELECT n + '1e-17'::text::float8 = 1 AND n - '1e-17'::text::float8 = 1 AND n * '5e-324'::text::float8 > 0
              FROM (SELECT length(pg_backend_pid()::text) / length(pg_backend_pid()::text)::float8) one(n))"""


@dataclasses.dataclass
class Outcome:
    """How a statement ended: its rows, or the error."""
    rows: list = dataclasses.field(default_factory=list)
    sqlstate: str = None
    text: str = ''
    seconds: float = 0.0


class Broken(Exception):
    """A case that did not come out as it should."""


class Session:
    """One connection. Statements run one by one, each its own transaction unless it begins one."""

    def __init__(self, dsn, user):
        self.dsn, self.user = dsn, user
        self.connection = None
        self.connect()

    def connect(self):
        self.connection = psycopg2.connect(self.dsn, user=self.user)
        self.connection.autocommit = True
        self.pid = self.connection.info.backend_pid
        self.run("SET search_path = public, checker")

    def run(self, sql, parameters=None):
        began = time.monotonic()
        outcome = Outcome()
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                if cursor.description is not None:
                    outcome.rows = cursor.fetchall()
        except psycopg2.Error as error:
            outcome.sqlstate = error.pgcode or 'lost'
            diag = error.diag
            outcome.text = '\n'.join(filter(None, [
                diag.message_primary or str(error), diag.message_detail, diag.message_hint]))
        outcome.seconds = time.monotonic() - began
        return outcome

    def must(self, sql, parameters=None):
        outcome = self.run(sql, parameters)
        if outcome.sqlstate is not None:
            raise Broken(f'{sql[:200]}: {outcome.sqlstate} {outcome.text}')
        return outcome.rows

    def usable(self):
        """True if the same backend answers and no transaction of anybody's is left open in it."""
        if self.connection.closed:
            return False
        if self.connection.info.transaction_status != psycopg2.extensions.TRANSACTION_STATUS_IDLE:
            return False
        state = self.run(f'SELECT pg_backend_pid(), current_user::text, current_setting(\'search_path\'), {_ROUNDS}')
        return state.rows == [(self.pid, self.user, 'public, checker', True)]

    def signals(self):
        """Masks of blocked, ignored and caught signals of the backend."""
        status = pathlib.Path(f'/proc/{self.pid}/status').read_text(encoding='ascii')
        return re.findall(r'^(Sig(?:Blk|Ign|Cgt)):\s*(\w+)', status, re.MULTILINE)


@dataclasses.dataclass
class World:
    """What a case may use."""
    services: object
    author: Session  # no superuser, level author
    other: Session   # another such
    root: Session
    made: set = dataclasses.field(default_factory=set)

    def once(self, what):
        """True the first time; cases share what is costly to make."""
        if what in self.made:
            return False
        self.made.add(what)
        return True

    def sessions(self):
        return self.author, self.other, self.root

    def dsn(self):
        postgres = self.services.postgres
        return f'host={postgres.host} port={postgres.port} dbname=hostile'


@dataclasses.dataclass
class Case:
    """`run(world)` does the deed and raises Broken if the outcome is wrong."""
    name: str
    run: object
    # Whether the case ends its own session.
    loses_session: bool = False


def expect(condition, what):
    if not condition:
        raise Broken(what)


def expect_error(outcome, sqlstate, says=''):
    """The statement failed with this SQLSTATE (or one of several), and the text matches."""
    states = (sqlstate,) if isinstance(sqlstate, str) else sqlstate
    expect(outcome.sqlstate in states,
           f'expected SQLSTATE {sqlstate}, got {outcome.sqlstate}: {outcome.text[:600]} '
           f'{str(outcome.rows)[:300]}')
    expect(re.search(says, outcome.text, re.DOTALL), f'expected {says!r} in: {outcome.text[:600]}')


def expect_run(outcome, status, says=''):
    """The row of run_checker (status, message, error): the status is one of these, and the text matches."""
    expect(outcome.sqlstate is None, f'run failed: {outcome.sqlstate} {outcome.text[:600]}')
    expect(outcome.rows, 'no row')
    got, message, error = outcome.rows[0]
    text = f'{message or ""}\n{error or ""}'
    wanted = (status,) if isinstance(status, str) else status
    expect(got in wanted, f'expected status {status}, got {got}: {text[:600]}')
    expect(re.search(says, text, re.DOTALL), f'expected {says!r} in: {text[:300]} … {text[-100:]}')


RUN = 'SELECT status::text, message, error FROM checker.run_checker(%s, input => %s::jsonb)'


def expect_cancelled(world, name):
    """Runs a checker of the author's that never ends, cancels it as soon as it runs, and sees it end at once."""
    sent = []

    def cancel():
        while not world.root.must("SELECT FROM pg_stat_activity WHERE pid = %s AND state = 'active'",
                                  (world.author.pid,)):
            pass
        sent.append(time.monotonic())
        world.root.run('SELECT pg_cancel_backend(%s)', (world.author.pid,))
    thread = threading.Thread(target=cancel)
    thread.start()
    outcome = run_checker(world.author, name)
    ended = time.monotonic()
    thread.join()
    expect_error(outcome, '57014', 'user request')
    expect(ended - sent[0] < 1, f'the script went on for {ended - sent[0]:.2f} s')


def run_checker(session, name, choice=None):
    return session.run(RUN, (name, None if choice is None else str(choice)))


def create(session, name, source, **options):
    """create_checker from text (wat) or bytes (wasm)."""
    given = ''.join(f', {key} => %s' for key in options)
    values = tuple(options.values())
    if isinstance(source, bytes):
        return session.run(f'SELECT create_checker(%s, %s::bytea, or_replace => true{given})',
                           (name, psycopg2.Binary(source)) + values)
    return session.run(f"SELECT create_checker(%s, 'wat', %s, or_replace => true{given})",
                       (name, source) + values)


def create_or_fail(session, name, source, **options):
    outcome = create(session, name, source, **options)
    expect(outcome.sqlstate is None, f'create_checker: {outcome.sqlstate} {outcome.text[:800]}')


def _prepare(postgres, library, helper):
    postgres.psql('CREATE ROLE author LOGIN; CREATE ROLE other LOGIN; CREATE DATABASE hostile')
    postgres.psql('CREATE EXTENSION pg_checker', database='hostile')
    postgres.psql("SELECT checker.grant_access('author', r) "
                  "FROM unnest('{author,other}'::regrole[]) r; "
                  'GRANT CREATE ON SCHEMA public TO author, other', database='hostile')
    if library:
        postgres.psql(f"SET allow_system_table_mods = on; UPDATE pg_proc SET probin = '{library}' "
                      "WHERE probin = '$libdir/pg_checker'", database='hostile')
        postgres.psql(f"ALTER SYSTEM SET session_preload_libraries = '{library}'")
    if helper:
        postgres.psql(f"ALTER SYSTEM SET checker.compile_helper = '{helper}'")
    postgres.psql('SELECT pg_reload_conf()')


def _survived(postgres, postmaster):
    """Complaints about the server as a whole."""
    log = postgres.log.read_text(encoding='utf-8', errors='replace')
    complaints = [f'in the log of the server: {line}' for line in log.splitlines()
                  if BAD_LOG.search(line)]
    if postgres.pid != postmaster or not postgres.running():
        complaints.append('the postmaster is gone')
    # Nothing but artifacts with their locks, and what is kept for all sessions.
    cache = postgres.data / 'pgsql_tmp_checker'
    complaints += [f'left in the cache: {entry.name}' for entry in cache.glob('*')
                   if not re.fullmatch(r'[0-9a-f]{64}\.so(\.lock)?|engine_stats|run_slots', entry.name)]
    return complaints


def _run_case(case, world):
    """None, or what is wrong."""
    before = {session.pid: session.signals() for session in world.sessions()}
    try:
        case.run(world)
    except Broken as broken:
        return str(broken)
    finally:
        # psycopg2 has the state of the session, not of the case: leave no transaction open.
        for session in world.sessions():
            if not session.connection.closed:
                info = session.connection.info
                if info.transaction_status != psycopg2.extensions.TRANSACTION_STATUS_IDLE:
                    session.run('ROLLBACK')
    for session in world.sessions():
        if case.loses_session and session.connection.closed:
            session.connect()
        if not session.usable():
            return f'the session of {session.user} is not usable any more'
        if session.signals() != before.get(session.pid, session.signals()):
            return f'signals of the session of {session.user}: {before[session.pid]}, now {session.signals()}'
    return None


def run_cases(cases, library=None, helper=None, pattern=None):
    """Runs those whose name contains `pattern`; returns the number of those that failed."""
    wanted = [case for case in cases if pattern is None or pattern in case.name]
    failed = 0
    with Services(pg_settings=SETTINGS, only='postgres') as services:
        postgres = services.postgres
        _prepare(postgres, library, helper)
        postmaster = postgres.pid
        world = World(services, None, None, None)
        dsn = world.dsn()
        world.author, world.other, world.root = (
            Session(dsn, user) for user in ('author', 'other', 'postgres'))
        for case in wanted:
            began = time.monotonic()
            problem = _run_case(case, world)
            took = time.monotonic() - began
            if problem is None and any(s.connection.closed for s in (world.author, world.root)):
                problem = 'the connection is gone'
            print(f'{"ok  " if problem is None else "FAIL"} {case.name} ({took:.2f} s)', flush=True)
            if problem is not None:
                print(f'     {problem}', flush=True)
                failed += 1
                for session in world.sessions():
                    if session.connection.closed or not session.usable():
                        session.connection.close()
                        postgres.psql('SELECT 1')
                        session.connect()
        complaints = _survived(postgres, postmaster)
    for complaint in complaints:
        print(complaint)
    print(f'{len(wanted) - failed} of {len(wanted)} cases as expected')
    return failed + len(complaints)
