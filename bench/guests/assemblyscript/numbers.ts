// Reads dataset "numbers" (a bigint, b bigint) and fails if b is not 3 * a somewhere. Its message is what all languages
// answer: the rows that break the rule, and the sum of b.
import { isNull, Reader, report } from "./checker";

export function check(): void {
  let broken: i64 = 0;
  let sum: i64 = 0;
  const reader = new Reader("numbers");
  for (let rows = reader.next(); rows > 0; rows = reader.next()) {
    const aValidity = reader.buffer(0, 0);
    const bValidity = reader.buffer(1, 0);
    const a = reader.buffer(0, 1);
    const b = reader.buffer(1, 1);
    for (let row: u32 = 0; row < rows; row++) {
      const aIsNull = isNull(aValidity, row);
      const bIsNull = isNull(bValidity, row);
      const bValue = load<i64>(b + row * sizeof<i64>());
      if (!bIsNull) sum += bValue;
      if (aIsNull || bIsNull ? aIsNull != bIsNull : load<i64>(a + row * sizeof<i64>()) * 3 != bValue) broken++;
    }
  }
  reader.close();
  report(broken, sum);
}
