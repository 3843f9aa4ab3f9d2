"""Writes guests: WebAssembly text around the calls that a case is about, and binary modules byte by byte."""
import re

# What a body may call, as `$name`, and the import that it then gets.
_IMPORTS = {
    'fail': ('checker', 'fail', '(param i32 i32)'),
    'warn': ('checker', 'warn', '(param i32 i32)'),
    'ok': ('checker', 'ok', '(param i32 i32)'),
    'dataset': ('checker', 'dataset', '(param i32 i32) (result i32 i32)'),
    'dataset_csv': ('checker', 'dataset_csv', '(param i32 i32 i32)'),
    'dataset_open': ('checker', 'dataset_open', '(param i32 i32) (result i32)'),
    'dataset_schema': ('checker', 'dataset_schema', '(param i32 i32)'),
    'dataset_next': ('checker', 'dataset_next', '(param i32 i32) (result i32)'),
    'dataset_close': ('checker', 'dataset_close', '(param i32)'),
    'assert_empty': ('checker', 'assert_empty', '(param i32 i32 i32 i32) (result i32)'),
    'assert_not_empty': ('checker', 'assert_not_empty', '(param i32 i32 i32 i32) (result i32)'),
    'assert_less_than': ('checker', 'assert_less_than', '(param i32 i32 i64 i32 i32) (result i32)'),
    'assert_row_count': ('checker', 'assert_row_count',
                         '(param i32 i32 i32 i64 i32 i32) (result i32)'),
    'assert_equal': ('checker', 'assert_equal', '(param i32 i32 i32 i32 i32 i32) (result i32)'),
    'assert_true': ('checker', 'assert_true', '(param i32 i32 i32) (result i32)'),
    'now': ('checker', 'now', '(result i64)'),
    'business_day': ('checker', 'business_day', '(result i32)'),
    'param': ('checker', 'param', '(param i32 i32) (result i32 i32)'),
    'param_get': ('checker', 'param_get', '(param i32 i32 i32) (result i32)'),
    'input': ('checker', 'input', '(result i32 i32)'),
    'input_get': ('checker', 'input_get', '(param i32) (result i32)'),
    'log': ('checker', 'log', '(param i32 i32 i32)'),
    'proc_exit': ('wasi', 'proc_exit', '(param i32)'),
    'fd_read': ('wasi', 'fd_read', '(param i32 i32 i32 i32) (result i32)'),
    'fd_write': ('wasi', 'fd_write', '(param i32 i32 i32 i32) (result i32)'),
    'fd_pread': ('wasi', 'fd_pread', '(param i32 i32 i32 i64 i32) (result i32)'),
    'fd_prestat_get': ('wasi', 'fd_prestat_get', '(param i32 i32) (result i32)'),
    'path_open': ('wasi', 'path_open',
                  '(param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)'),
    'random_get': ('wasi', 'random_get', '(param i32 i32) (result i32)'),
    'poll_oneoff': ('wasi', 'poll_oneoff', '(param i32 i32 i32 i32) (result i32)'),
    'args_get': ('wasi', 'args_get', '(param i32 i32) (result i32)'),
    'args_sizes_get': ('wasi', 'args_sizes_get', '(param i32 i32) (result i32)'),
    'environ_get': ('wasi', 'environ_get', '(param i32 i32) (result i32)'),
    'environ_sizes_get': ('wasi', 'environ_sizes_get', '(param i32 i32) (result i32)'),
    'clock_time_get': ('wasi', 'clock_time_get', '(param i32 i64 i32) (result i32)'),
}
_WASI_MODULE = 'wasi_snapshot_preview1'

# Reads the run's input, a decimal number, into local $n without asking for memory.
_READ_CHOICE = '''
    (i32.store (i32.const 64) (i32.const 80)) (i32.store (i32.const 68) (i32.const 8))
    (drop (call $fd_read (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 72)))
    (local.set $at (i32.const 80))
    (block $end (loop $digit
      (br_if $end (i32.ge_u (local.get $at) (i32.add (i32.const 80) (i32.load (i32.const 72)))))
      (local.set $n (i32.add (i32.mul (local.get $n) (i32.const 10))
                             (i32.sub (i32.load8_u (local.get $at)) (i32.const 48))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $digit)))
    (i64.store (i32.const 64) (i64.const 0)) (i64.store (i32.const 72) (i64.const 0))
    (i64.store (i32.const 80) (i64.const 0))
'''


def imports(code):
    """Import declarations for all `$name` of the table that `code` mentions."""
    lines = []
    for name, (module, field, type_) in _IMPORTS.items():
        if re.search(rf'\$' + name + r'(?![\w.])', code):
            module = _WASI_MODULE if module == 'wasi' else module
            lines.append(f'  (import "{module}" "{field}" (func ${name} {type_}))\n')
    return ''.join(lines)


def wat(check, extra='', memory='(memory (export "memory") 1)'):
    """A module whose function `check` has the body `check`; `extra` are further fields."""
    return (f'(module\n{imports(check + extra)}  {memory}\n{extra}\n'
            f'  (func (export "check")\n    {check}))\n')


def family(bodies, extra='', memory='(memory (export "memory") 1)'):
    """One module for many bodies: input N runs the N-th. Saves a compilation for each."""
    functions = ''.join(f'  (func $case{i} {body})\n' for i, body in enumerate(bodies))
    choice = ''.join(f'    (if (i32.eq (local.get $n) (i32.const {i})) (then (call $case{i})))\n'
                     for i in range(len(bodies)))
    check = f'(local $n i32) (local $at i32){_READ_CHOICE}{choice}'
    return wat(check, extra + functions, memory)


def data(address, text):
    """A data segment with any bytes or text."""
    raw = text if isinstance(text, bytes) else text.encode()
    return f'(data (i32.const {address}) "{"".join(f"{chr(92)}{b:02x}" for b in raw)}")'


def leb(number):
    """Unsigned LEB128."""
    out = bytearray()
    while True:
        byte, number = number & 0x7F, number >> 7
        if number == 0:
            return bytes(out + bytes([byte]))
        out.append(byte | 0x80)


def name(text):
    raw = text if isinstance(text, bytes) else text.encode()
    return leb(len(raw)) + raw


def section(number, payload):
    return bytes([number]) + leb(len(payload)) + payload


def vector(items):
    return leb(len(items)) + b''.join(items)


MAGIC = b'\0asm\1\0\0\0'
I32, I64, F32, F64, FUNCREF = b'\x7f', b'\x7e', b'\x7d', b'\x7c', b'\x70'
NO_TYPE = b'\x60\0\0'


def code(body, locals_=()):
    """One entry of the code section; `locals_` are pairs of count and type."""
    runs = vector([leb(count) + type_ for count, type_ in locals_])
    whole = runs + body + b'\x0b'
    return leb(len(whole)) + whole


def module(body=b'', locals_=(), before=b'', after=b'', exports=None, types=(NO_TYPE,),
           functions=None, sections=None):
    """A module with a function `check` of that body. `sections` replaces whole ones by number."""
    parts = {
        1: vector(list(types)),
        3: vector([leb(0)]),
        7: vector(exports if exports is not None else [name('check') + b'\0\0']),
        10: vector([code(body, locals_)] if functions is None else functions),
    }
    if functions is not None:
        parts[3] = vector([leb(0)] * len(functions))
    parts.update(sections or {})
    order = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11]
    text = b''.join(section(n, parts[n]) for n in order if n in parts)
    return MAGIC + before + text + after
