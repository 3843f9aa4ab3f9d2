// What is booked has been settled: two tables hold the same payments.
// Datasets booked and settled: reference text, amount numeric(12,2), sorted by reference in byte order. The host compares
// them; only if they differ are both read, to say where.
if (!assertEqual(datasets.booked, datasets.settled, 'what is booked has been settled')) {
  const amounts = (payments) => new Map(Array.from(payments, ({ reference, amount }) => [reference, amount]));
  const booked = amounts(datasets.booked);
  const settled = amounts(datasets.settled);
  for (const reference of [...new Set([...booked.keys(), ...settled.keys()])].sort()) {
    if (!settled.has(reference)) log.warn(`payment ${reference} is booked only`);
    else if (!booked.has(reference)) log.warn(`payment ${reference} is settled only`);
    else if (booked.get(reference) !== settled.get(reference)) {
      log.warn(`payment ${reference}: booked ${booked.get(reference)}, settled ${settled.get(reference)}`);
    }
  }
}
