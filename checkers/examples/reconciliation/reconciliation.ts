// What is booked has been settled: two tables hold the same payments.
// Datasets booked and settled: reference text, amount numeric(12,2), sorted by reference in byte order. The host compares
// them; only if they differ are both read, side by side, to say where.
import { assertEqual, Dataset, Decimal, DecimalColumn, Level, log, TextColumn, Utf8 } from "checker";

/** A place in a dataset that is sorted. */
class Cursor {
  private payments: Dataset;
  private references: TextColumn;
  private amounts: DecimalColumn;
  private row: i32 = 0;

  constructor(dataset: string) {
    const payments = new Dataset(dataset);
    this.payments = payments;
    this.references = payments.text("reference");
    this.amounts = payments.decimal("amount");
    payments.next();
  }

  get atEnd(): bool {
    return this.payments.rows == 0;
  }
  get reference(): Utf8 {
    return this.references.at(this.row);
  }
  get amount(): Decimal {
    return this.amounts[this.row];
  }

  advance(): void {
    if (++this.row < this.payments.rows) return;
    this.payments.next();
    this.row = 0;
  }

  close(): void {
    this.payments.close();
  }
}

/** Negative if the left one's payment comes first, 0 if both have it. */
function compare(left: Cursor, right: Cursor): i32 {
  if (left.atEnd || right.atEnd) return right.atEnd ? -1 : 1;
  return left.reference.compare(right.reference);
}

function report(booked: Cursor, settled: Cursor, order: i32): void {
  const reference = (order > 0 ? settled : booked).reference.toString();
  log(
    Level.Warning,
    order == 0
      ? `payment ${reference}: booked ${booked.amount.toString()}, settled ${settled.amount.toString()}`
      : `payment ${reference} is ${order < 0 ? "booked" : "settled"} only`);
}

export function check(): void {
  if (assertEqual("booked", "settled", "what is booked has been settled")) return;
  const booked = new Cursor("booked");
  const settled = new Cursor("settled");
  while (!booked.atEnd || !settled.atEnd) {
    const order = compare(booked, settled);
    if (order != 0 || booked.amount.compare(settled.amount) != 0) report(booked, settled, order);
    if (order <= 0) booked.advance();
    if (order >= 0) settled.advance();
  }
  booked.close();
  settled.close();
}
