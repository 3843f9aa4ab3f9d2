// The part of the guest ABI that the two checkers use, and their common outcome.

@external("checker", "fail")
declare function fail(message: usize, length: usize): void;
@external("checker", "succeed")
declare function succeed(message: usize, length: usize): void;
@external("checker", "dataset_open")
declare function datasetOpen(name: usize, length: usize): i32;
@external("checker", "dataset_next")
declare function datasetNext(handle: i32, out: usize): u32;
@external("checker", "dataset_close")
declare function datasetClose(handle: i32): void;

// An ArrowArray of the Arrow C data interface: its size, and where its pointers to buffers and children lie.
const ARRAY_BYTES = 64;
const BUFFERS = 40;
const CHILDREN = 44;

/** A dataset, batch by batch; its columns are read where the host put them. */
export class Reader {
  private handle: i32;
  private batch: usize = memory.data(ARRAY_BYTES, 8);

  constructor(dataset: string) {
    const name = String.UTF8.encode(dataset);
    this.handle = datasetOpen(changetype<usize>(name), name.byteLength);
  }

  /** The rows of the next batch; at the end, none. */
  next(): u32 {
    return datasetNext(this.handle, this.batch);
  }

  /** Buffer 0 of a column is its bitmap of validity, or 0 if no value is null. */
  buffer(column: u32, number: u32): usize {
    const array = load<usize>(load<usize>(this.batch, CHILDREN) + column * sizeof<usize>());
    return load<usize>(load<usize>(array, BUFFERS) + number * sizeof<usize>());
  }

  close(): void {
    datasetClose(this.handle);
  }
}

@inline
export function isNull(validity: usize, row: u32): bool {
  return validity != 0 && !((load<u8>(validity + (row >> 3)) >> <u8>(row & 7)) & 1);
}

/** "BROKEN FIGURE", a failure if a row breaks the rule. */
export function report(broken: i64, figure: i64): void {
  const message = String.UTF8.encode(`${broken} ${figure}`);
  if (broken > 0) {
    fail(changetype<usize>(message), message.byteLength);
  } else {
    succeed(changetype<usize>(message), message.byteLength);
  }
}
