import * as host from "./host";
import { Bytes, Decimal, Utf8, Uuid } from "./values";

/**
 * A column of one dataset, which it follows from batch to batch. Rows count from 0 within a batch and are less than the
 * dataset's `rows`. The value of a row that is null is not specified.
 */
export class Column {
  /** A bit for each row, 1 if it has a value; 0 if all have one. */
  protected validity: usize = 0;
  /** One element for each row; of texts and bytes the offsets. */
  protected values: usize = 0;
  protected bytes: usize = 0;

  constructor(private index: i32) {}

  /** Called by the dataset for each batch. */
  follow(batch: usize): void {
    const array = load<usize>(load<usize>(batch, host.ARRAY_CHILDREN) + this.index * sizeof<usize>());
    const buffers = load<usize>(array, host.ARRAY_BUFFERS);
    this.validity = load<usize>(buffers);
    this.values = load<usize>(buffers, 4);
    this.bytes = load<i64>(array, host.ARRAY_BUFFER_COUNT) > 2 ? load<usize>(buffers, 8) : 0;
  }

  @inline
  isNull(row: i32): bool {
    return this.validity != 0 && !((load<u8>(this.validity + (row >> 3)) >> <u8>(row & 7)) & 1);
  }

  /** Whether no row of the present batch is null. */
  get isFull(): bool {
    return this.validity == 0;
  }
}

class FixedColumn<T> extends Column {
  @inline @operator("[]")
  get(row: i32): T {
    return load<T>(this.values + row * sizeof<T>());
  }
}

/** smallint */
export class Int16Column extends FixedColumn<i16> {}
/** integer; or date: days since 1970-01-01, ±infinity the greatest and the least number */
export class Int32Column extends FixedColumn<i32> {}
/**
 * bigint; or timestamp, timestamptz: microseconds since 1970-01-01 00:00 (UTC), ±infinity the greatest and the least
 * number
 */
export class Int64Column extends FixedColumn<i64> {}
/** real */
export class Float32Column extends FixedColumn<f32> {}
/** double precision */
export class Float64Column extends FixedColumn<f64> {}

/** boolean */
export class BoolColumn extends Column {
  @operator("[]")
  get(row: i32): bool {
    return bool((load<u8>(this.values + (row >> 3)) >> <u8>(row & 7)) & 1);
  }
}

/** text, and every type without a column class of its own, in its output form */
export class TextColumn extends Column {
  private view: Utf8 = new Utf8();

  /** The row's text, or null if it is null. Valid until the next call of this column. */
  @operator("[]")
  get(row: i32): Utf8 | null {
    return this.isNull(row) ? null : this.at(row);
  }

  /** The same for a row that is known not to be null. */
  @inline
  at(row: i32): Utf8 {
    const offset = this.values + row * sizeof<i32>();
    const start = load<i32>(offset);
    this.view.pointer = this.bytes + start;
    this.view.length = load<i32>(offset, 4) - start;
    return this.view;
  }
}

/** bytea */
export class BytesColumn extends Column {
  private view: Bytes = new Bytes();

  /** The row's bytes, or null if it is null. Valid until the next call of this column. */
  @operator("[]")
  get(row: i32): Bytes | null {
    if (this.isNull(row)) return null;
    const offset = this.values + row * sizeof<i32>();
    const start = load<i32>(offset);
    this.view.pointer = this.bytes + start;
    this.view.length = load<i32>(offset, 4) - start;
    return this.view;
  }
}

/** uuid */
export class UuidColumn extends Column {
  private view: Uuid = new Uuid();

  /** The row's uuid. Valid until the next call of this column. */
  @operator("[]")
  get(row: i32): Uuid {
    this.view.pointer = this.values + row * 16;
    this.view.length = 16;
    return this.view;
  }
}

/** interval, in its three parts: hours and minutes are nanoseconds */
export class IntervalColumn extends Column {
  months(row: i32): i32 {
    return load<i32>(this.values + row * 16);
  }
  days(row: i32): i32 {
    return load<i32>(this.values + row * 16, 4);
  }
  nanoseconds(row: i32): i64 {
    return load<i64>(this.values + row * 16, 8);
  }
}

/** numeric(p, s) with p of at most 38 */
export class DecimalColumn extends Column {
  private view: Decimal;

  constructor(index: i32, public readonly precision: i32, public readonly scale: i32) {
    super(index);
    this.view = new Decimal(scale);
  }

  /** The row's number. Valid until the next call of this column: `new Decimal().set(…)` keeps it. */
  @operator("[]")
  get(row: i32): Decimal {
    const at = this.values + row * 16;
    this.view.low = load<u64>(at);
    this.view.high = load<i64>(at, 8);
    return this.view;
  }
}
