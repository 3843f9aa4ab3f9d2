use core::mem;

use crate::abi::{self, HostText};

/// Reads a whole dataset as CSV, as `COPY … CSV HEADER` writes it (RFC 4180): records end with LF or CR LF, fields are
/// separated by commas, and one that is quoted may hold commas, line ends and doubled quotes. A field without quotes that
/// is empty is NULL, here `None`; `""` is an empty text. The first record has the columns' names. Nothing is allocated:
/// fields are taken apart where they lie. Large datasets are better read in columns.
#[derive(Debug)]
pub struct Csv<'a> {
    rest: &'a mut [u8],
}

impl Csv<'static> {
    /// Has the host write the dataset into the module's memory. A dataset that the checker does not declare ends the run
    /// with status `error`.
    pub fn open(dataset: &str) -> Csv<'static> {
        let mut text = HostText::NONE;
        unsafe {
            abi::dataset_csv(dataset.as_ptr(), dataset.len(), &mut text);
            Csv { rest: text.into_bytes() }
        }
    }
}

impl<'a> Csv<'a> {
    /// Reads a text of your own, UTF-8, which is changed.
    pub fn over(text: &'a mut str) -> Csv<'a> {
        // Characters are moved as a whole, and what is left behind is not seen again.
        Csv { rest: unsafe { text.as_bytes_mut() } }
    }

    /// The next record as its first `N` fields; those that it does not have are `None`. Nothing at the end.
    pub fn next_record<const N: usize>(&mut self) -> Option<[Option<&'a str>; N]> {
        let mut fields = [None; N];
        self.read(&mut fields).map(|_| fields)
    }

    /// Reads the next record into `fields`, as many as there is room for, and returns how many it has; nothing at the
    /// end. Panics on text that is no CSV.
    pub fn read(&mut self, fields: &mut [Option<&'a str>]) -> Option<usize> {
        if self.rest.is_empty() {
            return None;
        }
        let mut count = 0;
        loop {
            let (field, is_last) = self.field();
            if let Some(place) = fields.get_mut(count) {
                *place = field;
            }
            count += 1;
            if is_last {
                return Some(count);
            }
        }
    }

    /// The next field, and whether it ends its record.
    fn field(&mut self) -> (Option<&'a str>, bool) {
        let text = mem::take(&mut self.rest);
        let (start, length, end) = if text.first() == Some(&b'"') {
            let (length, end) = unquote(text);
            (1, length, end)
        } else {
            let ends = |at: &usize| {
                text[*at] == b',' || text[*at] == b'\n' || (text[*at] == b'\r' && text.get(at + 1) == Some(&b'\n'))
            };
            let end = (0..text.len()).find(ends).unwrap_or(text.len());
            (0, end, end)
        };
        let (separator, is_last) = match (text.get(end), text.get(end + 1)) {
            (None, _) => (0, true),
            (Some(b','), _) => (1, false),
            (Some(b'\n'), _) => (1, true),
            (Some(b'\r'), Some(b'\n')) => (2, true),
            _ => panic!("malformed CSV: text behind a quoted field"),
        };
        let (record, rest) = text.split_at_mut(end + separator);
        self.rest = rest;
        let field: &'a [u8] = &record[start..start + length];
        let is_null = start == 0 && length == 0;
        // Fields are cut at ASCII characters only.
        ((!is_null).then(|| unsafe { core::str::from_utf8_unchecked(field) }), is_last)
    }
}

/// Undoubles the quotes of a field that begins with one, in place, from byte 1 on. Returns its length, and where it ended
/// with its closing quote.
fn unquote(text: &mut [u8]) -> (usize, usize) {
    let (mut at, mut to) = (1, 1);
    loop {
        match text.get(at) {
            None => panic!("malformed CSV: a quoted field does not end"),
            Some(b'"') => {
                at += 1;
                if text.get(at) != Some(&b'"') {
                    return (to - 1, at);
                }
            }
            _ => {}
        }
        text[to] = text[at];
        to += 1;
        at += 1;
    }
}
