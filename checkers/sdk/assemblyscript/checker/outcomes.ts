import * as host from "./host";

/** Records a failed assertion. The first one's message becomes the run's. The checker goes on. */
export function fail(message: string): void {
  const bytes = String.UTF8.encode(message);
  host.fail(changetype<usize>(bytes), bytes.byteLength);
}

/** Records a warning. */
export function warn(message: string): void {
  const bytes = String.UTF8.encode(message);
  host.warn(changetype<usize>(bytes), bytes.byteLength);
}

/** Records a passed assertion. */
export function succeed(message: string): void {
  const bytes = String.UTF8.encode(message);
  host.succeed(changetype<usize>(bytes), bytes.byteLength);
}

/** The same as `succeed`. */
export function ok(message: string): void {
  succeed(message);
}

/**
 * Whether a dataset has no row.
 *
 * This and all other assertions are decided by the host: it reads no more rows than it needs to know, keeps some as a
 * sample, and copies none into the module. Each records its outcome with `message`, returns whether it holds, and lets
 * the checker go on. A dataset that the checker does not declare ends the run with status `error`.
 */
export function assertEmpty(dataset: string, message: string): bool {
  const name = String.UTF8.encode(dataset);
  const text = String.UTF8.encode(message);
  return host.assert_empty(
    changetype<usize>(name), name.byteLength, changetype<usize>(text), text.byteLength) != 0;
}

/** A dataset has a row. */
export function assertNotEmpty(dataset: string, message: string): bool {
  const name = String.UTF8.encode(dataset);
  const text = String.UTF8.encode(message);
  return host.assert_not_empty(
    changetype<usize>(name), name.byteLength, changetype<usize>(text), text.byteLength) != 0;
}

/** A dataset has less than `limit` rows. */
export function assertLessThan(dataset: string, limit: i64, message: string): bool {
  const name = String.UTF8.encode(dataset);
  const text = String.UTF8.encode(message);
  return host.assert_less_than(
    changetype<usize>(name), name.byteLength, limit, changetype<usize>(text), text.byteLength) != 0;
}

/** A dataset has more than `limit` rows. */
export function assertGreaterThan(dataset: string, limit: i64, message: string): bool {
  const name = String.UTF8.encode(dataset);
  const text = String.UTF8.encode(message);
  return host.assert_greater_than(
    changetype<usize>(name), name.byteLength, limit, changetype<usize>(text), text.byteLength) != 0;
}

/** How a number of rows is compared. */
export enum Operator { Equal = 0, NotEqual = 1, Less = 2, AtMost = 3, Greater = 4, AtLeast = 5 }

/** A dataset's number of rows compares to `bound` as the operator says. */
export function assertRowCount(dataset: string, operator: Operator, bound: i64, message: string): bool {
  const name = String.UTF8.encode(dataset);
  const text = String.UTF8.encode(message);
  return host.assert_row_count(
    changetype<usize>(name), name.byteLength, operator, bound, changetype<usize>(text), text.byteLength) != 0;
}

/**
 * Two datasets hold the same rows, in any order. Their columns must have the same types in the same order; names do not
 * matter. The sample shows the difference.
 */
export function assertEqual(left: string, right: string, message: string): bool {
  const leftName = String.UTF8.encode(left);
  const rightName = String.UTF8.encode(right);
  const text = String.UTF8.encode(message);
  return host.assert_equal(
    changetype<usize>(leftName), leftName.byteLength, changetype<usize>(rightName), rightName.byteLength,
    changetype<usize>(text), text.byteLength) != 0;
}

/** A condition of your own holds. */
export function assertTrue(value: bool, message: string): bool {
  const text = String.UTF8.encode(message);
  return host.assert_true(i32(value), changetype<usize>(text), text.byteLength) != 0;
}

/** A condition of your own does not hold. */
export function assertFalse(value: bool, message: string): bool {
  const text = String.UTF8.encode(message);
  return host.assert_false(i32(value), changetype<usize>(text), text.byteLength) != 0;
}
