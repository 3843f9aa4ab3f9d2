// Reads dataset "numbers" (a bigint, b bigint) and fails if b is not 3 * a somewhere. Its message is what all languages
// answer: the rows that break the rule, and the sum of b.
import { Dataset } from "checker";
import { report } from "./report";

export function check(): void {
  let broken: i64 = 0;
  let sum: i64 = 0;
  const numbers = new Dataset("numbers");
  const a = numbers.int64("a");
  const b = numbers.int64("b");
  while (numbers.next()) {
    const rows = numbers.rows;
    for (let row = 0; row < rows; row++) {
      const aIsNull = a.isNull(row);
      const bIsNull = b.isNull(row);
      if (!bIsNull) sum += b[row];
      if (aIsNull || bIsNull ? aIsNull != bIsNull : a[row] * 3 != b[row]) broken++;
    }
  }
  numbers.close();
  report(broken, sum);
}
