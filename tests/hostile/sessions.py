"""Runs in the middle of everything that a session can be in, and what it must find unharmed afterwards."""
from driver import Case, Session, create_or_fail, expect, expect_error, expect_run, run_checker
from guests import data, wat

_EMPTY = wat('(drop (call $assert_empty (i32.const 0) (i32.const 1) (i32.const 8) (i32.const 4)))',
             data(0, 'd') + data(8, 'rows'))
_RUN = "SELECT status::text FROM run_checker('in_session')"


def _prepared(world, query='SELECT 1 AS a'):
    world.author.must("SELECT create_dataset('d', %s, or_replace => true)", (query,))
    if world.once('in_session'):
        create_or_fail(world.author, 'in_session', _EMPTY, datasets=['d'])


def _rolled_back(world):
    _prepared(world)
    before = world.author.must('SELECT count(*) FROM checker.runs')
    world.author.must('BEGIN')
    expect(world.author.must(_RUN) == [('fail',)], 'status')
    world.author.must('ROLLBACK')
    expect(world.author.must('SELECT count(*) FROM checker.runs') == before, 'the run stayed')


def _savepoints(world):
    _prepared(world)
    world.author.must('BEGIN')
    for _ in range(60):
        world.author.must('SAVEPOINT s')
        world.author.must(_RUN)
        world.author.must('ROLLBACK TO s')
    world.author.must('SAVEPOINT s')
    world.author.must(_RUN)
    world.author.must('RELEASE s')
    world.author.must('COMMIT')


def _exception_blocks(world):
    _prepared(world)
    world.author.must("DO $$ DECLARE s checker.status; BEGIN FOR i IN 1 .. 40 LOOP "
                      "BEGIN SELECT status INTO s FROM checker.run_checker('in_session'); RAISE EXCEPTION 'back'; "
                      "EXCEPTION WHEN raise_exception THEN NULL; END; "
                      "BEGIN PERFORM checker.run_checker('missing'); EXCEPTION WHEN undefined_object THEN NULL; END; "
                      "BEGIN PERFORM checker.create_dataset('d', 'SELECT FROM missing', or_replace => true); "
                      "EXCEPTION WHEN undefined_table THEN NULL; END; "
                      "BEGIN PERFORM checker.create_checker('bad', 'wat', '('); EXCEPTION WHEN syntax_error THEN NULL; END; "
                      'END LOOP; END $$')
    expect(world.author.must(_RUN) == [('fail',)], 'status')


def _in_a_trigger(world):
    world.author.must('DROP TABLE IF EXISTS triggered; CREATE TABLE triggered (a int)')
    _prepared(world, 'SELECT a FROM triggered')
    world.author.must('CREATE OR REPLACE FUNCTION run_it() RETURNS trigger LANGUAGE plpgsql AS '
                      "$$ BEGIN PERFORM checker.run_checker('in_session'); PERFORM checker.require_checker('in_session'); "
                      'RETURN NULL; END $$; '
                      'CREATE TRIGGER t AFTER INSERT ON triggered FOR EACH ROW EXECUTE FUNCTION run_it(); '
                      'CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON triggered DEFERRABLE INITIALLY DEFERRED '
                      'FOR EACH ROW EXECUTE FUNCTION run_it()')
    expect_error(world.author.run('INSERT INTO triggered VALUES (1)'), 'PC001', 'default.in_session: fail')
    expect(world.author.must('SELECT count(*) FROM triggered') == [(0,)], 'the row stayed')
    world.author.must('ALTER TABLE triggered DISABLE TRIGGER t; INSERT INTO triggered VALUES (1)')
    world.author.must('BEGIN; UPDATE triggered SET a = 2')
    expect_error(world.author.run('COMMIT'), 'PC001')
    world.author.must('DROP TABLE triggered; ')
    _prepared(world)


def _read_only(world):
    _prepared(world)
    world.author.must('BEGIN READ ONLY')
    expect_error(world.author.run(_RUN), '25006')
    world.author.must('ROLLBACK')
    world.author.must('BEGIN READ ONLY')
    expect(world.author.must("SELECT evaluate_checker('in_session') ->> 'status'") == [('fail',)], 'status')
    world.author.must('COMMIT')


def _serializable(world):
    _prepared(world)
    for level in ('REPEATABLE READ', 'SERIALIZABLE', 'SERIALIZABLE READ ONLY DEFERRABLE'):
        world.author.must(f'BEGIN ISOLATION LEVEL {level}')
        world.author.must("SELECT evaluate_checker('in_session')")
        if 'ONLY' not in level:
            world.author.must(_RUN)
        world.author.must('COMMIT')


def _two_phase(world):
    _prepared(world)
    world.author.must('BEGIN')
    world.author.must(_RUN)
    # PostgreSQL cannot keep a notification in a prepared transaction.
    expect_error(world.author.run("PREPARE TRANSACTION 'hostile'"), '0A000', 'NOTIFY')
    world.author.run('ROLLBACK')
    world.author.must('BEGIN')
    world.author.must("SET LOCAL checker.emit = 'none'")
    world.author.must(_RUN)
    world.author.must("PREPARE TRANSACTION 'hostile'")
    world.author.must("ROLLBACK PREPARED 'hostile'")


