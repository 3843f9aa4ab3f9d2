import {
  BoolColumn, BytesColumn, Column, DecimalColumn, Float32Column, Float64Column, Int16Column, Int32Column, Int64Column,
  IntervalColumn, TextColumn, UuidColumn,
} from "./columns";
import * as host from "./host";
import { panic } from "./log";

/** What a column holds, by the names of PostgreSQL's types. Everything else arrives as text in its output form. */
export enum Type {
  Boolean, SmallInt, Integer, BigInt, Real, DoublePrecision, Text, Bytea, Date, Timestamp, TimestampTz, Interval, Uuid,
  Numeric,
}

const TYPE_NAMES: StaticArray<string> = [
  "boolean", "smallint", "integer", "bigint", "real", "double precision", "text", "bytea", "date", "timestamp",
  "timestamptz", "interval", "uuid", "numeric",
];

// The host owns the memory; Arrow takes a release of 0 for "released already".
function keep(what: usize): void {}

function textAt(pointer: usize): string {
  let length = 0;
  while (load<u8>(pointer + length) != 0) length++;
  return String.UTF8.decodeUnsafe(pointer, length);
}

function typeOfFormat(format: string): Type {
  const first = format.charAt(0);
  if (first == "b") return Type.Boolean;
  if (first == "s") return Type.SmallInt;
  if (first == "i") return Type.Integer;
  if (first == "l") return Type.BigInt;
  if (first == "f") return Type.Real;
  if (first == "g") return Type.DoublePrecision;
  if (first == "u") return Type.Text;
  if (first == "z") return Type.Bytea;
  if (first == "w") return Type.Uuid;
  if (first == "d") return Type.Numeric;
  if (format == "tdD") return Type.Date;
  if (format == "tin") return Type.Interval;
  if (format == "tsu:") return Type.Timestamp;
  if (format == "tsu:UTC") return Type.TimestampTz;
  panic("the host sent a column in format " + format + ", which this SDK does not know");
  return Type.Text;
}

/**
 * A dataset that is read once, batch by batch, in constant memory. Up to 64 may be open at once, the same dataset several
 * times too; all read one snapshot. Columns are taken by name before the first `next`; if there is none of this name, or
 * it is of another type, the run ends with an error that names dataset, column and type. Types are not converted: cast in
 * the dataset's query.
 */
export class Dataset {
  /** Rows of the present batch. */
  rows: i32 = 0;
  private handle: i32;
  private schema: usize;
  private batch: usize;
  private columns: Column[] = [];

  /** Starts reading. A dataset that the checker does not declare ends the run with status `error`. */
  constructor(private name: string) {
    const bytes = String.UTF8.encode(name);
    this.schema = heap.alloc(host.SCHEMA_BYTES);
    this.batch = heap.alloc(host.ARRAY_BYTES);
    this.handle = host.dataset_open(changetype<usize>(bytes), bytes.byteLength);
    host.dataset_schema(this.handle, this.schema);
    store<usize>(this.schema, keep.index, host.SCHEMA_RELEASE);
    for (let i = 0; i < this.columnCount; i++) store<usize>(this.child(i), keep.index, host.SCHEMA_RELEASE);
  }

  /** Fetches the next batch; false at the end. */
  next(): bool {
    this.rows = host.dataset_next(this.handle, this.batch);
    if (this.rows == 0) return false;
    store<usize>(this.batch, keep.index, host.ARRAY_RELEASE);
    for (let i = 0; i < this.columns.length; i++) unchecked(this.columns[i]).follow(this.batch);
    return true;
  }

  /** Ends reading, before the dataset's end if need be. What is left open is closed with the run. */
  close(): void {
    host.dataset_close(this.handle);
    this.rows = 0;
  }

  get columnCount(): i32 {
    return load<i32>(this.schema, host.SCHEMA_COUNT);
  }
  columnName(index: i32): string {
    return textAt(load<usize>(this.child(index), host.SCHEMA_NAME));
  }
  columnType(index: i32): Type {
    return typeOfFormat(this.format(index));
  }

  /** boolean */
  bool(name: string): BoolColumn {
    return this.track(new BoolColumn(this.find(name, Type.Boolean)));
  }
  /** smallint */
  int16(name: string): Int16Column {
    return this.track(new Int16Column(this.find(name, Type.SmallInt)));
  }
  /** integer */
  int32(name: string): Int32Column {
    return this.track(new Int32Column(this.find(name, Type.Integer)));
  }
  /** bigint */
  int64(name: string): Int64Column {
    return this.track(new Int64Column(this.find(name, Type.BigInt)));
  }
  /** real */
  float32(name: string): Float32Column {
    return this.track(new Float32Column(this.find(name, Type.Real)));
  }
  /** double precision */
  float64(name: string): Float64Column {
    return this.track(new Float64Column(this.find(name, Type.DoublePrecision)));
  }
  /** text, and every type without a method of its own here */
  text(name: string): TextColumn {
    return this.track(new TextColumn(this.find(name, Type.Text)));
  }
  /** bytea */
  bytea(name: string): BytesColumn {
    return this.track(new BytesColumn(this.find(name, Type.Bytea)));
  }
  /** date: days since 1970-01-01 */
  date(name: string): Int32Column {
    return this.track(new Int32Column(this.find(name, Type.Date)));
  }
  /** timestamp: microseconds since 1970-01-01 00:00 */
  timestamp(name: string): Int64Column {
    return this.track(new Int64Column(this.find(name, Type.Timestamp)));
  }
  /** timestamptz: microseconds since 1970-01-01 00:00 UTC */
  timestamptz(name: string): Int64Column {
    return this.track(new Int64Column(this.find(name, Type.TimestampTz)));
  }
  /** interval */
  interval(name: string): IntervalColumn {
    return this.track(new IntervalColumn(this.find(name, Type.Interval)));
  }
  /** uuid */
  uuid(name: string): UuidColumn {
    return this.track(new UuidColumn(this.find(name, Type.Uuid)));
  }
  /** numeric(p, s) */
  decimal(name: string): DecimalColumn {
    const index = this.find(name, Type.Numeric);
    const format = this.format(index);
    const comma = format.indexOf(",");
    const precision = I32.parseInt(format.substring(2, comma));
    return this.track(new DecimalColumn(index, precision, I32.parseInt(format.substring(comma + 1))));
  }

  private track<T extends Column>(column: T): T {
    this.columns.push(column);
    return column;
  }

  private child(index: i32): usize {
    return load<usize>(load<usize>(this.schema, host.SCHEMA_CHILDREN) + index * sizeof<usize>());
  }

  private format(index: i32): string {
    return textAt(load<usize>(this.child(index), host.SCHEMA_FORMAT));
  }

  private find(name: string, wanted: Type): i32 {
    const dataset = 'dataset "' + this.name + '"';
    let names = "";
    for (let i = 0; i < this.columnCount; i++) {
      if (this.columnName(i) != name) {
        names += (i == 0 ? ' "' : ', "') + this.columnName(i) + '"';
        continue;
      }
      const found = this.columnType(i);
      if (found != wanted) {
        panic(
          dataset + ': column "' + name + '" is ' + TYPE_NAMES[found] + ", not " + TYPE_NAMES[wanted] +
          "; cast it in the dataset's query, or read it as what it is");
      }
      return i;
    }
    panic(dataset + ' has no column "' + name + '"; it has' + names);
    return -1;
  }
}
