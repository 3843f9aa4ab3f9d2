use core::fmt;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::{slice, str};

use crate::abi::{self, ArrowArray, ArrowSchema};
use crate::{ColumnType, Error, Plain, Type};

/// A dataset that is read once, batch by batch, in constant memory. Up to 64 may be open at once, the same dataset
/// several times too; all read one snapshot. Dropping it ends reading, before the dataset's end if need be.
#[derive(Debug)]
pub struct Dataset<'n> {
    name: &'n str,
    handle: i32,
    schema: ArrowSchema,
    batch: MaybeUninit<ArrowArray>,
}

impl<'n> Dataset<'n> {
    /// Starts reading. A dataset that the checker does not declare, or whose query fails, ends the run with status
    /// `error`.
    pub fn open(name: &'n str) -> Dataset<'n> {
        let mut schema = MaybeUninit::<ArrowSchema>::uninit();
        unsafe {
            let handle = abi::dataset_open(name.as_ptr(), name.len());
            abi::dataset_schema(handle, schema.as_mut_ptr());
            let mut schema = schema.assume_init();
            schema.release = Some(abi::keep_schema);
            for index in 0..schema.n_children as usize {
                (**schema.children.add(index)).release = Some(abi::keep_schema);
            }
            Dataset { name, handle, schema, batch: MaybeUninit::uninit() }
        }
    }

    /// Names and types of the columns, in order.
    pub fn columns(&self) -> impl Iterator<Item = (&str, Type)> + '_ {
        (0..self.schema.n_children as usize).map(move |index| {
            let (name, format) = self.child(index);
            (name, parse_format(format).0)
        })
    }

    /// Name and format of a column; both are the host's, until the dataset is closed.
    fn child(&self, index: usize) -> (&str, &str) {
        unsafe {
            let child = &**self.schema.children.add(index);
            (text(child.name), text(child.format))
        }
    }

    /// A column by its name. An error if there is none of this name or it is of another type; it names dataset, column
    /// and type. Types are not converted: cast in the dataset's query.
    pub fn column<T: for<'a> ColumnType<'a>>(&self, name: &str) -> Result<Column<T>, Error> {
        let found = (0..self.schema.n_children as usize).find(|&index| self.child(index).0 == name);
        let index = match found {
            Some(index) => index,
            None => {
                let names = Names(self);
                return Err(Error::new(format_args!(
                    "dataset \"{}\" has no column \"{}\"; it has{}",
                    self.name, name, names
                )));
            }
        };
        let (found, precision, scale) = parse_format(self.child(index).1);
        let wanted = <T as ColumnType<'static>>::TYPE;
        if found != wanted {
            return Err(Error::new(format_args!(
                "dataset \"{}\": column \"{}\" is {}, not {}; cast it in the dataset's query, or read it as what it is",
                self.name, name, found, wanted
            )));
        }
        Ok(Column { handle: self.handle, index, precision, scale, kind: PhantomData })
    }

    /// The next batch, or nothing at the end. It borrows the dataset: the host uses its memory again.
    pub fn next_batch(&mut self) -> Option<Batch<'_>> {
        unsafe {
            let rows = abi::dataset_next(self.handle, self.batch.as_mut_ptr()) as usize;
            if rows == 0 {
                return None;
            }
            let array = self.batch.assume_init_mut();
            array.release = Some(abi::keep_array);
            for index in 0..array.n_children as usize {
                (**array.children.add(index)).release = Some(abi::keep_array);
            }
            Some(Batch { handle: self.handle, rows, array })
        }
    }

    /// The struct itself, for libraries that read Arrow.
    pub fn schema(&self) -> &ArrowSchema {
        &self.schema
    }
}

impl Drop for Dataset<'_> {
    fn drop(&mut self) {
        unsafe { abi::dataset_close(self.handle) }
    }
}

struct Names<'a>(&'a Dataset<'a>);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, _)) in self.0.columns().enumerate() {
            write!(f, "{} \"{}\"", if index == 0 { "" } else { "," }, name)?;
        }
        Ok(())
    }
}

/// A text that ends with NUL.
unsafe fn text<'a>(start: *const u8) -> &'a str {
    let mut length = 0;
    while *start.add(length) != 0 {
        length += 1;
    }
    str::from_utf8_unchecked(slice::from_raw_parts(start, length))
}

/// The type, and a decimal's precision and scale, of an Arrow format string.
fn parse_format(format: &str) -> (Type, u8, u8) {
    let plain = |kind| (kind, 0, 0);
    match format {
        "b" => plain(Type::Boolean),
        "s" => plain(Type::SmallInt),
        "i" => plain(Type::Integer),
        "l" => plain(Type::BigInt),
        "f" => plain(Type::Real),
        "g" => plain(Type::DoublePrecision),
        "u" => plain(Type::Text),
        "z" => plain(Type::Bytea),
        "tdD" => plain(Type::Date),
        "tsu:" => plain(Type::Timestamp),
        "tsu:UTC" => plain(Type::TimestampTz),
        "tin" => plain(Type::Interval),
        "w:16" => plain(Type::Uuid),
        _ => {
            let digits = format.strip_prefix("d:").and_then(|digits| digits.split_once(','));
            match digits.map(|(precision, scale)| (precision.parse(), scale.parse())) {
                Some((Ok(precision), Ok(scale))) => (Type::Numeric, precision, scale),
                _ => panic!("the host sent a column in format {}, which this SDK does not know", format),
            }
        }
    }
}

