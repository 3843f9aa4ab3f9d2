"""Results of runs that record_run is given, spoilt in every member, and in several at random."""
import copy
import json
import random

from driver import Broken, Case, create_or_fail, expect
from guests import wat

SEED = 20261125
RANDOM_RESULTS = 3000

_BAD_VALUES = [
    None, True, False, 0, -1, 1, 0.5, 2**31, 2**63 - 1, 2**63, -2**63, 10**400, 1e-300, '', ' ', 'ok', 'fail', 'error',
    'x' * 100000, '\ud800', '\x01', '"', "'; DROP EXTENSION pg_checker; --", '\\u0000', 'infinity', '-infinity', 'epoch',
    '4714-11-24 BC', '294276-12-31', '2026-13-45', 'now', '25:00:00', '-01:00:00', '9' * 400, '1e1000', '00:00:00',
    '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', [], {}, [[]], [{}], [None], {'': 1},
    {'ok': False}, [{'ok': True, 'message': 'm'}], [[1]] * 1000, ['x'] * 100000, 1.5, -2**63 - 1, 2**31 - 1,
    '294276-12-31 23:59:59.999999+00', '4713-01-01 BC', '178000000 years', '-178000000 years', {'': {}},
    {'d': {'rows': -1}}, {'d': {'rows': 1, 'exact': 1, 'sample': {}}}, [{'outcome': 'ok'}], [{'outcome': 'nonsense'}],
    [{'level': 1, 'text': 2}],
]
_SHORT_VALUES = [value for value in _BAD_VALUES if len(json.dumps(value)) < 1000]
_DEEP = '[' * 6000 + ']' * 6000
# Recorded, or refused for what it says, or as too deep or large for the server, or as nobody's run.
_REFUSALS = ('22', '54', '55')


def _paths(value, prefix=()):
    """The paths of all members and elements."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in items:
        yield prefix + (key,)
        yield from _paths(member, prefix + (key,))


def _changed(result, path, change):
    """A copy in which `change(container, key)` was done to what is at the path."""
    spoilt = copy.deepcopy(result)
    container = spoilt
    for key in path[:-1]:
        container = container[key]
    change(container, path[-1])
    return spoilt


def _remove(container, key):
    del container[key]


def _put(value):
    def put(container, key):
        container[key] = value
    return put


def _claimed_result(world):
    """Claims for the transaction that is open, and evaluates."""
    uuid, = world.root.must("SELECT run_uuid FROM checker.claim_due(1, 'hostile', '1 hour')")[0]
    return world.root.must("SELECT checker.evaluate_checker('results', run_uuid => %s)", (uuid,))[0][0]


def _begin(world):
    if world.once('results'):
        world.author.must("SELECT create_dataset('result_rows', 'SELECT 1 AS a, NULL AS b', or_replace => true)")
        create_or_fail(world.author, 'results', wat(
            '(drop (call $assert_empty (i32.const 5000) (i32.const 11) (i32.const 5000) (i32.const 6)))',
            '(data (i32.const 5000) "result_rows")'), datasets=['result_rows'], schedule='1 second')
    world.root.must('BEGIN')
    world.root.must("UPDATE checker.due SET next_at = now()")
    return _claimed_result(world)


def _record(world, text, what):
    world.root.must('SAVEPOINT spoilt')
    outcome = world.root.run('SELECT checker.record_run(%s::jsonb)', (text,))
    expect(outcome.sqlstate is None or outcome.sqlstate[:2] in _REFUSALS, f'{what}: {outcome.sqlstate} {outcome.text[:300]}')
    expect(outcome.sqlstate is None or outcome.text, f'{what}: an error without a text')
    if outcome.sqlstate is None:
        # What was taken can be shown.
        world.root.must('SELECT r::text FROM checker.runs r')
        world.root.must('SELECT a::text FROM checker.assertions a')
        world.root.must('SELECT body::jsonb IS NULL FROM checker.outbox')
    world.root.must('ROLLBACK TO spoilt')
    return outcome.sqlstate


def _whole(world):
    """Else the other cases would show nothing."""
    result = _begin(world)
    expect(_record(world, json.dumps(result), 'as it was evaluated') is None, 'not recorded')


def _each_member(world):
    result = _begin(world)
    refused = 0
    result['unknown'] = None
    for path in list(_paths(result)):
        _record(world, json.dumps(_changed(result, path, _remove)), f'{path} removed')
        for value in _BAD_VALUES:
            text = json.dumps(_changed(result, path, _put(value)))
            refused += _record(world, text, f'{path} = {str(value)[:60]!r}') is not None
        deep = json.dumps(_changed(result, path, _put('DEEP'))).replace('"DEEP"', _DEEP)
        _record(world, deep, f'{path} deep')
    expect(refused > 100, f'only {refused} were refused')


def _several_at_random(world):
    result = _begin(world)
    for number in range(RANDOM_RESULTS):
        chance = random.Random(SEED + number)
        spoilt = result
        for _ in range(chance.randint(1, 6)):
            paths = list(_paths(spoilt))
            if not paths:
                break
            change = _remove if chance.random() < 0.2 else _put(chance.choice(_SHORT_VALUES))
            spoilt = _changed(spoilt, chance.choice(paths), change)
        _record(world, json.dumps(spoilt), f'seed {SEED + number}')


def _no_result(world):
    _begin(world)
    for value in _BAD_VALUES + [[{}]]:
        if _record(world, json.dumps(value), str(value)[:60]) is None:
            raise Broken(f'{str(value)[:60]} was recorded')


CASES = [
    Case('results.whole', _whole),
    Case('results.each_member', _each_member),
    Case('results.several_at_random', _several_at_random),
    Case('results.no_result', _no_result),
]
