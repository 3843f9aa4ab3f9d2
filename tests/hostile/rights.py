"""Roles that want what is not theirs: through names, search paths, temporary objects, casts, types and functions."""
from driver import Case, create, create_or_fail, expect, expect_error, expect_run, run_checker
from guests import data, wat

_TELL = wat('(call $dataset (i32.const 0) (i32.const {length})) (call $fail)', '{data}')
_EMPTY = wat('(drop (call $assert_empty (i32.const 0) (i32.const 1) (i32.const 8) (i32.const 4)))',
             data(0, 'd') + data(8, 'rows'))


def _teller(dataset):
    """A guest that fails with the dataset's rows as its message."""
    return _TELL.format(length=len(dataset), data=data(0, dataset))


def _expect_denied(world, statement, parameters=None, says=''):
    outcome = world.other.run(statement, parameters)
    expect_error(outcome, '42501', says)


def _objects_of_others(world):
    world.author.must("SELECT create_dataset('private', 'SELECT 1 AS secret', or_replace => true)")
    create_or_fail(world.author, 'private', _teller('private'), datasets=['private'])
    run_checker(world.author, 'private')
    for statement in ("SELECT * FROM run_checker('private')", "SELECT evaluate_checker('private')",
                      "SELECT require_checker('private')", "SELECT preview_dataset('private')",
                      "SELECT drop_checker('private')", "SELECT drop_dataset('private', true)",
                      "SELECT create_dataset('private', 'SELECT 2 AS b', or_replace => true)",
                      "SELECT create_checker('private', 'wat', '(module (func (export \"check\")))', "
                      'or_replace => true)',
                      "SELECT create_checker('thief', 'wat', '(module (func (export \"check\")))', "
                      "datasets => '{private}')"):
        _expect_denied(world, statement)
    for view in ('checkers', 'datasets', 'runs', 'assertions', 'alarms'):
        rows = world.other.must(f'SELECT * FROM checker.{view} x WHERE x::text LIKE \'%private%\'')
        expect(rows == [], f'{view} shows {rows}')
    expect(world.other.must("SELECT count(*) FROM run_checker() WHERE checker = 'default.private'") == [(0,)],
           'run_checker() ran it')


def _view_is_a_barrier(world):
    """A cheap function that leaks must not see rows before the view's own filter."""
    world.author.must("SELECT create_dataset('leaky', 'SELECT 1 AS a', or_replace => true)")
    world.other.must('CREATE OR REPLACE FUNCTION leak(text) RETURNS bool LANGUAGE plpgsql COST 0.0001 AS '
                     "$$ BEGIN RAISE EXCEPTION 'saw %', $1; RETURN true; END $$")
    for view, column in (('datasets', 'query'), ('checkers', 'source'), ('runs', 'message'),
                         ('assertions', 'message'), ('alarms', 'checker')):
        outcome = world.other.run(f'SELECT * FROM checker.{view} WHERE leak({column})')
        expect('private' not in outcome.text and 'leaky' not in outcome.text and outcome.sqlstate is None,
               f'{view}: {outcome.text[:200]}')


def _tables_and_sequences(world):
    for table in ('checker', 'checker_version', 'dataset', 'run', 'assertion', 'alarm', 'outbox', 'outbox_lease',
                  'dead_letter', 'claim', 'due', 'holiday'):
        for statement in (f'TABLE checker.{table}', f'DELETE FROM checker.{table}',
                          f'SELECT count(*) FROM checker.{table}', f'TRUNCATE checker.{table}'):
            _expect_denied(world, statement)
    _expect_denied(world, "SELECT nextval('checker.outbox_id_seq')")
    _expect_denied(world, 'CREATE TABLE checker.planted (a int)')
    _expect_denied(world, 'CREATE FUNCTION checker.planted() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$')


def _functions_of_operators(world):
    for call in ("claim_due()", "record_run('{}')", "claim_outbox('w', 1, 1, '1 s')", "confirm_outbox('w', '{}')",
                 "release_outbox('w')", "dead_letter_outbox('w', 1, 'x', 1)", "grant_access('admin', 'other')",
                 "revoke_access('reader', 'author')", "join_outbox('w', '1 s')", 'outbox_depth()',
                 "rewind_outbox('w', 1, 1)", "end_outbox_leases('w', '{}')", "access_routines('admin')"):
        _expect_denied(world, f'SELECT checker.{call}')


