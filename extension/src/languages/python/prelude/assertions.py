# Assertions, and the other functions of a script.

_SHOWN = 200


def _show(value):
    try:
        shown = repr(value)
    except Exception:
        shown = 'a value that cannot be shown'
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + '...'


_EQUAL, _LESS, _GREATER = 0, 2, 4
_INT64 = 1 << 63


def _is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and -_INT64 <= value < _INT64


def _checked(holds, message):
    if not holds:
        failed = FailedAssertion(message)
        failed._recorded = True
        raise failed


def _said(message, otherwise):
    return otherwise if message is None else str(message)


def _size(value, name):
    try:
        return len(value)
    except TypeError:
        raise TypeError(name + ' takes a dataset or something that has a len(), not ' + _show(value))


def _operand(value, other):
    # What a dataset is compared with as: its rows, or their number.
    if isinstance(value, Dataset):
        return len(value) if isinstance(other, (int, float, Decimal)) else list(value)
    return value


def _compared(op, sign, words, value, limit, message):
    if isinstance(value, Dataset) and _is_count(limit):
        message = _said(message, str(value) + ' should have ' + words + ' ' + str(limit) + ' rows')
        return _checked(host.assert_rows(value.name, op, str(limit), message), message)
    actual, expected = _operand(value, limit), _operand(limit, value)
    if isinstance(actual, (list, tuple, dict, set)) and isinstance(expected, (int, float)):
        actual = len(actual)
    message = _said(message, _show(value) + ' should be ' + words + ' ' + _show(limit))
    holds = actual < expected if op == _LESS else actual > expected
    _checked(host.compare(bool(holds), sign + ' ' + _show(expected), _show(actual), message), message)


class CheckerCase:
    """Assertions. One that does not hold is recorded and raises FailedAssertion."""

    def assertEmpty(self, value, message=None):
        if isinstance(value, Dataset):
            message = _said(message, str(value) + ' should be empty')
            return _checked(host.assert_empty(value.name, message), message)
        size = _size(value, 'assertEmpty')
        message = _said(message, _show(value) + ' should be empty')
        _checked(host.compare(size == 0, 'empty', str(size) + ' items', message), message)

    def assertNotEmpty(self, value, message=None):
        if isinstance(value, Dataset):
            message = _said(message, str(value) + ' should not be empty')
            return _checked(host.assert_not_empty(value.name, message), message)
        size = _size(value, 'assertNotEmpty')
        message = _said(message, _show(value) + ' should not be empty')
        _checked(host.compare(size > 0, 'not empty', str(size) + ' items', message), message)

    def assertEqual(self, value, expected, message=None):
        message = _said(message, _show(value) + ' should equal ' + _show(expected))
        if isinstance(value, Dataset) and isinstance(expected, Dataset):
            return _checked(host.assert_same(value.name, expected.name, message), message)
        if isinstance(value, Dataset) and _is_count(expected):
            return _checked(host.assert_rows(value.name, _EQUAL, str(expected), message), message)
        if isinstance(expected, Dataset) and _is_count(value):
            return _checked(host.assert_rows(expected.name, _EQUAL, str(value), message), message)
        actual, wanted = _operand(value, expected), _operand(expected, value)
        _checked(host.compare(bool(actual == wanted), '= ' + _show(wanted), _show(actual), message),
                 message)

    def assertLessThan(self, value, limit, message=None):
        _compared(_LESS, '<', 'less than', value, limit, message)

    def assertGreaterThan(self, value, limit, message=None):
        _compared(_GREATER, '>', 'more than', value, limit, message)

    def assertTrue(self, value, message=None):
        message = _said(message, _show(value) + ' should be true')
        _checked(host.assert_boolean(bool(value), True, message), message)

    def assertFalse(self, value, message=None):
        message = _said(message, _show(value) + ' should be false')
        _checked(host.assert_boolean(bool(value), False, message), message)


def fail(message='failed'):
    host.record(0, str(message))


def warn(message='warning'):
    host.record(1, str(message))


def ok(message='ok'):
    host.record(2, str(message))


def log(*values, level='info'):
    levels = {'debug': 0, 'info': 1, 'warning': 2, 'error': 3}
    if level not in levels:
        raise ValueError('level is one of ' + ', '.join(sorted(levels)) + ', not ' + _show(level))
    host.log(levels[level], ' '.join(str(value) for value in values))


def now():
    return _to_moment(int(host.now()), _utc)


def business_day():
    return host.business_day()
