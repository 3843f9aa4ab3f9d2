use core::fmt;
use core::ops::Deref;

const CAPACITY: usize = 1024;

/// A text of at most 1023 bytes that is put together without allocating, usually by [`message!`](crate::message!). What
/// does not fit is cut off before the first character that does not.
#[derive(Clone, Copy)]
pub struct Message {
    bytes: [u8; CAPACITY],
    length: usize,
}

impl Message {
    /// An empty one.
    pub const fn new() -> Message {
        Message { bytes: [0; CAPACITY], length: 0 }
    }

    /// What it says.
    pub fn as_str(&self) -> &str {
        // Only whole characters are ever appended.
        unsafe { core::str::from_utf8_unchecked(&self.bytes[..self.length]) }
    }
}

impl Default for Message {
    fn default() -> Message {
        Message::new()
    }
}

impl Deref for Message {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Write for Message {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut length = text.len().min(CAPACITY - 1 - self.length);
        while !text.is_char_boundary(length) {
            length -= 1;
        }
        self.bytes[self.length..self.length + length].copy_from_slice(&text.as_bytes()[..length]);
        self.length += length;
        Ok(())
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Like `format!`, but gives a [`Message`] and allocates nothing: `checker::warn(&message!("{} are late", late))`.
#[macro_export]
macro_rules! message {
    ($($argument:tt)*) => {{
        let mut message = $crate::Message::new();
        // Appending to a message never fails; what an argument's Display says may be dropped.
        let _ = ::core::fmt::Write::write_fmt(&mut message, ::core::format_args!($($argument)*));
        message
    }};
}
