//! Version 1 of the guest ABI: module `checker`, and the structs of the Arrow C data interface
//! (<https://arrow.apache.org/docs/format/CDataInterface.html>) as wasm32 has them.

use core::ffi::c_void;

/// What a dataset's columns are. The host owns all that it points to, until the dataset is closed.
#[repr(C)]
#[derive(Debug)]
#[allow(missing_docs)]
pub struct ArrowSchema {
    pub format: *const u8,
    pub name: *const u8,
    pub metadata: *const u8,
    pub flags: i64,
    pub n_children: i64,
    pub children: *const *mut ArrowSchema,
    pub dictionary: *mut ArrowSchema,
    pub release: Option<extern "C" fn(*mut ArrowSchema)>,
    pub private_data: *mut c_void,
}

/// A batch, or one of its columns. The host owns all that it points to, until the next batch.
#[repr(C)]
#[derive(Debug)]
#[allow(missing_docs)]
pub struct ArrowArray {
    pub length: i64,
    pub null_count: i64,
    pub offset: i64,
    pub n_buffers: i64,
    pub n_children: i64,
    pub buffers: *const *const u8,
    pub children: *const *mut ArrowArray,
    pub dictionary: *mut ArrowArray,
    pub release: Option<extern "C" fn(*mut ArrowArray)>,
    pub private_data: *mut c_void,
}

/// The host owns the memory; Arrow takes no `release` for "released already".
pub(crate) extern "C" fn keep_schema(_: *mut ArrowSchema) {}
pub(crate) extern "C" fn keep_array(_: *mut ArrowArray) {}

/// A text that the host put into this module's memory.
#[repr(C)]
pub(crate) struct HostText {
    pub data: *mut u8,
    pub length: usize,
}

impl HostText {
    pub const NONE: HostText = HostText { data: core::ptr::null_mut(), length: 0 };

    /// The bytes are this module's alone: the host never looks at them again.
    pub unsafe fn into_bytes(self) -> &'static mut [u8] {
        if self.data.is_null() {
            return &mut [];
        }
        core::slice::from_raw_parts_mut(self.data, self.length)
    }
}

#[link(wasm_import_module = "checker")]
extern "C" {
    pub(crate) fn fail(message: *const u8, length: usize);
    pub(crate) fn warn(message: *const u8, length: usize);
    pub(crate) fn succeed(message: *const u8, length: usize);
    pub(crate) fn assert_empty(dataset: *const u8, dataset_length: usize, message: *const u8, length: usize) -> i32;
    pub(crate) fn assert_not_empty(dataset: *const u8, dataset_length: usize, message: *const u8, length: usize)
        -> i32;
    pub(crate) fn assert_less_than(
        dataset: *const u8,
        dataset_length: usize,
        limit: i64,
        message: *const u8,
        length: usize,
    ) -> i32;
    pub(crate) fn assert_greater_than(
        dataset: *const u8,
        dataset_length: usize,
        limit: i64,
        message: *const u8,
        length: usize,
    ) -> i32;
    pub(crate) fn assert_row_count(
        dataset: *const u8,
        dataset_length: usize,
        operator: i32,
        bound: i64,
        message: *const u8,
        length: usize,
    ) -> i32;
    pub(crate) fn assert_equal(
        left: *const u8,
        left_length: usize,
        right: *const u8,
        right_length: usize,
        message: *const u8,
        length: usize,
    ) -> i32;
    pub(crate) fn assert_true(value: i32, message: *const u8, length: usize) -> i32;
    pub(crate) fn assert_false(value: i32, message: *const u8, length: usize) -> i32;
    pub(crate) fn now() -> i64;
    pub(crate) fn business_day() -> i32;
    pub(crate) fn param_get(name: *const u8, length: usize, out: *mut HostText) -> i32;
    pub(crate) fn input_get(out: *mut HostText) -> i32;
    pub(crate) fn log(level: i32, text: *const u8, length: usize);
    pub(crate) fn dataset_csv(dataset: *const u8, length: usize, out: *mut HostText);
    pub(crate) fn dataset_open(dataset: *const u8, length: usize) -> i32;
    pub(crate) fn dataset_schema(handle: i32, out: *mut ArrowSchema);
    pub(crate) fn dataset_next(handle: i32, out: *mut ArrowArray) -> u32;
    pub(crate) fn dataset_close(handle: i32);
}
