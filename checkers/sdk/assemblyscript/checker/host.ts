/** Module `checker` of the guest ABI, version 1. */
@external("checker", "fail")
export declare function fail(message: usize, length: usize): void;
@external("checker", "warn")
export declare function warn(message: usize, length: usize): void;
@external("checker", "succeed")
export declare function succeed(message: usize, length: usize): void;
@external("checker", "assert_empty")
export declare function assert_empty(dataset: usize, datasetLength: usize, message: usize, length: usize): i32;
@external("checker", "assert_not_empty")
export declare function assert_not_empty(dataset: usize, datasetLength: usize, message: usize, length: usize): i32;
@external("checker", "assert_less_than")
export declare function assert_less_than(dataset: usize, datasetLength: usize, limit: i64, message: usize, length: usize): i32;
@external("checker", "assert_greater_than")
export declare function assert_greater_than(dataset: usize, datasetLength: usize, limit: i64, message: usize, length: usize): i32;
@external("checker", "assert_row_count")
export declare function assert_row_count(dataset: usize, datasetLength: usize, operator: i32, bound: i64, message: usize, length: usize): i32;
@external("checker", "assert_equal")
export declare function assert_equal(left: usize, leftLength: usize, right: usize, rightLength: usize, message: usize, length: usize): i32;
@external("checker", "assert_true")
export declare function assert_true(value: i32, message: usize, length: usize): i32;
@external("checker", "assert_false")
export declare function assert_false(value: i32, message: usize, length: usize): i32;
@external("checker", "now")
export declare function now(): i64;
@external("checker", "business_day")
export declare function business_day(): i32;
@external("checker", "param_get")
export declare function param_get(name: usize, length: usize, out: usize): i32;
@external("checker", "input_get")
export declare function input_get(out: usize): i32;
@external("checker", "log")
export declare function log(level: i32, text: usize, length: usize): void;
@external("checker", "dataset_csv")
export declare function dataset_csv(dataset: usize, length: usize, out: usize): void;
@external("checker", "dataset_open")
export declare function dataset_open(dataset: usize, length: usize): i32;
@external("checker", "dataset_schema")
export declare function dataset_schema(handle: i32, out: usize): void;
@external("checker", "dataset_next")
export declare function dataset_next(handle: i32, out: usize): u32;
@external("checker", "dataset_close")
export declare function dataset_close(handle: i32): void;

/** Where the host writes {pointer, length} of a text that it delivers. */
export const delivered: usize = memory.data(8, 4);
export function deliveredPointer(): usize {
  return load<usize>(delivered);
}
export function deliveredLength(): i32 {
  return load<i32>(delivered, 4);
}

// The structs of the Arrow C data interface in wasm32 (https://arrow.apache.org/docs/format/CDataInterface.html).
export const SCHEMA_BYTES = 48;
export const SCHEMA_FORMAT = 0;
export const SCHEMA_NAME = 4;
export const SCHEMA_COUNT = 24;
export const SCHEMA_CHILDREN = 32;
export const SCHEMA_RELEASE = 40;
export const ARRAY_BYTES = 64;
export const ARRAY_BUFFER_COUNT = 24;
export const ARRAY_COUNT = 32;
export const ARRAY_BUFFERS = 40;
export const ARRAY_CHILDREN = 44;
export const ARRAY_RELEASE = 52;