def _superuser_settings(world):
    for name, value in (('max_timeout', '1d'), ('max_memory_limit', '4GB'), ('max_fuel', '0'),
                        ('stack_limit', '1GB'), ('output_limit', '1GB'), ('module_size_limit', '1GB'),
                        ('max_assertions', '1000000'), ('cache_directory', '/tmp'), ('c_compiler', '/bin/sh'),
                        ('compile_helper', '/bin/sh'), ('redact_columns', ''), ('log_level', 'debug'),
                        ('compile_timeout', '1h'), ('loaded_modules', '1')):
        outcome = world.author.run(f"SET checker.{name} = '{value}'")
        expect_error(outcome, '42501', 'permission denied')
    for name in ('cache_directory', 'c_compiler', 'compile_helper'):
        _expect_denied(world, f'SHOW checker.{name}')


def _user_settings_stay_in_their_caps(world):
    create_or_fail(world.author, 'caps', wat('(loop (br 0))'))
    world.root.must("ALTER ROLE author SET checker.max_timeout = '200ms'")
    world.author.connection.close()
    world.author.connect()
    world.author.must("SET checker.timeout = '1h'")
    outcome = run_checker(world.author, 'caps')
    expect_run(outcome, 'error', 'time limit')
    expect(outcome.seconds < 5, f'took {outcome.seconds:.1f} s')
    world.root.must('ALTER ROLE author RESET ALL')
    world.author.connection.close()
    world.author.connect()


def _options_over_their_caps(world):
    for options in ("timeout => '1 day'", "timeout => '-1 s'", "timeout => '0'", "timeout => '178000000 years'",
                    "timeout => '-178000000 years'", "timeout => '213503982 days 8 hours 1 minute'",
                    "for_duration => '295000 years'", "for_duration => '178000000 years'",
                    "for_duration => '-1 us'", "for_runs => 0", "for_runs => -2147483648", "recover_runs => 0",
                    "max_samples => -1", "max_samples => 1001", "fuel => -1", "memory_limit => '1TB'",
                    "memory_limit => '1kB'", "memory_limit => '-1'", "memory_limit => ''",
                    "memory_limit => '1e300GB'", "severity => 'x'", "on_empty => 'x'", "schedule => ''",
                    "schedule => '* * * *'", "schedule => '60 * * * *'", "schedule => '0 0 31 2 *'",
                    "schedule => '*/0 * * * *'", "schedule => '99999999999999999999 * * * *'",
                    "schedule => '-1 second'", "schedule => repeat('1,', 100000) || '1 * * * *'",
                    "schedule => '178000000 years'", "time_zone => '../../etc/passwd'", "time_zone => 'Nowhere/Else'",
                    "time_zone => repeat('x', 100000)", "labels => '[]'", "labels => '1'", "params => '[1]'",
                    "params => 'null'", "owner => repeat('x', 100000000)", "runbook => repeat('x', 70000)",
                    "labels => jsonb_build_object('a', repeat('x', 70000))"):
        outcome = world.author.run("SELECT create_checker('odd', 'wat', '(module (func (export \"check\")))', "
                                   f'or_replace => true, {options})')
        if outcome.sqlstate is None:
            # What is taken must also run.
            expect_run(run_checker(world.author, 'odd'), 'ok')
        else:
            expect(outcome.sqlstate[:2] in ('22', '42'), f'{options}: {outcome.sqlstate} {outcome.text[:200]}')
        expect(outcome.sqlstate is not None or 'repeat' in options or 'schedule' in options, f'{options} was taken')


def _names(world):
    for bad in ('', '.', 'a.', '.a', 'a.b.c', 'a b', "a'b", 'a"b', 'a;b', '1a', '-a', 'a\n', '\u00e4', 'a' * 64,
                'a' * 63 + '.' + 'b' * 64, '$1', '%s', '../x', 'checker.', 'a..b'):
        for call in ("create_checker(%s, 'wat', '(module (func (export \"check\")))')", "create_dataset(%s, 'SELECT 1 AS a')",
                     'run_checker(%s)', 'preview_dataset(%s)', 'drop_checker(%s)'):
            expect_error(world.author.run(f'SELECT checker.{call}', (bad,)), '42602', 'not a valid name')


