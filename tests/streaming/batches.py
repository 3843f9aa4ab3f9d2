"""Decodes what the guest dump.c writes: schemas and batches in Arrow's layout, byte by byte, with nothing but struct."""
import dataclasses
import struct

WIDTHS = {'s': 2, 'i': 4, 'f': 4, 'tdD': 4, 'l': 8, 'g': 8, 'tin': 16, 'w:16': 16}


@dataclasses.dataclass
class Column:
    name: str
    format: str
    flags: int
    values: list = dataclasses.field(default_factory=list)
    nulls_in_batches: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Stream:
    format: str
    children: int
    columns: list
    batches: list = dataclasses.field(default_factory=list)  # rows of each, the last one 0


def _bits(raw, count):
    return [raw[i // 8] >> (i % 8) & 1 == 1 for i in range(count)]


def _fixed(column_format, raw, count):
    width = 8 if column_format.startswith('tsu:') else 16 if column_format.startswith('d:') else WIDTHS[column_format]
    if len(raw) != width * count:
        raise AssertionError(f'{len(raw)} bytes for {count} values of {column_format}')
    pieces = [raw[i:i + width] for i in range(0, len(raw), width)]
    if column_format in ('f', 'g'):
        return [piece[::-1].hex() for piece in pieces]  # as float8send has it
    if column_format == 'w:16':
        return [piece.hex() for piece in pieces]
    if column_format == 'tin':
        return [struct.unpack('<iiq', piece) for piece in pieces]
    return [int.from_bytes(piece, 'little', signed=True) for piece in pieces]


def _variable(raw_offsets, raw, count):
    offsets = struct.unpack(f'<{count + 1}i', raw_offsets)
    if offsets[0] != 0 or list(offsets) != sorted(offsets) or offsets[-1] != len(raw):
        raise AssertionError(f'offsets {offsets} in {len(raw)} bytes')
    return [raw[begin:end].hex() for begin, end in zip(offsets, offsets[1:])]


def _append(column, words, rows):
    length, nulls, offset, buffers = map(int, words[:4])
    if (length, offset) != (rows, 0):
        raise AssertionError(f'column of {length} rows from {offset} in a batch of {rows}')
    validity = None if words[4] == '-' else bytes.fromhex(words[4])
    valid = [True] * rows if validity is None else _bits(validity, rows)
    if valid.count(False) != nulls or (validity is None) != (nulls == 0):
        raise AssertionError(f'{nulls} nulls, and bits {words[4]}')
    data = [bytes.fromhex(word) for word in words[5:]]
    if column.format in ('u', 'z'):
        expected_buffers, values = 3, _variable(data[0], data[1] if len(data) > 1 else b'', rows)
    elif column.format == 'b':
        expected_buffers, values = 2, _bits(data[0], rows)
    else:
        expected_buffers, values = 2, _fixed(column.format, data[0], rows)
    if buffers != expected_buffers:
        raise AssertionError(f'{buffers} buffers for {column.format}')
    column.values += [value if is_valid else None for value, is_valid in zip(values, valid)]
    column.nulls_in_batches.append(nulls)


def decode(output):
    """The streams in the order in which they were opened."""
    streams, waiting = {}, []
    rows = 0
    for line in output.splitlines():
        kind, *words = line.split(' ')
        if kind == 'schema':
            if words[3] != '1':
                raise AssertionError('release, dictionary or metadata is set')
            streams[int(words[0])] = Stream(words[1], int(words[2]), [])
        elif kind == 'column':
            name = bytes.fromhex(words[3]).decode()
            streams[int(words[0])].columns.append(Column(name, words[1], int(words[2])))
        elif kind == 'batch':
            stream, rows = streams[int(words[0])], int(words[1])
            stream.batches.append(rows)
            if waiting:
                raise AssertionError('columns are missing')
            waiting = list(stream.columns) if rows > 0 else []
        else:
            _append(waiting.pop(0), words, rows)
    return [streams[number] for number in sorted(streams)]
