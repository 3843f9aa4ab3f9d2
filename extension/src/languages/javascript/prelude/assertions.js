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