def _a_name_that_becomes_anothers(world):
    """Who drops a dataset and keeps the checker waits for somebody mightier to use the name again."""
    world.other.must("SELECT create_dataset('payroll', 'SELECT 1 AS a')")
    create_or_fail(world.other, 'waiting', _teller('payroll'), datasets=['payroll'])
    world.other.must("SELECT drop_dataset('payroll', true)")
    world.root.must("SELECT checker.create_dataset('payroll', 'SELECT rolname AS secret FROM pg_authid')")
    expect_run(run_checker(world.other, 'waiting'), 'error', 'permission denied for dataset "default.payroll"')
    world.root.must("SELECT checker.drop_dataset('payroll', true)")


def _membership_that_ended(world):
    world.root.must('CREATE ROLE team; GRANT team TO other; CREATE TABLE IF NOT EXISTS public.salary (a int); '
                    "INSERT INTO public.salary VALUES (42); GRANT SELECT ON public.salary TO team; "
                    "SELECT checker.grant_access('author', 'team')")
    world.root.must("SET ROLE team; SELECT checker.create_dataset('salary', 'SELECT a FROM public.salary'); RESET ROLE")
    create_or_fail(world.other, 'colleague', _teller('salary'), datasets=['salary'])
    expect_run(run_checker(world.other, 'colleague'), 'fail', '42')
    world.root.must('REVOKE team FROM other')
    expect_run(run_checker(world.other, 'colleague'), 'error', 'permission denied')


def _owner_that_was_dropped(world):
    """A role that is gone owns nothing any more, and what it left behind makes no internal error."""
    world.root.must("CREATE ROLE gone; SELECT checker.grant_access('author', 'gone'); SET ROLE gone; "
                    "SELECT checker.create_dataset('left', 'SELECT 1 AS a'); "
                    "SELECT checker.create_checker('left', 'wat', $$" + _teller('left') + "$$, datasets => '{left}'); "
                    'RESET ROLE; DROP OWNED BY gone; DROP ROLE gone')
    expect_error(world.author.run("SELECT * FROM run_checker('left')"), '42501')
    outcome = run_checker(world.root, 'left')
    expect(outcome.sqlstate is None or not outcome.sqlstate.startswith('XX'), f'{outcome.sqlstate} {outcome.text}')
    outcome = world.root.run("SELECT preview_dataset('left')")
    expect(outcome.sqlstate is None or not outcome.sqlstate.startswith('XX'), f'{outcome.sqlstate} {outcome.text}')
    world.root.must('SELECT count(*) FROM checker.checkers; SELECT count(*) FROM checker.datasets')
    world.root.must("SELECT drop_checker('left'); SELECT drop_dataset('left')")


def _superuser_runs_a_trap(world):
    """A superuser who runs or previews does it with the owner's rights, whatever the dataset calls."""
    world.author.must('CREATE OR REPLACE FUNCTION trap() RETURNS text LANGUAGE plpgsql AS $$ BEGIN '
                      "BEGIN ALTER ROLE author SUPERUSER; EXCEPTION WHEN OTHERS THEN NULL; END; "
                      "BEGIN RESET SESSION AUTHORIZATION; EXCEPTION WHEN OTHERS THEN NULL; END; "
                      "BEGIN SET ROLE postgres; EXCEPTION WHEN OTHERS THEN NULL; END; "
                      "RETURN current_user || ' ' || (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) || ' ' "
                      "|| coalesce(pg_read_file('PG_VERSION'), ''); EXCEPTION WHEN insufficient_privilege THEN "
                      "RETURN 'refused as ' || current_user; END $$")
    world.author.must("SELECT create_dataset('trap', 'SELECT public.trap() AS t', or_replace => true)")
    create_or_fail(world.author, 'trap', _teller('trap'), datasets=['trap'])
    expect_run(run_checker(world.root, 'trap'), 'fail', 'refused as author')
    expect(world.root.must("SELECT preview_dataset('trap') ->> 't'") == [('refused as author',)], 'preview')
    expect(world.root.must("SELECT rolsuper FROM pg_roles WHERE rolname = 'author'") == [(False,)], 'superuser now')


