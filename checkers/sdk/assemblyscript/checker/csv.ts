import * as host from "./host";
import { panic } from "./log";
import { Utf8 } from "./values";

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const LF: u8 = 0x0a;
const CR: u8 = 0x0d;

/**
 * A whole dataset in the module's memory, as `COPY … CSV HEADER` writes it (RFC 4180): records end with LF or CR LF,
 * fields are separated by commas, and one that is quoted may hold commas, line ends and doubled quotes. A field without
 * quotes that is empty is NULL, here null; `""` is an empty text. Fields are taken apart where they lie: no record is
 * allocated. Large datasets are better read in columns.
 */
export class Csv {
  private at: usize;
  private end: usize;
  /** The columns' names. */
  readonly names: string[] = [];
  /** Pointer and length of each field of the present record; a NULL's pointer is 0. */
  private fields: StaticArray<usize> = new StaticArray<usize>(0);
  private view: Utf8 = new Utf8();
  private lastField: bool = false;
  private fieldPointer: usize = 0;
  private fieldLength: i32 = 0;
  /** Fields of the present record. */
  fieldCount: i32 = 0;

  /** A dataset that the checker does not declare ends the run with status `error`. */
  constructor(private dataset: string) {
    const bytes = String.UTF8.encode(dataset);
    host.dataset_csv(changetype<usize>(bytes), bytes.byteLength, host.delivered);
    this.at = host.deliveredPointer();
    this.end = this.at + host.deliveredLength();
    do {
      this.readField();
      this.names.push(String.UTF8.decodeUnsafe(this.fieldPointer, this.fieldLength));
    } while (!this.lastField);
    this.fields = new StaticArray<usize>(2 * this.names.length);
  }

  /** Where the column of this name is; if there is none, the run ends with an error that names it. */
  indexOf(name: string): i32 {
    const index = this.names.indexOf(name);
    if (index < 0) panic('dataset "' + this.dataset + '" has no column "' + name + '"');
    return index;
  }

  /** Reads the next record; false at the end. */
  next(): bool {
    if (this.at == this.end) return false;
    this.fieldCount = 0;
    do {
      this.readField();
      if (this.fieldCount < this.names.length) {
        unchecked((this.fields[2 * this.fieldCount] = this.fieldPointer));
        unchecked((this.fields[2 * this.fieldCount + 1] = this.fieldLength));
        this.fieldCount++;
      }
    } while (!this.lastField);
    return true;
  }

  /** A field of the present record; null if it is NULL, or not there. Valid until the next call. */
  @operator("[]")
  field(index: i32): Utf8 | null {
    if (<u32>index >= <u32>this.fieldCount || this.fields[2 * index] == 0) return null;
    this.view.pointer = this.fields[2 * index];
    this.view.length = <i32>this.fields[2 * index + 1];
    return this.view;
  }

  private readField(): void {
    let at = this.at;
    const end = this.end;
    this.fieldPointer = 0;
    this.fieldLength = 0;
    if (at < end && load<u8>(at) == QUOTE) {
      let to = ++at;
      this.fieldPointer = to;
      for (; ; at++) {
        if (at == end) panic("malformed CSV: a quoted field does not end");
        if (load<u8>(at) == QUOTE && (++at == end || load<u8>(at) != QUOTE)) break;
        store<u8>(to++, load<u8>(at));
      }
      this.fieldLength = <i32>(to - this.fieldPointer);
    } else {
      const start = at;
      while (at < end) {
        const byte = load<u8>(at);
        if (byte == COMMA || byte == LF || (byte == CR && at + 1 < end && load<u8>(at, 1) == LF)) break;
        at++;
      }
      if (at > start) this.fieldPointer = start;
      this.fieldLength = <i32>(at - start);
    }
    this.at = at;
    this.lastField = at == end || load<u8>(at) != COMMA;
    if (at == end) return;
    if (load<u8>(at) == CR && at + 1 < end) at++;
    if (load<u8>(at) != COMMA && load<u8>(at) != LF) panic("malformed CSV: text behind a quoted field");
    this.at = at + 1;
  }
}
