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


# An array of PostgreSQL in its output form, such as {1,NULL,"a b"} or [0:1]={1,2}.
def _to_list(text, convert):
    at = text.index('=') + 1 if text[0] == '[' else 0

    def items(at):
        found = []
        at += 1
        while text[at] != '}':
            if text[at] == '{':
                inner, at = items(at)
                found.append(inner)
            elif text[at] == '"':
                word = []
                at += 1
                while text[at] != '"':
                    if text[at] == '\\':
                        at += 1
                    word.append(text[at])
                    at += 1
                at += 1
                found.append(convert(''.join(word)))
            else:
                end = at
                while text[end] not in ',}':
                    end += 1
                word = text[at:end]
                found.append(None if word == 'NULL' else convert(word))
                at = end
            if text[at] == ',':
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
