# What values of columns become. The host hands on numbers and texts where Python has no quick
# constructor; the kinds are those of row_maker.cpp.

def _to_number(text):
    if '.' in text:
        return Decimal(text)
    return float(text.lower()) if text[-1] in 'Nyt' else int(text)


_days = {}  # days since 1970 -> date, of those used last


def _to_date(days):
    found = _days.get(days)
    if found is None:
        if days == 2147483647:
            return _date(9999, 12, 31)
        if days == -2147483648:
            return _date(1, 1, 1)
        if len(_days) > 1000:
            _days.clear()
        found = _days[days] = _date.fromordinal(days + _EPOCH_ORDINAL)
    return found


def _to_moment(microseconds, zone=None):
    if microseconds == 0x7fffffffffffffff:
        return _moment(9999, 12, 31, 23, 59, 59, 999999, zone)
    if microseconds == -0x8000000000000000:
        return _moment(1, 1, 1, 0, 0, 0, 0, zone)
    days, rest = divmod(microseconds, _DAY_MICROSECONDS)
    day = _to_date(days)
    seconds, microsecond = divmod(rest, 1000000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return _moment(day.year, day.month, day.day, hour, minute, second, microsecond, zone)


def _to_interval(text):
    months, days, nanoseconds = (int(part) for part in text.split(','))
    return _timedelta(days=months * 30 + days, microseconds=nanoseconds // 1000)


_OPENED, _CLOSED, _QUOTE, _BACKSLASH, _COMMA = b'{}"\\,'


# An array of PostgreSQL in its output form, such as {1,NULL,"a b"} or [0:1]={1,2}. Bytes, because a
# str is counted from its start to find a character.
def _to_list(text, convert):
    data = text.encode()
    at = data.find(b'=') + 1 if text[0] == '[' else 0

    def item(word):
        return None if word == 'NULL' else convert(word)

    if data.find(b'"') < 0 and data.rfind(b'{') == at:
        inside = data[at + 1:-1].decode()
        return [item(word) for word in inside.split(',')] if inside else []

    def items(at):
        found = []
        at += 1
        while data[at] != _CLOSED:
            if data[at] == _OPENED:
                inner, at = items(at)
                found.append(inner)
            elif data[at] == _QUOTE:
                parts = []
                at += 1
                start = at
                while data[at] != _QUOTE:
                    if data[at] == _BACKSLASH:
                        parts.append(data[start:at])
                        at += 1
                        start = at
                    at += 1
                parts.append(data[start:at])
                at += 1
                found.append(convert(b''.join(parts).decode()))
            else:
                end = at
                while data[end] != _COMMA and data[end] != _CLOSED:
                    end += 1
                found.append(item(data[at:end].decode()))
                at = end
            if data[at] == _COMMA:
                at += 1
        return found, at + 1

    return items(at)[0]


_ELEMENTS = {
    'int': int,
    'float': lambda word: float(word.lower()),
    'bool': lambda word: word == 't',
    'number': _to_number,
    'json': json.loads,
    'text': str,
}

_CONVERTERS = {
    'number': _to_number,
    'date': _to_date,
    'timestamp': _to_moment,
    'timestamptz': lambda microseconds: _to_moment(microseconds, _utc),
    'interval': _to_interval,
    'bytes': binascii.unhexlify,
    'json': json.loads,
}


def _converter(kind):
    if kind[:6] == 'array:':
        element = _ELEMENTS[kind[6:]]
        return lambda text: _to_list(text, element)
    return _CONVERTERS.get(kind)
