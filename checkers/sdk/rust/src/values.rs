use core::fmt;

use crate::dataset::RawColumn;

/// What a column holds, by the names of PostgreSQL's types. Everything else (numeric without precision, jsonb, arrays,
/// enums, time, …) arrives as [`Type::Text`] in its output form.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs)]
pub enum Type {
    Boolean,
    SmallInt,
    Integer,
    BigInt,
    Real,
    DoublePrecision,
    Text,
    Bytea,
    Date,
    Timestamp,
    TimestampTz,
    Interval,
    Uuid,
    Numeric,
}

impl fmt::Display for Type {
    /// The name in SQL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Type::Boolean => "boolean",
            Type::SmallInt => "smallint",
            Type::Integer => "integer",
            Type::BigInt => "bigint",
            Type::Real => "real",
            Type::DoublePrecision => "double precision",
            Type::Text => "text",
            Type::Bytea => "bytea",
            Type::Date => "date",
            Type::Timestamp => "timestamp",
            Type::TimestampTz => "timestamptz",
            Type::Interval => "interval",
            Type::Uuid => "uuid",
            Type::Numeric => "numeric",
        })
    }
}

/// Marks a column of type text, or of a type without one of its own here; its values are `&str`.
#[derive(Clone, Copy, Debug)]
pub enum Text {}

/// Marks a column of type bytea; its values are `&[u8]`.
#[derive(Clone, Copy, Debug)]
pub enum Bytes {}

/// Days since 1970-01-01.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Date(pub i32);

/// Microseconds since 1970-01-01 00:00, of a timestamp without time zone.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Timestamp(pub i64);

/// Microseconds since 1970-01-01 00:00 UTC.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct TimestampTz(pub i64);

macro_rules! infinities {
    ($($kind:ident: $number:ident)*) => {$(
        #[allow(missing_docs)]
        impl $kind {
            pub const INFINITY: $kind = $kind($number::MAX);
            pub const NEG_INFINITY: $kind = $kind($number::MIN);
        }
    )*};
}
infinities!(Date: i32 Timestamp: i64 TimestampTz: i64);

/// An interval as the server has it; hours and minutes are nanoseconds.
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs)]
pub struct Interval {
    pub months: i32,
    pub days: i32,
    pub nanoseconds: i64,
}

/// 16 bytes, the first one first.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Uuid(pub [u8; 16]);

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{:02x}", byte)?;
        }
        Ok(())
    }
}

/// A numeric(p, s): `digits` divided by 10^`scale`. All values of a column have the same scale. It is displayed with all
/// decimals, as the server shows it: digits 5, scale 2 is `0.05`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs)]
pub struct Decimal {
    pub digits: i128,
    pub scale: u8,
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.digits < 0 { "-" } else { "" };
        let size = self.digits.unsigned_abs();
        if self.scale == 0 {
            return write!(f, "{}{}", sign, size);
        }
        let one = 10u128.pow(u32::from(self.scale));
        write!(f, "{}{}.{:0width$}", sign, size / one, size % one, width = usize::from(self.scale))
    }
}

/// What a column can be read as: `bool`, `i16`, `i32`, `i64`, `f32`, `f64`, [`Text`], [`Bytes`], [`Date`],
/// [`Timestamp`], [`TimestampTz`], [`Interval`], [`Uuid`], [`Decimal`].
pub trait ColumnType<'a> {
    /// The type that the column must have.
    const TYPE: Type;
    /// A value; texts and bytes are those of a batch that lives for `'a`.
    type Value: Copy;
    #[doc(hidden)]
    unsafe fn read(column: &RawColumn, row: usize) -> Self::Value;
}

/// A [`ColumnType`] whose values lie side by side in a batch.
///
/// # Safety
/// The type must have the layout of the values of its [`Type`] in Arrow.
pub unsafe trait Plain {}

macro_rules! plain {
    ($($kind:ty: $type:ident)*) => {$(
        impl<'a> ColumnType<'a> for $kind {
            const TYPE: Type = Type::$type;
            type Value = $kind;
            unsafe fn read(column: &RawColumn, row: usize) -> $kind {
                *(column.values as *const $kind).add(row)
            }
        }
        unsafe impl Plain for $kind {}
    )*};
}
plain! {
    i16: SmallInt
    i32: Integer
    i64: BigInt
    f32: Real
    f64: DoublePrecision
    Date: Date
    Timestamp: Timestamp
    TimestampTz: TimestampTz
    Interval: Interval
    Uuid: Uuid
}

impl<'a> ColumnType<'a> for bool {
    const TYPE: Type = Type::Boolean;
    type Value = bool;
    unsafe fn read(column: &RawColumn, row: usize) -> bool {
        *column.values.add(row / 8) >> (row % 8) & 1 == 1
    }
}

impl<'a> ColumnType<'a> for Decimal {
    const TYPE: Type = Type::Numeric;
    type Value = Decimal;
    unsafe fn read(column: &RawColumn, row: usize) -> Decimal {
        // Batches are aligned to 8 bytes, an i128 may want 16.
        let digits = core::ptr::read_unaligned((column.values as *const i128).add(row));
        Decimal { digits, scale: column.scale }
    }
}

unsafe fn slice<'a>(column: &RawColumn, row: usize) -> &'a [u8] {
    let offsets = column.values as *const i32;
    let start = *offsets.add(row) as usize;
    let end = *offsets.add(row + 1) as usize;
    if start == end {
        return &[]; // there may be no buffer at all
    }
    core::slice::from_raw_parts(column.bytes.add(start), end - start)
}

impl<'a> ColumnType<'a> for Text {
    const TYPE: Type = Type::Text;
    type Value = &'a str;
    unsafe fn read(column: &RawColumn, row: usize) -> &'a str {
        core::str::from_utf8_unchecked(slice(column, row)) // the server's encoding is UTF-8
    }
}

impl<'a> ColumnType<'a> for Bytes {
    const TYPE: Type = Type::Bytea;
    type Value = &'a [u8];
    unsafe fn read(column: &RawColumn, row: usize) -> &'a [u8] {
        slice(column, row)
    }
}