def _cursors(world):
    _prepared(world)
    world.author.must('BEGIN')
    world.author.must('DECLARE c SCROLL CURSOR FOR SELECT checker, status::text FROM run_checker()')
    expect(len(world.author.must('FETCH 1 FROM c')) == 1, 'no row')
    world.author.must('MOVE FORWARD ALL FROM c')
    world.author.must('MOVE BACKWARD ALL FROM c')
    world.author.must('FETCH ALL FROM c')
    world.author.must('COMMIT')
    world.author.must("BEGIN; DECLARE h CURSOR WITH HOLD FOR SELECT status FROM run_checker('in_session'); COMMIT")
    expect(len(world.author.must('FETCH ALL FROM h')) == 1, 'no row')
    world.author.must('CLOSE h')
    world.author.must('SELECT r.status FROM generate_series(1, 20) i, LATERAL run_checker(\'in_session\') r LIMIT 3')


def _prepared_statements(world):
    _prepared(world)
    world.author.must('PREPARE r AS SELECT status::text FROM run_checker($1)')
    for _ in range(8):
        expect(world.author.must("EXECUTE r('in_session')") == [('fail',)], 'status')
    world.author.must('DEALLOCATE r')
    world.author.must('DISCARD ALL')
    world.author.must('SET search_path = public, checker')
    expect(world.author.must(_RUN) == [('fail',)], 'after DISCARD ALL')


def _parallel(world):
    """A wrapper that lies about being parallel safe."""
    _prepared(world)
    world.author.must("CREATE OR REPLACE FUNCTION liar(int) RETURNS text LANGUAGE plpgsql PARALLEL SAFE AS $$ "
                      "BEGIN RETURN (SELECT checker.evaluate_checker('in_session') ->> 'status'); END $$; "
                      'DROP TABLE IF EXISTS wide; CREATE TABLE wide AS SELECT i FROM generate_series(1, 50000) i')
    world.author.must('SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; '
                      'SET force_parallel_mode = on')
    outcome = world.author.run('SELECT count(liar(i)) FROM wide WHERE i < 5')
    expect(outcome.sqlstate in (None, '25000', '0A000'), f'{outcome.sqlstate} {outcome.text}')
    # A dataset that PostgreSQL runs in parallel, with a parameter.
    _prepared(world, "SELECT count(*) AS n FROM wide WHERE i > checker.param('p', '0')::int")
    expect(world.author.must(_RUN) == [('fail',)], 'status')
    world.author.must('RESET ALL; SET search_path = public, checker')
    _prepared(world)


def _changed_under_the_plan(world):
    """Plans are kept for the session; what they stand on is not."""
    world.author.must('CREATE TABLE moving (a int); INSERT INTO moving VALUES (1)')
    _prepared(world, 'SELECT * FROM moving')
    expect(world.author.must(_RUN) == [('fail',)], 'status')
    world.author.must('ALTER TABLE moving ADD b text DEFAULT repeat(\'x\', 10), ALTER a TYPE text')
    outcome = run_checker(world.author, 'in_session')
    expect_run(outcome, ('fail', 'error'), 'rows|changed|result type')
    world.author.must('DROP TABLE moving')
    expect_run(run_checker(world.author, 'in_session'), 'error', 'moving')
    world.author.must('CREATE VIEW moving AS SELECT 1 AS a WHERE false')
    expect_run(run_checker(world.author, 'in_session'), 'ok')
    world.author.must('DROP VIEW moving')
    _prepared(world)


def _extension_made_anew(world):
    """In a session that has used it: kept plans and loaded modules name objects that are gone."""
    library = world.root.must("SELECT probin FROM pg_proc WHERE proname = 'run_checker' LIMIT 1")[0][0]
    if library != '$libdir/pg_checker':
        return  # --library: the script of the extension loads the installed one beside it
    world.root.must('CREATE DATABASE again')
    session = Session(world.dsn().replace('dbname=hostile', 'dbname=again'), 'postgres')
    for _ in range(3):
        session.must('CREATE EXTENSION pg_checker')
        session.must("SELECT create_dataset('d', 'SELECT 1 AS a')")
        create_or_fail(session, 'c', _EMPTY, datasets=['d'])
        expect_run(run_checker(session, 'c'), 'fail', 'rows')
        session.must('DROP EXTENSION pg_checker CASCADE')
    session.connection.close()
    world.root.must('DROP DATABASE again')


CASES = [Case(f'sessions.{name}', run) for name, run in [
    ('rolled_back', _rolled_back),
    ('savepoints', _savepoints),
    ('exception_blocks', _exception_blocks),
    ('in_a_trigger', _in_a_trigger),
    ('read_only', _read_only),
    ('serializable', _serializable),
    ('two_phase', _two_phase),
    ('cursors', _cursors),
    ('prepared_statements', _prepared_statements),
    ('parallel', _parallel),
    ('changed_under_the_plan', _changed_under_the_plan),
    ('extension_made_anew', _extension_made_anew),
]]
