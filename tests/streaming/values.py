"""Types with their formats, their boundary values, random ones, and the SQL that says what must arrive."""
import dataclasses
import random
import typing
import uuid

# The output form; a cast to text may differ from it.
HEX_TEXT = "CASE WHEN num_nulls({v}) = 0 THEN encode(convert_to(format('%s', {v}), 'UTF8'), 'hex') END"


@dataclasses.dataclass
class Type:
    name: str            # in SQL
    format: str          # in Arrow
    boundary: list       # literals
    expected: str        # SQL: what must arrive, as text
    shown: typing.Callable   # of a decoded value: the same text
    make: typing.Callable = None  # a random literal


def _text(value):
    return str(value)


def _whole(bits):
    return lambda rng: str(rng.randint(-2 ** (bits - 1), 2 ** (bits - 1) - 1) >> rng.randrange(bits))


def _infinite(value, smallest, show=str):
    return '-infinity' if value == smallest else 'infinity' if value == -smallest - 1 else show(value)


def _point(digits, scale):
    """A whole number with its point moved to the left."""
    sign, text = '-' * (digits < 0), str(abs(digits)).zfill(scale + 1)
    return sign + (f'{text[:-scale]}.{text[-scale:]}' if scale else text)


def _decimal(scale):
    return lambda value: _point(value, scale)


def _random_decimal(precision, scale):
    def make(rng):
        return _point(rng.choice([1, -1]) * rng.randint(0, 10 ** rng.randint(0, precision) - 1), scale)
    return make


def _random_float(bits):
    def make(rng):
        return repr(rng.choice([rng.uniform(-1, 1), rng.uniform(-1, 1) * 10 ** rng.randint(-30, 30)]))
    return make


def _random_text(rng):
    alphabet = 'ab,"\n\r\\ \t\u00e9\u20ac\U0001f600\u0001'
    return ''.join(rng.choice(alphabet) for _ in range(rng.choice([0, 1, 3, 10, 200])))


def _random_date(rng):
    return f'{rng.randint(1, 9999):04d}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}'


def _random_timestamp(rng):
    clock = f'{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}:{rng.randint(0, 59):02d}.{rng.randint(0, 999999):06d}'
    date = _random_date(rng)
    return f'{date} {clock}{rng.choice(["", " BC"]) if date < "4700" else ""}'


def _random_interval(rng):
    return f'{rng.randint(-5000, 5000)} months {rng.randint(-99999, 99999)} days {rng.randint(-10**12, 10**12)} microseconds'


