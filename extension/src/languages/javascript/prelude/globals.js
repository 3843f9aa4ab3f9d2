  // ---- The global object -----------------------------------------------------------------------

  const constant = (name, value) => defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  for (const f of [assertEmpty, assertNotEmpty, assertEqual, assertLessThan, assertGreaterThan, assertTrue,
                   assertFalse, fail, warn, ok, log, now, businessDay]) {
    freeze(f);
    constant(f.name, f);
  }
  constant('console', freeze({ log: print, info: print, warn: print, error: print, debug: print }));
  freeze(Dataset.prototype);

  // sfc32 (Chris Doty-Humphrey, PractRand): small, fast, and the seed alone decides.
  let a = 0, b = 0, c = 0, counter = 1;
  function next() {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  }
  Math.random = function random() { return ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992; };

  const parsed = (source) => { try { return parse(source); } catch { return source; } };

  // datasets.x, and an error that helps for what is not declared. Asked for only by machinery:
  const MACHINERY = freeze({ __proto__: null, then: true, toJSON: true, constructor: true });
  const DEFAULT_NAMESPACE = 'default.';
  function datasetsOf(names) {
    const declared = create(null);
    const add = (key, value, enumerable) => {
      if (!(key in declared)) defineProperty(declared, key, { value, enumerable });
    };
    const all = [];
    for (const name of names) push(all, { name, value: new Dataset(name), dot: indexOf(name, '.') });
    for (const { name, value } of all) {
      const isDefault = indexOf(name, DEFAULT_NAMESPACE) === 0;
      if (isDefault) add(slice(name, DEFAULT_NAMESPACE.length), value, true);
      add(name, value, !isDefault);
    }
    for (const { name, value, dot } of all) add(slice(name, dot + 1), value, false);
    const list = [];
    for (const key of keys(declared)) push(list, '"' + key + '"');
    return new Proxy(freeze(declared), {
      __proto__: null,
      get(target, key) {
        if (typeof key === 'symbol' || key in target) return target[key];
        if (key in MACHINERY) return undefined;
        throw new ReferenceError('the checker did not declare dataset "' + key + '"; it declares ' +
                                 (list.length > 0 ? join(list, ', ') : 'none'));
      },
    });
  }

  function start(facts) {
    const run = parse(facts);
    constant('datasets', datasetsOf(run.datasets));
    constant('params', freeze(parse(run.params)));
    constant('input', run.input === null ? null : parsed(run.input));
    [a, b, c] = run.seed;
    for (let i = 0; i < 12; i++) next();
  }

  // [name and message, stack] of what was thrown.
  function describe(thrown) {
    try {
      if (!isError(thrown)) return stringify(['a thrown value: ' + show(thrown), '']);
      return stringify([text(thrown), typeof thrown.stack === 'string' ? thrown.stack : '']);
    } catch {
      return stringify(['a thrown value that cannot be shown', '']);
    }
  }

  return [start, describe, parseArray];
});
