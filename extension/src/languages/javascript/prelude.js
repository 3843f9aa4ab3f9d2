// What a script finds beside JavaScript itself. Evaluated once, before the snapshot is taken from
// which every run starts; nothing of a run is known here yet.
//
// `host` has the functions that the host answers (javascript_host.cpp says what each takes). The
// result is [start, describe, parseArray]: start takes the run's facts and sets the globals that depend on them;
// describe says what a thrown value is. What a script changes of the built-in objects changes what
// it sees itself: this code keeps to what it has noted here.
(function (host) {
  'use strict';
  const { apply, ownKeys } = Reflect;
  const { defineProperty, freeze, create, is, keys, getPrototypeOf, getOwnPropertyDescriptor, hasOwn } = Object;
  const { parse, stringify } = JSON;
  const { isArray } = Array;
  const { isSafeInteger } = Number;
  const flatMap = Iterator.prototype.flatMap;
  const isView = ArrayBuffer.isView;
  const timeOf = Date.prototype.getTime;
  const isoOf = Date.prototype.toISOString;
  const text = String;
  const MakeFunction = Function;
  const typedArrays = { s: Int16Array, i: Int32Array, l: BigInt64Array, f: Float32Array, g: Float64Array };
  const plainObject = Object.prototype;

  const uncurry = (method) => (self, ...args) => apply(method, self, args);
  const push = uncurry(Array.prototype.push);
  const join = uncurry(Array.prototype.join);
  const slice = uncurry(String.prototype.slice);
  const charCode = uncurry(String.prototype.charCodeAt);
  const indexOf = uncurry(String.prototype.indexOf);
  const endsWith = uncurry(String.prototype.endsWith);
  const mapGet = uncurry(Map.prototype.get);
  const mapSet = uncurry(Map.prototype.set);
  const mapForEach = uncurry(Map.prototype.forEach);
  const setForEach = uncurry(Set.prototype.forEach);
  const tagOf = uncurry(plainObject.toString);
  const getter = (prototype, name) => getOwnPropertyDescriptor(prototype, name).get;
  const sourceOf = uncurry(getter(RegExp.prototype, 'source'));
  const flagsOf = uncurry(getter(RegExp.prototype, 'flags'));
  const typedArrayName = uncurry(getter(getPrototypeOf(Int8Array.prototype), Symbol.toStringTag));
  const isPrototypeOf = uncurry(plainObject.isPrototypeOf);
  const errorPrototype = Error.prototype;
  const isError = (value) => isPrototypeOf(errorPrototype, value);

  // ---- Rows ----------------------------------------------------------------------------------

  // Rows of a chunk: enough that a step of the chunk costs nothing beside its rows. The first is
  // short, as most datasets are.
  const FIRST_CHUNK = 16;
  const CHUNK = 512;
  const CHUNK_VALUES = 8192;

  // A function that makes a row: column i has the value i until the host fills it in. One for each
  // reading, so that all rows of it have one shape.
  function rowMaker(names) {
    let body = 'return {';
    for (let i = 0; i < names.length; i++) {
      const name = stringify(names[i]);
      body += (name === '"__proto__"' ? '[' + name + ']' : name) + ':' + i + ',';
    }
    return new MakeFunction(body + '}');
  }

  // Arrays of rows, one after the other. The host writes the next rows into those objects of the
  // last array that the script has let go, and has new ones made for those that it keeps.
  class Chunks {
    #dataset; #handle = 0; #make; #rows = []; #size = FIRST_CHUNK; #most = CHUNK;
    constructor(dataset) { this.#dataset = dataset; }
    next() {
      if (this.#handle < 0) return { value: undefined, done: true };
      if (this.#handle === 0) {
        const opened = parse(host.open(this.#dataset));
        this.#handle = opened.handle;
        this.#make = rowMaker(opened.columns);
        this.#most = Math.max(FIRST_CHUNK, Math.min(CHUNK, Math.ceil(CHUNK_VALUES / (opened.columns.length + 1))));
      }
      const rows = this.#rows;
      while (rows.length < this.#size) push(rows, this.#make());
      const filled = host.fill(this.#handle, rows, this.#make, rows.length);
      this.#size = this.#most;
      if (filled === 0) return this.return();
      if (filled < rows.length) rows.length = filled;
      return { value: rows, done: false };
    }
    return() {
      if (this.#handle > 0) host.close(this.#handle);
      this.#handle = -1;
      this.#rows = [];
      return { value: undefined, done: true };
    }
  }
  const itself = (rows) => rows;

  let nameOf;  // of a dataset; undefined for any other value
  class Dataset {
    #name; #length;
    constructor(name) { this.#name = name; freeze(this); }
    static {
      nameOf = (value) => (typeof value === 'object' && value !== null && #name in value ? value.#name : undefined);
    }
    get name() { return this.#name; }
    get length() { return mapGet(lengths, this) ?? this.#count(); }
    #count() {
      const length = host.count(this.#name);
      mapSet(lengths, this, length);
      return length;
    }
    get rows() {
      const rows = [];
      for (const row of this) push(rows, row);
      return rows;
    }
    get first() {
      for (const row of this) return row;
      return undefined;
    }
    column(name) {
      const found = host.column(this.#name, text(name));
      if (isArray(found)) return found;
      const { kind, length } = parse(found);
      const values = new typedArrays[kind](length);
      host.takeColumn(values.buffer);
      return values;
    }
    [Symbol.iterator]() { return apply(flatMap, new Chunks(this.#name), [itself]); }
    toJSON() { return this.rows; }
    toString() { return 'dataset "' + this.#name + '"'; }
    get [Symbol.toStringTag]() { return 'Dataset'; }
  }
  const lengths = new Map();

  // An array of PostgreSQL in its output form, such as {1,NULL,"a b"} or [0:1]={1,2}.
  function parseArray(source, element) {
    let at = source[0] === '[' ? indexOf(source, '=') + 1 : 0;
    const convert = {
      number: Number, bigint: BigInt, boolean: (word) => word === 't', json: (word) => parse(word),
    }[element] ?? itself;
    function list() {
      const items = [];
      at++;
      while (source[at] !== '}') {
        if (source[at] === '{') push(items, list());
        else if (source[at] === '"') push(items, convert(quoted()));
        else {
          let end = at;
          while (source[end] !== ',' && source[end] !== '}') end++;
          const word = slice(source, at, end);
          push(items, word === 'NULL' ? null : convert(word));
          at = end;
        }
        if (source[at] === ',') at++;
      }
      at++;
      return items;
    }
    function quoted() {
      let word = '';
      for (at++; source[at] !== '"'; at++) {
        if (source[at] === '\\') at++;
        word += source[at];
      }
      at++;
      return word;
    }
    return list();
  }

  // ---- Values as text, and equal values --------------------------------------------------------

  const SHOWN = 200;
  const SHOWN_ITEMS = 10;
  // Whether a method that only one kind of object has takes the value.
  const takenBy = (method) => (value) => { try { apply(method, value, []); return true; } catch { return false; } };
  const isDate = takenBy(timeOf);
  function showInside(value, depth) {
    switch (typeof value) {
      case 'string': return stringify(value.length > SHOWN ? slice(value, 0, SHOWN) + '…' : value);
      case 'bigint': return text(value);
      case 'function': return 'function ' + (typeof value.name === 'string' ? value.name : '');
      case 'object': break;
      default: return is(value, -0) ? '0' : text(value);
    }
    if (value === null) return 'null';
    const dataset = nameOf(value);
    if (dataset !== undefined) return 'dataset "' + dataset + '"';
    if (isDate(value)) {
      const time = apply(timeOf, value, []);
      return time === time ? apply(isoOf, value, []) : 'Invalid Date';
    }
    if (isError(value)) return text(value);
    const list = isArray(value) || (isView(value) && value.length !== undefined);
    if (depth > 3) return list ? '[…]' : '{…}';
    const parts = [];
    const names = list ? value : keys(value);
    for (let i = 0; i < names.length; i++) {
      if (i === SHOWN_ITEMS) { push(parts, '…'); break; }
      push(parts, list ? showInside(value[i], depth + 1)
                       : stringify(names[i]) + ': ' + showInside(value[names[i]], depth + 1));
    }
    return list ? '[' + join(parts, ', ') + ']' : '{' + join(parts, ', ') + '}';
  }
  function show(value) {
    let shown;
    try { shown = showInside(value, 0); } catch { shown = 'a value that cannot be shown'; }
    return shown.length > 4 * SHOWN ? slice(shown, 0, 4 * SHOWN) + '…' : shown;
  }

  const isNumeric = (value) => typeof value === 'number' || typeof value === 'bigint';
  function equal(left, right, seen) {
    if (left === right || is(left, right)) return true;
    if (isNumeric(left) && isNumeric(right)) return left == right;
    if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
    const lists = isList(left) && isList(right);
    if (!lists && !areAlike(left, right)) return false;
    const dataset = nameOf(left);
    if (dataset !== undefined) return dataset === nameOf(right);
    for (let i = 0; i < seen.length; i += 2) if (seen[i] === left && seen[i + 1] === right) return true;
    push(seen, left, right);
    const same = lists ? equalLists(left, right, seen) : equalObjects(left, right, seen);
    seen.length -= 2;
    return same;
  }
  const isList = (value) => isArray(value) || typedArrayName(value) !== undefined;
  function equalLists(left, right, seen) {
    if (left.length !== right.length) return false;
    for (let i = 0; i < left.length; i++) if (!equal(left[i], right[i], seen)) return false;
    return true;
  }
  // An object without a prototype is as good as a plain one.
  const areAlike = (left, right) =>
    (getPrototypeOf(left) ?? plainObject) === (getPrototypeOf(right) ?? plainObject) && tagOf(left) === tagOf(right);
  function equalObjects(left, right, seen) {
    // Whatever is built in and more than its properties has a tag of its own.
    if (tagOf(left) === '[object Object]') return equalProperties(left, right, seen);
    const parts = partsOf(left), others = partsOf(right);
    return parts !== undefined && others !== undefined && equalLists(parts, others, seen);
  }
  function equalProperties(left, right, seen) {
    const names = keys(left);
    if (names.length !== keys(right).length) return false;
    for (let i = 0; i < names.length; i++) {
      const name = names[i];
      if (!hasOwn(right, name) || !equal(left[name], right[name], seen)) return false;
    }
    // An object of a class that shows nothing may have it in private fields.
    return names.length > 0 || (getPrototypeOf(left) ?? plainObject) === plainObject;
  }
  const isMap = takenBy(getter(Map.prototype, 'size'));
  const isSet = takenBy(getter(Set.prototype, 'size'));
  const isRegExp = takenBy(getter(RegExp.prototype, 'source'));
  const unboxings = [Number, String, Boolean, BigInt, Symbol].map((type) => type.prototype.valueOf);
  // What makes a built-in object equal to another; undefined for one that equals only itself.
  function partsOf(value) {
    const parts = [];
    if (isDate(value)) push(parts, apply(timeOf, value, []));
    else if (isMap(value)) mapForEach(value, (item, key) => push(parts, key, item));
    else if (isSet(value)) setForEach(value, (item) => push(parts, item));
    else if (isRegExp(value)) push(parts, sourceOf(value), flagsOf(value));
    else if (isError(value)) push(parts, value.name, value.message);
    else {
      for (let i = 0; i < unboxings.length; i++) {
        if (takenBy(unboxings[i])(value)) return [apply(unboxings[i], value, [])];
      }
      return undefined;
    }
    return parts;
  }

  // ---- Assertions ------------------------------------------------------------------------------

  const said = (message, otherwise) => (message === undefined ? otherwise : text(message));
  const wrong = (what, value) => { throw new TypeError(what + ', not ' + show(value)); };

  function lengthOf(value, who) {
    if (typeof value === 'string' || isArray(value) || isView(value)) return value.length;
    if (value instanceof Map || value instanceof Set) return value.size;
    return wrong(who + ' takes a dataset, an array, a string, a Map or a Set', value);
  }
  function assertEmpty(value, message) {
    const name = nameOf(value);
    if (name !== undefined) return host.assertEmpty(name, said(message, 'dataset "' + name + '" should be empty'));
    const length = lengthOf(value, 'assertEmpty');
    return host.compare(length === 0, 'empty', length + ' items', said(message, show(value) + ' should be empty'));
  }
  function assertNotEmpty(value, message) {
    const name = nameOf(value);
    if (name !== undefined) return host.assertNotEmpty(name, said(message, 'dataset "' + name + '" should not be empty'));
    const length = lengthOf(value, 'assertNotEmpty');
    return host.compare(length > 0, 'not empty', length + ' items', said(message, show(value) + ' should not be empty'));
  }

  // Row counts that the host can decide without reading more rows than it needs to.
  const INT64 = 1n << 63n;
  const isCount = (value) =>
    isSafeInteger(value) || (typeof value === 'bigint' && value < INT64 && value >= -INT64);
  const EQUAL = 0, LESS = 2, GREATER = 4;
  const unequalTypes = (left, right) =>
    left == null || right == null || (typeof left === 'string') !== (typeof right === 'string');
  function compareOrder(op, sign, words, left, right, message) {
    const name = nameOf(left);
    if (name !== undefined && isCount(right)) {
      const otherwise = 'dataset "' + name + '" should have ' + (op === LESS ? 'fewer' : 'more') + ' than ' + right + ' rows';
      return host.assertRows(name, op, text(right), said(message, otherwise));
    }
    const actual = name === undefined ? left : left.length;
    const limit = nameOf(right) === undefined ? right : right.length;
    const holds = !unequalTypes(actual, limit) && (op === LESS ? actual < limit : actual > limit);
    const otherwise = show(left) + ' should be ' + words + ' ' + show(right);
    return host.compare(holds, sign + ' ' + show(limit), show(actual), said(message, otherwise));
  }
  function assertLessThan(left, right, message) { return compareOrder(LESS, '<', 'less than', left, right, message); }
  function assertGreaterThan(left, right, message) { return compareOrder(GREATER, '>', 'greater than', left, right, message); }
  function assertEqual(left, right, message) {
    const leftName = nameOf(left), rightName = nameOf(right);
    const otherwise = () => show(left) + ' should equal ' + show(right);
    const rows = (name, count) => host.assertRows(name, EQUAL, text(count), said(message, otherwise()));
    if (leftName !== undefined && rightName !== undefined) return host.assertSame(leftName, rightName, said(message, otherwise()));
    if (leftName !== undefined && isCount(right)) return rows(leftName, right);
    if (rightName !== undefined && isCount(left)) return rows(rightName, left);
    const value = (side, name, other) => (name === undefined ? side : isNumeric(other) ? side.length : side.rows);
    const actual = value(left, leftName, right), expected = value(right, rightName, left);
    return host.compare(equal(actual, expected, []), '= ' + show(expected), show(actual), said(message, otherwise()));
  }
  function truth(value, who) {
    if (nameOf(value) !== undefined) wrong(who + ' takes a condition (see assertNotEmpty)', value);
    if (value instanceof Promise) wrong(who + ' takes a condition (is an await missing?)', value);
    return !!value;
  }
  function assertTrue(value, message) {
    return host.assertBoolean(truth(value, 'assertTrue'), true, said(message, show(value) + ' should be true'));
  }
  function assertFalse(value, message) {
    return host.assertBoolean(truth(value, 'assertFalse'), false, said(message, show(value) + ' should be false'));
  }

  const FAIL = 0, WARN = 1, SUCCEED = 2;
  function fail(message) { host.record(FAIL, said(message, 'failed')); }
  function warn(message) { host.record(WARN, said(message, 'warning')); }
  function ok(message) { host.record(SUCCEED, said(message, 'ok')); }

  const line = (values) => {
    const parts = [];
    for (const value of values) push(parts, typeof value === 'string' ? value : show(value));
    return join(parts, ' ');
  };
  function log(...values) { host.log(1, line(values)); }
  log.debug = (...values) => host.log(0, line(values));
  log.info = log;
  log.warn = (...values) => host.log(2, line(values));
  log.error = (...values) => host.log(3, line(values));
  const print = (...values) => host.print(line(values) + '\n');

  function now() { return new Date(Date.now()); }
  now.microseconds = () => host.now();
  function businessDay() { return host.businessDay(); }

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
