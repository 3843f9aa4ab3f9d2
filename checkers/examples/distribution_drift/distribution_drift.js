// Amounts are distributed as before: their mean has moved by at most parameter "max_shift" (0.5) of the standard
// deviation that they had.
// Reads datasets amounts_before and amounts_now: amount double precision, nulls left out.

// Welford's method: one pass, and no great numbers that cancel each other.
function measure(dataset) {
  let count = 0, mean = 0, squares = 0;
  for (const { amount } of dataset) {
    if (amount === null) continue;
    const distance = amount - mean;
    mean += distance / ++count;
    squares += distance * (amount - mean);
  }
  return { count, mean, variance: squares / (count - 1) };
}

const maxShift = params.max_shift ?? 0.5;
const before = measure(datasets.amounts_before);
const present = measure(datasets.amounts_now);
log(`${before.count} amounts before, ${present.count} now`);
if (before.count < 2 || present.count < 1) {
  warn('there are too few amounts to compare');
} else {
  const shift = present.mean - before.mean;
  assertTrue(shift * shift <= maxShift * maxShift * before.variance, 'amounts are distributed as before');
}
