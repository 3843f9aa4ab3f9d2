// Amounts are distributed as before: their mean has moved by at most parameter "max_shift" (0.5) of the standard
// deviation that they had.
// Reads datasets amounts_before and amounts_now: amount double precision, nulls left out.
import { assertTrue, Dataset, Level, log, paramF64, warn } from "checker";

/** Welford's method: one pass, and no great numbers that cancel each other. */
class Moments {
  count: i64 = 0;
  mean: f64 = 0;
  /** Sum of the squared distances from the mean. */
  squares: f64 = 0;

  constructor(dataset: string) {
    const amounts = new Dataset(dataset);
    const amount = amounts.float64("amount");
    while (amounts.next()) {
      for (let row = 0; row < amounts.rows; row++) {
        if (amount.isNull(row)) continue;
        const distance = amount[row] - this.mean;
        this.mean += distance / <f64>++this.count;
        this.squares += distance * (amount[row] - this.mean);
      }
    }
    amounts.close();
  }
}

export function check(): void {
  const maxShift = paramF64("max_shift", 0.5);
  const before = new Moments("amounts_before");
  const now = new Moments("amounts_now");
  log(Level.Info, `${before.count} amounts before, ${now.count} now`);
  if (before.count < 2 || now.count < 1) {
    warn("there are too few amounts to compare");
    return;
  }
  const shift = now.mean - before.mean;
  const variance = before.squares / <f64>(before.count - 1);
  assertTrue(shift * shift <= maxShift * maxShift * variance, "amounts are distributed as before");
}