def _interval(value):
    months, days, nanoseconds = value
    if nanoseconds % 1000:
        return f'{nanoseconds} ns'
    return (nanoseconds // 1000).to_bytes(8, 'big', signed=True).hex() + \
        days.to_bytes(4, 'big', signed=True).hex() + months.to_bytes(4, 'big', signed=True).hex()


TIMES = ['1970-01-01 00:00:00', '1969-12-31 23:59:59.999999', '2000-01-01 00:00:00', '4714-11-25 12:00:00 BC',
         '0001-01-01 00:00:00', '0044-03-15 12:00:00 BC', '294246-01-01 00:00:00', 'infinity', '-infinity']
TIME_EXPECTED = ("CASE WHEN isfinite({v}) THEN trunc(extract(epoch FROM {v}) * 1000000)::text ELSE {v}::text END")
FLOATS = ['0', '-0', '1', '-1.5', 'NaN', 'Infinity', '-Infinity', '1e-300', '1.7976931348623157e308', '5e-324',
          '0.1', '3.4028235e38', '1e-45']
FLOATS4 = ['0', '-0', '1', '-1.5', 'NaN', 'Infinity', '-Infinity', '1e-45', '3.4028235e38', '0.1']

TYPES = [
    Type('boolean', 'b', ['t', 'f'], '({v}::text)', lambda v: 'true' if v else 'false',
         lambda rng: rng.choice('tf')),
    Type('smallint', 's', ['0', '-1', '32767', '-32768'], '{v}::text', _text, _whole(16)),
    Type('integer', 'i', ['0', '-1', '2147483647', '-2147483648'], '{v}::text', _text, _whole(32)),
    Type('bigint', 'l', ['0', '-1', str(2 ** 63 - 1), str(-2 ** 63)], '{v}::text', _text, _whole(64)),
    Type('real', 'f', FLOATS4, "encode(float4send({v}), 'hex')", _text, _random_float(32)),
    Type('double precision', 'g', FLOATS, "encode(float8send({v}), 'hex')", _text, _random_float(64)),
    Type('text', 'u', ['', ' ', '\\.', 'NULL', 'a\nb', '\u00e9', '\U0001f600', 'x' * 5000], HEX_TEXT, _text,
         _random_text),
    Type('varchar(300)', 'u', ['', 'abc'], HEX_TEXT, _text, _random_text),
    Type('char(5)', 'u', ['', 'ab', 'abcde'], HEX_TEXT, _text),
    Type('bytea', 'z', ['', '\\x00', '\\xff00ff', '\\x' + '00' * 3000], "encode({v}, 'hex')", _text,
         lambda rng: '\\x' + rng.randbytes(rng.choice([0, 1, 7, 300])).hex()),
    Type('date', 'tdD', ['1970-01-01', '1969-12-31', '2000-01-01', '4714-11-24 BC', '5874897-12-31', 'infinity',
                         '-infinity'],
         "CASE WHEN isfinite({v}) THEN ({v} - date '1970-01-01')::text ELSE {v}::text END",
         lambda v: _infinite(v, -2 ** 31), _random_date),
    Type('timestamp', 'tsu:', TIMES, TIME_EXPECTED, lambda v: _infinite(v, -2 ** 63), _random_timestamp),
    Type('timestamptz', 'tsu:UTC', TIMES, TIME_EXPECTED, lambda v: _infinite(v, -2 ** 63), _random_timestamp),
    Type('interval', 'tin', ['0', '1 month -1 day 1 microsecond', '-178000000 years', '2562047:47:16.854775',
                             '-2562047:47:16.854775'],
         "encode(interval_send({v}), 'hex')", _interval, _random_interval),
    Type('uuid', 'w:16', ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
         "encode(uuid_send({v}), 'hex')", _text, lambda rng: str(uuid.UUID(bytes=rng.randbytes(16)))),
    Type('numeric(38,0)', 'd:38,0', ['0', '1', '-1', '9' * 38, '-' + '9' * 38, '1' + '0' * 37], '{v}::text', _decimal(0),
         _random_decimal(38, 0)),
    Type('numeric(38,38)', 'd:38,38', ['0', '0.' + '9' * 38, '-0.' + '0' * 37 + '1'], '{v}::text', _decimal(38),
         _random_decimal(38, 38)),
    Type('numeric(10,2)', 'd:10,2', ['0', '0.01', '-99999999.99', '10000', '100.10'], '{v}::text', _decimal(2),
         _random_decimal(10, 2)),
    Type('numeric(38,1)', 'd:38,1', ['9' * 37 + '.9', '0.5'], '{v}::text', _decimal(1), _random_decimal(38, 1)),
    Type('numeric(21,7)', 'd:21,7', ['12345678901234.1234567', '0.0000001', '10000000000'], '{v}::text', _decimal(7),
         _random_decimal(21, 7)),
    Type('numeric', 'u', ['0', 'NaN', 'Infinity', '-Infinity', '1' + '0' * 200, '0.' + '0' * 100 + '1', '1.50'],
         HEX_TEXT, _text),
    Type('numeric(50,10)', 'u', ['9' * 40 + '.5', 'NaN'], HEX_TEXT, _text),
    Type('numeric(5,-2)', 'u', ['12300', '-100'], HEX_TEXT, _text),
    Type('numeric(3,5)', 'u', ['0.00123', '-0.00999'], HEX_TEXT, _text),
    Type('json', 'u', ['{"a": 1,  "a": 2}', '"\\u0000"'], HEX_TEXT, _text),
    Type('jsonb', 'u', ['{"b": [1, null], "a": "\\u00e9"}', '1.0', 'null'], HEX_TEXT, _text),
    Type('integer[]', 'u', ['{}', '{1,NULL,3}', '{{1,2},{3,4}}', '[2:3]={5,6}'], HEX_TEXT, _text),
    Type('text[]', 'u', ['{"a,b","","NULL",NULL}'], HEX_TEXT, _text),
    Type('mood', 'u', ['sad', 'it\'s, "ok"'], HEX_TEXT, _text),
    Type('positive', 'i', ['1', '7'], '{v}::text', _text),
    Type('price', 'd:8,3', ['12345.678', '0'], '{v}::text', _decimal(3)),
    Type('words', 'u', ['{a,b}'], HEX_TEXT, _text),
    Type('pair', 'u', ['(1,)', '(,"a ""b"" c")'], HEX_TEXT, _text),
    Type('time', 'u', ['00:00:00', '24:00:00', '23:59:59.999999'], HEX_TEXT, _text),
    Type('timetz', 'u', ['12:00:00+02', '00:00:00-15:59:59'], HEX_TEXT, _text),
    Type('inet', 'u', ['10.0.0.1/8', '::1'], HEX_TEXT, _text),
    Type('int4range', 'u', ['[1,5)', 'empty', '(,)'], HEX_TEXT, _text),
    Type('bit varying', 'u', ['', '0101'], HEX_TEXT, _text),
    Type('point', 'u', ['(1.5,-2)'], HEX_TEXT, _text),
    Type('tsvector', 'u', ["'a':1 'b':2,3"], HEX_TEXT, _text),
    Type('xml', 'u', ['<a>b</a>'], HEX_TEXT, _text),
    Type('oid', 'u', ['0', '4294967295'], HEX_TEXT, _text),
    Type('name', 'u', ['abc'], HEX_TEXT, _text),
    Type('"char"', 'u', ['x', ''], HEX_TEXT, _text),
]


def literals(a_type, seed, count):
    """Boundary values, NULL, and `count` random values with NULLs among them; None is NULL."""
    rng = random.Random(f'{seed} {a_type.name}')
    made = [] if a_type.make is None else [
        None if rng.random() < 0.1 else a_type.make(rng) for _ in range(count)]
    return [None, *a_type.boundary, None, *made]