/// A column of one open dataset, for [`Batch::values`]. Copy it freely.
#[derive(Debug)]
pub struct Column<T> {
    handle: i32,
    index: usize,
    precision: u8,
    scale: u8,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Column<T> {
    fn clone(&self) -> Column<T> {
        *self
    }
}

impl<T> Copy for Column<T> {}

impl Column<crate::Decimal> {
    /// Digits in all.
    pub fn precision(&self) -> u8 {
        self.precision
    }

    /// Digits behind the point.
    pub fn scale(&self) -> u8 {
        self.scale
    }
}

/// At most 65,536 rows of a dataset, as columns.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    handle: i32,
    rows: usize,
    array: &'a ArrowArray,
}

impl<'a> Batch<'a> {
    /// At least one.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The values of a column, one for each row. Panics if the column is another dataset's.
    pub fn values<T: ColumnType<'a>>(&self, column: Column<T>) -> Values<'a, T> {
        assert!(column.handle == self.handle, "a batch was asked for a column of another dataset");
        unsafe {
            let array = &**self.array.children.add(column.index);
            let raw = RawColumn {
                validity: *array.buffers,
                values: *array.buffers.add(1),
                bytes: if array.n_buffers > 2 { *array.buffers.add(2) } else { core::ptr::null() },
                scale: column.scale,
            };
            Values { raw, rows: self.rows, nulls: array.null_count as usize, batch: PhantomData }
        }
    }

    /// The struct itself, for libraries that read Arrow.
    pub fn array(&self) -> &'a ArrowArray {
        self.array
    }
}

/// Where the values of a column lie.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct RawColumn {
    /// A bit for each row, 1 if it has a value; null if all have one.
    validity: *const u8,
    /// One element for each row; of texts and bytes the offsets.
    pub(crate) values: *const u8,
    pub(crate) bytes: *const u8,
    pub(crate) scale: u8,
}

impl RawColumn {
    fn is_null(&self, row: usize) -> bool {
        unsafe { !self.validity.is_null() && *self.validity.add(row / 8) >> (row % 8) & 1 == 0 }
    }
}

/// One column of a batch.
#[derive(Debug)]
pub struct Values<'a, T> {
    raw: RawColumn,
    rows: usize,
    nulls: usize,
    batch: PhantomData<&'a T>,
}

impl<T> Clone for Values<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Values<'_, T> {}

impl<'a, T: ColumnType<'a>> Values<'a, T> {
    /// Rows of the batch.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Never, as no batch is empty.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// How many of the values are null.
    pub fn null_count(&self) -> usize {
        self.nulls
    }

    /// Whether the row's value is null. Panics if the batch does not have the row.
    pub fn is_null(&self, row: usize) -> bool {
        assert!(row < self.rows, "row {} of a batch of {}", row, self.rows);
        self.raw.is_null(row)
    }

    /// The row's value, or nothing if it is null. Panics if the batch does not have the row.
    pub fn get(&self, row: usize) -> Option<T::Value> {
        if self.is_null(row) {
            None
        } else {
            Some(unsafe { T::read(&self.raw, row) })
        }
    }

    /// All values in order, nothing for those that are null.
    pub fn iter(&self) -> ValuesIter<'a, T> {
        ValuesIter { values: *self, row: 0 }
    }
}

impl<'a, T: ColumnType<'a>> IntoIterator for Values<'a, T> {
    type Item = Option<T::Value>;
    type IntoIter = ValuesIter<'a, T>;
    fn into_iter(self) -> ValuesIter<'a, T> {
        self.iter()
    }
}

/// All values of a column in a batch, in order.
#[derive(Clone, Debug)]
pub struct ValuesIter<'a, T> {
    values: Values<'a, T>,
    row: usize,
}

impl<'a, T: ColumnType<'a>> Iterator for ValuesIter<'a, T> {
    type Item = Option<T::Value>;

    fn next(&mut self) -> Option<Option<T::Value>> {
        let row = self.row;
        if row == self.values.rows {
            return None;
        }
        self.row += 1;
        let column = &self.values.raw;
        Some(if column.is_null(row) { None } else { Some(unsafe { T::read(column, row) }) })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.values.rows - self.row;
        (left, Some(left))
    }
}

impl<'a, T: ColumnType<'a> + Plain> Values<'a, T> {
    /// All values side by side; those of nulls are not specified.
    pub fn as_slice(&self) -> &'a [T] {
        unsafe { slice::from_raw_parts(self.raw.values.cast(), self.rows) }
    }
}
