# How a script is checked and run, and what it does not find.

_ABSENT = {
    'os', 'uos', 'vfs', 'js', 'jsffi', 'asyncio', '_asyncio', 'select', 'platform', 'uctypes',
    'pathlib', 'tarfile', 'framebuf', 'unittest', 'socket', 'subprocess', 'threading',
    'ctypes', 'ssl', 'requests', 'urllib',
}
_import = builtins.__import__


def _import_allowed(name, *context):
    if name.split('.')[0] in _ABSENT:
        raise ImportError("no module named '" + name + "': a checker has no files, network, processes "
                          'or threads')
    return _import(name, *context)


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
    except FailedAssertion:
        pass


for _name in ('FailedAssertion', 'Decimal', 'CheckerCase', 'fail', 'warn', 'ok', 'log', 'now',
              'business_day', '__check_checker__', '__run_checker__'):
    setattr(builtins, _name, globals()[_name])
builtins.bussiness_day = business_day
builtins.open = _no_open
builtins.__import__ = _import_allowed
for _name in ('os', 'os.path', 'vfs', 'js', 'jsffi', 'asyncio'):
    sys.modules.pop(_name, None)
gc.threshold(-1)
gc.collect()
