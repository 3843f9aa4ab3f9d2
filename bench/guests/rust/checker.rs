//! The part of the guest ABI that the two checkers use, and their common outcome.

// Each checker uses a part of it.
#![allow(dead_code)]

use std::slice;

/// An ArrowArray of the Arrow C data interface, in wasm32: its memory is the host's.
#[repr(C)]
pub struct ArrowArray {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *const *const u8,
    children: *const *const ArrowArray,
    dictionary: u32,
    release: u32,
    private_data: u32,
}

#[link(wasm_import_module = "checker")]
extern "C" {
    fn fail(message: *const u8, length: usize);
    fn succeed(message: *const u8, length: usize);
    fn dataset_open(name: *const u8, length: usize) -> i32;
    fn dataset_next(handle: i32, out: *mut ArrowArray) -> u32;
    fn dataset_close(handle: i32);
}

/// One column of a batch.
pub struct Column<'a> {
    array: &'a ArrowArray,
    rows: usize,
}

impl<'a> Column<'a> {
    /// The buffer's elements; the host promises that there are as many as the format has.
    fn buffer<T>(&self, number: usize, length: usize) -> Option<&'a [T]> {
        unsafe {
            let start = *self.array.buffers.add(number) as *const T;
            if start.is_null() {
                None
            } else {
                Some(slice::from_raw_parts(start, length))
            }
        }
    }

    /// Whether a row has a value, as a bitmap; none if all have one.
    pub fn validity(&self) -> Option<&'a [u8]> {
        self.buffer(0, (self.rows + 7) / 8)
    }

    pub fn numbers(&self) -> &'a [i64] {
        self.buffer(1, self.rows).unwrap_or(&[])
    }

    /// Where each row's text begins and ends, and the bytes of all.
    pub fn texts(&self) -> (&'a [i32], &'a [u8]) {
        let offsets: &[i32] = self.buffer(1, self.rows + 1).unwrap_or(&[0]);
        let end = offsets[offsets.len() - 1] as usize;
        (offsets, self.buffer(2, end).unwrap_or(&[]))
    }
}

pub fn is_null(validity: Option<&[u8]>, row: usize) -> bool {
    match validity {
        Some(bits) => bits[row / 8] >> (row % 8) & 1 == 0,
        None => false,
    }
}

/// Calls `visit` with the columns of each batch.
pub fn read<const COLUMNS: usize>(dataset: &str, mut visit: impl FnMut([Column; COLUMNS])) {
    unsafe {
        let handle = dataset_open(dataset.as_ptr(), dataset.len());
        let mut batch = std::mem::zeroed::<ArrowArray>();
        loop {
            let rows = dataset_next(handle, &mut batch) as usize;
            if rows == 0 {
                break;
            }
            visit(std::array::from_fn(|i| Column { array: &**batch.children.add(i), rows }));
        }
        dataset_close(handle);
    }
}

/// "BROKEN FIGURE", a failure if a row breaks the rule.
pub fn report(broken: i64, figure: i64) {
    let message = format!("{} {}", broken, figure);
    unsafe {
        if broken > 0 {
            fail(message.as_ptr(), message.len());
        } else {
            succeed(message.as_ptr(), message.len());
        }
    }
}
