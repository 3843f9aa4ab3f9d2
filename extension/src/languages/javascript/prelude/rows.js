// What a script finds beside JavaScript itself. Evaluated once, before the snapshot is taken from
// which every run starts; nothing of a run is known here yet.
//
// `host` has the functions that the host answers (javascript_host.cpp says what each takes). The
// result is [start, describe, parseArray]: start takes the run's facts and sets the globals that depend on them;
// describe says what a thrown value is. What a script changes of the built-in objects changes what
// it sees itself: this code keeps to what it has noted here. values.js, assertions.js and globals.js
// go on where this file ends: they are one function.
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

