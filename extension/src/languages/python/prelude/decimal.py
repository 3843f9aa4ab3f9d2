# Exact decimal numbers, for numeric.

class Decimal:
    """An exact decimal number: units * 10 ** -scale."""

    def __init__(self, value=0):
        if isinstance(value, Decimal):
            self.units, self.scale = value.units, value.scale
        elif isinstance(value, int):
            self.units, self.scale = int(value), 0
        elif isinstance(value, float):
            raise TypeError('a float is not exact: pass Decimal a str')
        else:
            self.units, self.scale = _parse_decimal(value)

    def __repr__(self):
        return "Decimal('" + str(self) + "')"

    def __str__(self):
        digits = str(abs(self.units))
        if self.scale:
            digits = '0' * (self.scale + 1 - len(digits)) + digits
            digits = digits[:-self.scale] + '.' + digits[-self.scale:]
        return '-' + digits if self.units < 0 else digits

    def __hash__(self):
        units, scale = self.units, self.scale
        while scale and units % 10 == 0:
            units, scale = units // 10, scale - 1
        return hash(units) if scale == 0 else hash((units, scale))

    def __float__(self):
        return float(str(self))

    def __int__(self):
        whole = abs(self.units) // 10 ** self.scale
        return -whole if self.units < 0 else whole

    def __bool__(self):
        return self.units != 0

    def __neg__(self):
        return _decimal(-self.units, self.scale)

    def __pos__(self):
        return self

    def __abs__(self):
        return _decimal(abs(self.units), self.scale)

    def __add__(self, other):
        return _sum(self, other, 1)

    def __radd__(self, other):
        return _sum(self, other, 1)

    def __sub__(self, other):
        return _sum(self, other, -1)

    def __rsub__(self, other):
        return _sum(-self, other, 1)

    def __mul__(self, other):
        if isinstance(other, float):
            return float(self) * other
        if not isinstance(other, (int, Decimal)):
            return NotImplemented
        other = Decimal(other)
        return _decimal(self.units * other.units, self.scale + other.scale)

    __rmul__ = __mul__

    def __truediv__(self, other):
        if isinstance(other, float):
            return float(self) / other
        if not isinstance(other, (int, Decimal)):
            return NotImplemented
        return _quotient(self, Decimal(other))

    def __rtruediv__(self, other):
        return other / float(self) if isinstance(other, float) else _quotient(Decimal(other), self)

    def __floordiv__(self, other):
        left, right, _ = _aligned(self, other)
        return left // right

    def __mod__(self, other):
        left, right, scale = _aligned(self, other)
        return _decimal(left % right, scale)

    def __eq__(self, other):
        if isinstance(other, float):
            return float(self) == other
        if not isinstance(other, (int, Decimal)):
            return False
        left, right, _ = _aligned(self, other)
        return left == right

    def __lt__(self, other):
        return _order(self, other) < 0

    def __le__(self, other):
        return _order(self, other) <= 0

    def __gt__(self, other):
        return _order(self, other) > 0

    def __ge__(self, other):
        return _order(self, other) >= 0

    def __round__(self, places=None):
        rounded = _rounded(self, places or 0)
        return int(rounded) if places is None else rounded

    def quantize(self, pattern):
        return _rounded(self, Decimal(pattern).scale)

    def is_zero(self):
        return self.units == 0


def _decimal(units, scale):
    made = Decimal(units)
    made.scale = scale
    return made


def _parse_decimal(text):
    text = text.strip()
    mantissa, _, exponent = text.lower().partition('e')
    whole, _, fraction = mantissa.partition('.')
    try:
        units = int(whole + fraction)
        scale = len(fraction) - int(exponent or 0)
    except ValueError:
        raise ValueError('not a decimal number: ' + repr(text))
    return (units, scale) if scale >= 0 else (units * 10 ** -scale, 0)


def _aligned(left, right):
    if not isinstance(right, (int, Decimal)):
        raise TypeError('a Decimal and ' + type(right).__name__ + ' do not go together')
    right = Decimal(right)
    scale = max(left.scale, right.scale)
    return left.units * 10 ** (scale - left.scale), right.units * 10 ** (scale - right.scale), scale


def _order(left, right):
    if isinstance(right, float):
        left = float(left)
        return (left > right) - (left < right)
    left, right, _ = _aligned(left, right)
    return (left > right) - (left < right)


def _sum(left, right, sign):
    if isinstance(right, float):
        return float(left) + sign * right
    if not isinstance(right, (int, Decimal)):
        return NotImplemented
    left, right, scale = _aligned(left, right)
    return _decimal(left + sign * right, scale)


def _half_even(units, by):
    sign = -1 if units < 0 else 1
    quotient, rest = divmod(abs(units), by)
    if rest * 2 > by or (rest * 2 == by and quotient % 2):
        quotient += 1
    return sign * quotient


def _rounded(value, places):
    if places >= value.scale:
        return _decimal(value.units * 10 ** (places - value.scale), places)
    units = _half_even(value.units, 10 ** (value.scale - places))
    return _decimal(units, places) if places >= 0 else _decimal(units * 10 ** -places, 0)


_QUOTIENT_DIGITS = 28


def _quotient(left, right):
    if right.units == 0:
        raise ZeroDivisionError('division by zero')
    sign = -1 if (left.units < 0) != (right.units < 0) else 1
    numerator = abs(left.units) * 10 ** right.scale
    denominator = abs(right.units) * 10 ** left.scale
    whole = numerator // denominator
    scale = max(0, _QUOTIENT_DIGITS - (len(str(whole)) if whole else 0))
    units = sign * _half_even(numerator * 10 ** scale, denominator)
    while scale and units % 10 == 0:
        units, scale = units // 10, scale - 1
    return _decimal(units, scale)


class _DecimalModule:
    __name__ = 'decimal'


_DecimalModule.Decimal = Decimal
sys.modules['decimal'] = _DecimalModule
