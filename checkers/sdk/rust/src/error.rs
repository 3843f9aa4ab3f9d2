use core::fmt;

use crate::{message, Message};

/// A mistake in the checker or in how it is set up. Its text names the dataset, column or parameter, and what is wrong
/// with it. Returned from the function that [`entry!`](crate::entry!) names, it ends the run with status `error`.
#[derive(Clone, Copy, Debug)]
pub struct Error {
    message: Message,
}

impl Error {
    /// An error of your own: it could not be told whether the rule holds. A rule that does not hold is no error but a
    /// [`fail`](crate::fail).
    pub fn new(text: impl fmt::Display) -> Error {
        Error { message: message!("{}", text) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

#[cfg(feature = "std")]
impl std::error::Error for Error {}
