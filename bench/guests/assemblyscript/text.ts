// Reads dataset "texts" (email text) and fails if one has no @ with something on both sides. Its message is what all
// languages answer: the rows that break the rule, and those without an e-mail.
import { isNull, Reader, report } from "./checker";

const AT: u8 = 0x40;

function isEmail(start: usize, end: usize): bool {
  for (let at = start + 1; at + 1 < end; at++) {
    if (load<u8>(at) == AT) return true;
  }
  return false;
}

export function check(): void {
  let broken: i64 = 0;
  let missing: i64 = 0;
  const reader = new Reader("texts");
  for (let rows = reader.next(); rows > 0; rows = reader.next()) {
    const validity = reader.buffer(0, 0);
    const offsets = reader.buffer(0, 1);
    const bytes = reader.buffer(0, 2);
    for (let row: u32 = 0; row < rows; row++) {
      if (isNull(validity, row)) {
        missing++;
      } else {
        const offset = offsets + row * sizeof<i32>();
        if (!isEmail(bytes + load<u32>(offset), bytes + load<u32>(offset, sizeof<i32>()))) broken++;
      }
    }
  }
  reader.close();
  report(broken, missing);
}
