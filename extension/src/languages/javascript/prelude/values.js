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