def _cast_and_output_functions(world):
    """What turns a value into JSON runs with the dataset owner's rights, too."""
    world.author.must('CREATE TYPE spy AS (a int)')
    world.author.must('CREATE FUNCTION spy_json(spy) RETURNS json LANGUAGE plpgsql AS '
                      "$$ BEGIN RETURN to_json('seen by ' || current_user); END $$")
    world.author.must('CREATE CAST (spy AS json) WITH FUNCTION spy_json(spy)')
    world.author.must("SELECT create_dataset('d', 'SELECT ROW(1)::public.spy AS s', or_replace => true)")
    create_or_fail(world.author, 'spied', _EMPTY, datasets=['d'])
    expect_run(run_checker(world.root, 'spied'), 'fail', 'rows')
    sample = world.root.must("SELECT sample::text FROM checker.assertions ORDER BY run_id DESC LIMIT 1")[0][0]
    expect('by author' in sample or 'postgres' not in sample, sample)
    expect('"a": 1' in sample or 'by author' in sample, sample)


def _planted_names(world):
    world.root.must('CREATE SCHEMA evil AUTHORIZATION author')
    world.author.must('CREATE FUNCTION evil.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT NULL::timestamptz $$; '
                      'CREATE FUNCTION evil.concat_as(text, text) RETURNS text LANGUAGE plpgsql AS '
                      "$$ BEGIN RAISE EXCEPTION 'hijacked as %', current_user; END $$; "
                      'CREATE OPERATOR evil.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.concat_as); '
                      'CREATE FUNCTION evil.same(text, text) RETURNS bool LANGUAGE plpgsql AS '
                      "$$ BEGIN RAISE EXCEPTION 'hijacked as %', current_user; END $$; "
                      'CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.same); '
                      'CREATE TYPE evil.regrole AS ENUM (\'x\')')
    world.root.must('GRANT USAGE ON SCHEMA evil TO PUBLIC')
    world.author.must("SELECT create_dataset('d', 'SELECT 1 AS a', or_replace => true)")
    create_or_fail(world.author, 'planted', _EMPTY, datasets=['d'])
    for session in (world.root, world.author):
        session.must('SET search_path = evil, pg_catalog, checker, public')
        expect_run(run_checker(session, 'planted'), 'fail', 'rows')
        session.must("SELECT checker.evaluate_checker('planted'); SELECT * FROM checker.checkers; SELECT * FROM checker.runs; "
                     'SELECT * FROM checker.alarms; SELECT * FROM checker.outbox_status')
        expect_error(session.run("SELECT checker.require_checker('planted')"), 'PC001')
        session.must('SET search_path = public, checker')
    world.root.must('DROP SCHEMA evil CASCADE')


def _temporary_shadows(world):
    """The runner's temporary tables take no part in a dataset, however its search_path was written."""
    world.author.must('CREATE TABLE IF NOT EXISTS public.shadowed (a text); TRUNCATE shadowed; '
                      "INSERT INTO shadowed VALUES ('true row')")
    for path in ('public, checker', 'pg_temp, public', '"my_pg_temp", public', 'PG_TEMP, public'):
        world.author.must(f'SET search_path = {path}')
        world.author.must("SELECT checker.create_dataset('shadowed', 'SELECT a FROM shadowed', or_replace => true)")
        world.author.must('SET search_path = public, checker')
        create_or_fail(world.author, 'shadowed', _teller('shadowed'), datasets=['shadowed'])
        world.author.must("CREATE TEMP TABLE shadowed AS SELECT 'false row' AS a")
        expect_run(run_checker(world.author, 'shadowed'), 'fail', 'true row')
        world.author.must('DROP TABLE pg_temp.shadowed')


def _row_security(world):
    world.root.must('CREATE TABLE public.guarded (who text); INSERT INTO public.guarded VALUES (\'author\'), (\'other\'); '
                    'ALTER TABLE public.guarded ENABLE ROW LEVEL SECURITY; GRANT SELECT ON public.guarded TO author; '
                    'CREATE POLICY own ON public.guarded USING (who = current_user)')
    world.author.must("SELECT create_dataset('guarded', 'SELECT who FROM public.guarded', or_replace => true)")
    create_or_fail(world.author, 'guarded', _teller('guarded'), datasets=['guarded'])
    for session in (world.author, world.root):
        expect_run(run_checker(session, 'guarded'), 'fail', r'who\nauthor\n$|^who\nauthor\n')
        message = session.must("SELECT message FROM run_checker('guarded')")[0][0]
        expect('other' not in message, message)


