use crate::abi;

/// Records a failed assertion. The first one's message becomes the run's. The checker goes on.
pub fn fail(message: &str) {
    unsafe { abi::fail(message.as_ptr(), message.len()) }
}

/// Records a warning.
pub fn warn(message: &str) {
    unsafe { abi::warn(message.as_ptr(), message.len()) }
}

/// Records a passed assertion.
pub fn succeed(message: &str) {
    unsafe { abi::succeed(message.as_ptr(), message.len()) }
}

/// The same as [`succeed`].
pub fn ok(message: &str) {
    succeed(message)
}

/// How much a line of the log matters.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[allow(missing_docs)]
pub enum Level {
    Debug = 0,
    Info = 1,
    Warning = 2,
    Error = 3,
}

/// A line of the run's log; all lines together may have `checker.output_limit` bytes.
pub fn log(level: Level, text: &str) {
    unsafe { abi::log(level as i32, text.as_ptr(), text.len()) }
}

/// Whether a dataset has no row.
///
/// This and all other assertions are decided by the host: it reads no more rows than it needs to know, keeps some as a
/// sample, and copies none into the module. Each records its outcome with `message`, returns whether it holds, and lets
/// the checker go on. A dataset that the checker does not declare ends the run with status `error`.
pub fn assert_empty(dataset: &str, message: &str) -> bool {
    unsafe { abi::assert_empty(dataset.as_ptr(), dataset.len(), message.as_ptr(), message.len()) != 0 }
}

/// A dataset has a row.
pub fn assert_not_empty(dataset: &str, message: &str) -> bool {
    unsafe { abi::assert_not_empty(dataset.as_ptr(), dataset.len(), message.as_ptr(), message.len()) != 0 }
}

/// A dataset has less than `limit` rows.
pub fn assert_less_than(dataset: &str, limit: i64, message: &str) -> bool {
    unsafe { abi::assert_less_than(dataset.as_ptr(), dataset.len(), limit, message.as_ptr(), message.len()) != 0 }
}

/// A dataset has more than `limit` rows.
pub fn assert_greater_than(dataset: &str, limit: i64, message: &str) -> bool {
    unsafe { abi::assert_greater_than(dataset.as_ptr(), dataset.len(), limit, message.as_ptr(), message.len()) != 0 }
}

/// How a number of rows is compared.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs)]
pub enum Operator {
    Equal = 0,
    NotEqual = 1,
    Less = 2,
    AtMost = 3,
    Greater = 4,
    AtLeast = 5,
}

/// A dataset's number of rows compares to `bound` as the operator says.
pub fn assert_row_count(dataset: &str, operator: Operator, bound: i64, message: &str) -> bool {
    unsafe {
        abi::assert_row_count(
            dataset.as_ptr(),
            dataset.len(),
            operator as i32,
            bound,
            message.as_ptr(),
            message.len(),
        ) != 0
    }
}

/// Two datasets hold the same rows, in any order. Their columns must have the same types in the same order; names do not
/// matter. The sample shows the difference.
pub fn assert_equal(left: &str, right: &str, message: &str) -> bool {
    unsafe {
        abi::assert_equal(
            left.as_ptr(),
            left.len(),
            right.as_ptr(),
            right.len(),
            message.as_ptr(),
            message.len(),
        ) != 0
    }
}

/// A condition of your own holds.
pub fn assert_true(value: bool, message: &str) -> bool {
    unsafe { abi::assert_true(i32::from(value), message.as_ptr(), message.len()) != 0 }
}

/// A condition of your own does not hold.
pub fn assert_false(value: bool, message: &str) -> bool {
    unsafe { abi::assert_false(i32::from(value), message.as_ptr(), message.len()) != 0 }
}
