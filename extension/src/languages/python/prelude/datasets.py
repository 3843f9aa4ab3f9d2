# Datasets as lists of tuples.

_FIRST_CHUNK = 16
_CHUNK = 256


def _open(name):
    handle = host.open(name)
    if handle < 0:
        raise RuntimeError('too many readings of datasets are under way at once')
    return handle


def _rows(name):
    handle = _open(name)
    converters = []
    for index, (_, kind) in enumerate(json.loads(host.schema(handle))):
        convert = _converter(kind)
        if convert:
            converters.append((index, convert))
    rows = [None] * _FIRST_CHUNK
    while True:
        filled = host.fill(handle, rows)
        if not filled:
            break
        if filled < len(rows):
            rows = rows[:filled]
        if converters:
            for row in rows:
                values = list(row)
                for index, convert in converters:
                    if values[index] is not None:
                        values[index] = convert(values[index])
                yield tuple(values)
        else:
            yield from rows
        rows = [None] * _CHUNK
    host.close(handle)


class Dataset:
    """The rows of a dataset, read as they are asked for: a list of tuples that cannot be changed."""

    def __init__(self, name, shown):
        self.name = name
        self._shown = shown
        self._length = None
        self._columns = None

    @property
    def columns(self):
        if self._columns is None:
            handle = _open(self.name)
            self._columns = [column for column, _ in json.loads(host.schema(handle))]
            host.close(handle)
        return self._columns

    def __iter__(self):
        return _rows(self.name)

    def __len__(self):
        if self._length is None:
            self._length = int(host.count(self.name))
        return self._length

    def __bool__(self):
        for _ in _rows(self.name):
            return True
        return False

    def __getitem__(self, index):
        if isinstance(index, slice):
            return self._slice(index.start, index.stop, index.step)
        if not isinstance(index, int):
            raise TypeError('rows of a dataset are numbered: an int or a slice, not ' +
                            type(index).__name__)
        wanted = index + len(self) if index < 0 else index
        if wanted >= 0:
            for row in _rows(self.name):
                if wanted == 0:
                    return row
                wanted -= 1
        raise IndexError('dataset "' + self._shown + '" has no row ' + str(index))

    def _slice(self, start, stop, step):
        if (start or 0) >= 0 and (stop is None or stop >= 0) and (step or 1) > 0:
            found = []
            start, step = start or 0, step or 1
            for at, row in enumerate(_rows(self.name)):
                if stop is not None and at >= stop:
                    break
                if at >= start and (at - start) % step == 0:
                    found.append(row)
            return found
        return list(_rows(self.name))[start:stop:step]

    def __contains__(self, row):
        for candidate in _rows(self.name):
            if candidate == row:
                return True
        return False

    def __add__(self, other):
        return list(self) + list(other)

    def __eq__(self, other):
        if isinstance(other, Dataset):
            return self.name == other.name or list(self) == list(other)
        return isinstance(other, list) and list(self) == other

    def __hash__(self):
        return hash(self.name)

    def index(self, row):
        for at, candidate in enumerate(_rows(self.name)):
            if candidate == row:
                return at
        raise ValueError('row is not in dataset "' + self._shown + '"')

    def count(self, row):
        return sum(1 for candidate in _rows(self.name) if candidate == row)

    def __repr__(self):
        return '<dataset "' + self._shown + '">'


class Datasets:
    """The datasets that the checker declares, by name."""

    def __init__(self, names):
        self._all = {}
        self._short = []
        for name in names:
            namespace, _, short = name.partition('.')
            is_default = namespace == 'default'
            found = Dataset(name, short if is_default else name)
            self._all[name] = found
            if is_default or short not in self._all:
                self._all[short] = found
            self._short.append(short if is_default else name)

    def __getitem__(self, name):
        found = self._all.get(name)
        if found is None:
            raise KeyError('the checker did not declare dataset "' + str(name) + '"; it declares ' +
                           (', '.join('"' + known + '"' for known in self._short) or 'none'))
        return found

    def get(self, name, default=None):
        return self._all.get(name, default)

    def __contains__(self, name):
        return name in self._all

    def __iter__(self):
        return iter(self._short)

    def __len__(self):
        return len(self._short)

    def keys(self):
        return list(self._short)

    def values(self):
        return [self._all[name] for name in self._short]

    def items(self):
        return [(name, self._all[name]) for name in self._short]

    def __repr__(self):
        return '<datasets ' + ', '.join(self._short) + '>'
