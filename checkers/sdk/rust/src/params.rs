use core::str;

use crate::abi::{self, HostText};
use crate::{Error, TimestampTz};

/// The start of the transaction: the same for the whole run, and frozen in tests.
pub fn now() -> TimestampTz {
    TimestampTz(unsafe { abi::now() })
}

/// Whether today is a Monday to Friday that table `checker.holiday` does not have, in `checker.time_zone`.
pub fn business_day() -> bool {
    unsafe { abi::business_day() != 0 }
}

/// The run's input as JSON text.
pub fn input() -> Option<&'static str> {
    let mut text = HostText::NONE;
    // The host delivers UTF-8 only.
    unsafe { (abi::input_get(&mut text) != 0).then(|| str::from_utf8_unchecked(text.into_bytes())) }
}

fn param_bytes(name: &str) -> Option<&'static mut [u8]> {
    let mut text = HostText::NONE;
    let given = unsafe { abi::param_get(name.as_ptr(), name.len(), &mut text) != 0 };
    let bytes = unsafe { text.into_bytes() };
    (given && bytes != b"null").then(|| bytes)
}

/// A parameter of the run as JSON text, such as `42`, `"words"` or `{"a": 1}`; nothing if it is not given or is null.
pub fn param(name: &str) -> Option<&'static str> {
    param_bytes(name).map(|bytes| unsafe { str::from_utf8_unchecked(bytes) })
}

/// What a parameter can be read as: `i64`, `f64`, `bool`, `&str`.
pub trait FromParam: Sized {
    /// What the error says that was wanted.
    const WANTED: &'static str;
    /// The value of a JSON text, which is the caller's to change; nothing if it is of another kind.
    fn from_json(json: &'static mut [u8]) -> Option<Self>;
}

/// A parameter as `T`; nothing if it is not given or is null, an error that names it if it is something else than `T`.
pub fn param_as<T: FromParam>(name: &str) -> Result<Option<T>, Error> {
    let json = match param_bytes(name) {
        Some(json) => json,
        None => return Ok(None),
    };
    match T::from_json(json) {
        Some(value) => Ok(Some(value)),
        None => {
            let given = param(name).unwrap_or("null");
            Err(Error::new(format_args!("parameter \"{}\" is {}, not {}", name, given, T::WANTED)))
        }
    }
}

/// A parameter as `T`, or `fallback` if it is not given or is null.
pub fn param_or<T: FromParam>(name: &str, fallback: T) -> Result<T, Error> {
    Ok(param_as(name)?.unwrap_or(fallback))
}

impl FromParam for i64 {
    const WANTED: &'static str = "a whole number";
    fn from_json(json: &'static mut [u8]) -> Option<i64> {
        let text = str::from_utf8(json).ok()?;
        // 3.0 is whole, too.
        let whole = match text.split_once('.') {
            Some((whole, rest)) => Some(whole).filter(|_| rest.bytes().all(|digit| digit == b'0'))?,
            None => text,
        };
        whole.parse().ok()
    }
}

impl FromParam for f64 {
    const WANTED: &'static str = "a number";
    fn from_json(json: &'static mut [u8]) -> Option<f64> {
        let first = *json.first()?;
        // Rust would read "inf", and JSON has texts that begin with a quote.
        Some(json).filter(|_| first == b'-' || first.is_ascii_digit()).and_then(|json| str::from_utf8(json).ok()?.parse().ok())
    }
}

impl FromParam for bool {
    const WANTED: &'static str = "true or false";
    fn from_json(json: &'static mut [u8]) -> Option<bool> {
        str::from_utf8(json).ok()?.parse().ok()
    }
}

impl FromParam for &'static str {
    const WANTED: &'static str = "a text";
    fn from_json(json: &'static mut [u8]) -> Option<&'static str> {
        let length = json.len();
        if json.first() != Some(&b'"') || length < 2 {
            return None;
        }
        let to = unescape(json, length - 1)?;
        str::from_utf8(&json[..to]).ok()
    }
}

/// Takes a JSON string's escapes apart in place: from byte 1 to `end`, to byte 0 on. Returns where the result ends.
fn unescape(json: &mut [u8], end: usize) -> Option<usize> {
    let (mut at, mut to) = (1, 0);
    while at < end {
        let byte = json[at];
        at += 1;
        if byte != b'\\' {
            json[to] = byte;
            to += 1;
            continue;
        }
        let escape = *json.get(at)?;
        at += 1;
        let plain = match escape {
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let mut code = hexadecimal(json, at)?;
                at += 4;
                if code >> 10 == 0x36 {
                    // The first half of a pair; "\u" and the second half follow.
                    code = 0x10000 + ((code & 0x3ff) << 10) + (hexadecimal(json, at + 2)? & 0x3ff);
                    at += 6;
                }
                to += char::from_u32(code)?.encode_utf8(&mut json[to..]).len();
                continue;
            }
            other => other,
        };
        json[to] = plain;
        to += 1;
    }
    Some(to)
}

fn hexadecimal(json: &[u8], at: usize) -> Option<u32> {
    u32::from_str_radix(str::from_utf8(json.get(at..at + 4)?).ok()?, 16).ok()
}