def _redacted_columns(world):
    """A redacted column shows in no sample, under none of its values' disguises."""
    world.root.must("ALTER DATABASE hostile SET checker.redact_columns = 'secret, \"Card No\"'")
    for session in (world.author, world.root):
        session.connection.close()
        session.connect()
    world.author.must("SELECT create_dataset('d', $$SELECT 'hidden' AS secret, 'hidden' AS \"Card No\", 'shown' AS a$$, "
                      'or_replace => true)')
    create_or_fail(world.author, 'redacted', _EMPTY, datasets=['d'])
    expect_run(run_checker(world.author, 'redacted'), 'fail')
    for text in (world.author.must('SELECT sample::text FROM checker.assertions ORDER BY run_id DESC LIMIT 1')[0][0],
                 str(world.author.must("SELECT preview_dataset('d')")),
                 str(world.author.must("SELECT evaluate_checker('redacted')")),
                 world.root.must('SELECT body FROM checker.outbox ORDER BY id DESC LIMIT 1')[0][0]):
        expect('hidden' not in text and 'shown' in text, text[:300])
    world.root.must('ALTER DATABASE hostile RESET checker.redact_columns')
    for session in (world.author, world.root):
        session.connection.close()
        session.connect()


def _planned_as_the_owner(world):
    """Immutable functions run while a query is planned: as the dataset's owner, not as who runs it."""
    world.author.must('CREATE TABLE IF NOT EXISTS planned_by (who text)')
    world.author.must('CREATE OR REPLACE FUNCTION plan_trap() RETURNS text LANGUAGE plpgsql IMMUTABLE AS '
                      '$$ BEGIN RETURN current_user; END $$')
    world.author.must("SELECT create_dataset('planned', 'SELECT plan_trap() AS who', or_replace => true)")
    create_or_fail(world.author, 'planned', _teller('planned'), datasets=['planned'])
    expect_run(run_checker(world.root, 'planned'), 'fail', 'author')


def _checkers_table_of_the_caller(world):
    """A table named as the extension's schema is no way in."""
    world.author.must('CREATE TEMP TABLE checker (id int); CREATE TEMP TABLE run (id int); CREATE TEMP TABLE alarm (id int)')
    world.author.must("SELECT create_dataset('d', 'SELECT 1 AS a', or_replace => true)")
    create_or_fail(world.author, 'temps', _EMPTY, datasets=['d'])
    expect_run(run_checker(world.author, 'temps'), 'fail', 'rows')
    world.author.must('DROP TABLE pg_temp.checker, pg_temp.run, pg_temp.alarm')


def _huge_names_list(world):
    outcome = world.author.run("SELECT require_checker(VARIADIC array_agg('x' || i)) FROM generate_series(1, 100000) i")
    expect_error(outcome, '42704')
    for array in ("ARRAY[['a', 'b']]", 'ARRAY[NULL]::text[]'):
        expect(world.author.run(f'SELECT require_checker(VARIADIC {array})').sqlstate in ('2202E', '22004'), array)
        expect(create(world.author, 'x', '(module (func (export "check")))').sqlstate is None, 'create')


CASES = [Case(f'rights.{name}', run) for name, run in [
    ('objects_of_others', _objects_of_others),
    ('view_is_a_barrier', _view_is_a_barrier),
    ('tables_and_sequences', _tables_and_sequences),
    ('functions_of_operators', _functions_of_operators),
    ('superuser_settings', _superuser_settings),
    ('user_settings_stay_in_their_caps', _user_settings_stay_in_their_caps),
    ('options_over_their_caps', _options_over_their_caps),
    ('names', _names),
    ('a_name_that_becomes_anothers', _a_name_that_becomes_anothers),
    ('membership_that_ended', _membership_that_ended),
    ('owner_that_was_dropped', _owner_that_was_dropped),
    ('superuser_runs_a_trap', _superuser_runs_a_trap),
    ('cast_and_output_functions', _cast_and_output_functions),
    ('planted_names', _planted_names),
    ('temporary_shadows', _temporary_shadows),
    ('row_security', _row_security),
    ('redacted_columns', _redacted_columns),
    ('planned_as_the_owner', _planned_as_the_owner),
    ('tables_named_as_the_extensions', _checkers_table_of_the_caller),
    ('names_by_the_hundred_thousand', _huge_names_list),
]]
