/**
 * pg_checker's SDK for AssemblyScript.
 *
 *     import { assertTrue, Dataset } from "checker";
 *
 *     export function check(): void {
 *       const users = new Dataset("users");
 *       const email = users.text("email");
 *       let missing = 0;
 *       while (users.next()) {
 *         for (let row = 0; row < users.rows; row++) {
 *           if (email.isNull(row)) missing++;
 *         }
 *       }
 *       users.close();
 *       assertTrue(missing == 0, "every user has an e-mail");
 *     }
 *
 * Texts are UTF-8 in the module's memory. Times are microseconds since 1970-01-01 UTC.
 *
 * Errors. What a checker finds out is an outcome: `fail`, `assertEmpty` and its sisters. A mistake in the checker itself
 * (a dataset that it does not declare, a column that does not exist or has another type, a parameter that is no number),
 * an uncaught Error and a failed `assert` end the run with status `error` and a text that names what is wrong.
 *
 * Building. `--runtime stub`: nothing is freed, as the instance is gone after the run; reading allocates nothing for
 * each row. `--use abort=~lib/checker/log/abort` makes errors readable, and `checker/allocator.ts` as a second entry
 * file lets the host put texts and batches where this module's allocator says. The template's `build` does all that.
 */
export { abort, Level, log, panic } from "./log";
export {
  assertEmpty, assertEqual, assertFalse, assertGreaterThan, assertLessThan, assertNotEmpty, assertRowCount, assertTrue,
  fail, ok, Operator, succeed, warn,
} from "./outcomes";
export { businessDay, input, now, param, paramBool, paramF64, paramI64, paramString } from "./params";
export { Bytes, Decimal, Utf8, Uuid } from "./values";
export {
  BoolColumn, BytesColumn, Column, DecimalColumn, Float32Column, Float64Column, Int16Column, Int32Column, Int64Column,
  IntervalColumn, TextColumn, UuidColumn,
} from "./columns";
export { Dataset, Type } from "./dataset";
export { Csv } from "./csv";
