# How a script is checked and run, and what it does not find.

def _importing(find):
    absent = (
        'os', 'uos', 'vfs', 'js', 'jsffi', 'asyncio', '_asyncio', 'select', 'platform', 'uctypes',
        'pathlib', 'tarfile', 'framebuf', 'unittest', 'socket', 'subprocess', 'threading',
        'ctypes', 'ssl', 'requests', 'urllib')

    def import_allowed(name, *context):
        if name.split('.')[0] in absent:
            raise ImportError("no module named '" + name + "': a checker has no files, network, "
                              'processes or threads')
        return find(name, *context)

    return import_allowed


# Whoever deletes the __import__ below has the interpreter's own again, which looks into a table of
# {name, module} in the interpreter's constants: what a script must not have leaves that table, for
# another entry once more.
def _forget_modules(names):
    import struct
    import uctypes
    constants = uctypes.bytearray_at(65536, 185108 - 65536)  # up to mp_state_ctx: see micropython.cpp

    def entry_of(module):
        return struct.pack('<II', id(module.__name__), id(module))

    kept = entry_of(math)
    for name in names:
        entry = entry_of(__import__(name))
        at = constants.find(entry)
        if at < 0:
            raise RuntimeError('no module ' + name + ' in the table')
        while at >= 0:
            constants[at:at + len(kept)] = kept
            at = constants.find(entry)


def _no_open(*_):
    raise NameError("name 'open' isn't defined: a checker has no files")


def _parsed(text):
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return text


def __check_checker__():
    compile(host.source(), host.name(), 'exec')


def __run_checker__():
    facts = json.loads(host.facts())
    random.seed(facts['seed'])
    builtins.datasets = Datasets(facts['datasets'])
    builtins.params = json.loads(facts['params'])
    builtins.input = _parsed(facts['input'])
    program = compile(host.source(), host.name(), 'exec')
    try:
        exec(program, {'__name__': '__main__'})
    except FailedAssertion as failed:
        if not getattr(failed, '_recorded', False):
            fail(str(failed) or 'failed')


for _name in ('FailedAssertion', 'Decimal', 'CheckerCase', 'fail', 'warn', 'ok', 'log', 'now',
              'business_day', '__check_checker__', '__run_checker__'):
    setattr(builtins, _name, globals()[_name])
builtins.bussiness_day = business_day
builtins.open = _no_open
_forget_modules(('uos', 'vfs', 'js', 'jsffi', '_asyncio', 'select', 'platform', 'framebuf', 'uctypes'))
builtins.__import__ = _importing(builtins.__import__)
del _forget_modules, _importing
for _name in ('os', 'os.path', 'vfs', 'js', 'jsffi', 'asyncio', 'uctypes'):
    sys.modules.pop(_name, None)
gc.threshold(-1)
gc.collect()
