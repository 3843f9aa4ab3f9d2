//! Reads dataset "texts" (email text) and fails if one has no @ with something on both sides. Its message is what all
//! languages answer: the rows that break the rule, and those without an e-mail.

mod checker;

fn is_email(text: &[u8]) -> bool {
    text.len() > 2 && text[1..text.len() - 1].contains(&b'@')
}

#[no_mangle]
pub extern "C" fn check() {
    let mut broken = 0;
    let mut missing = 0;
    checker::read("texts", |[emails]| {
        let validity = emails.validity();
        let (offsets, bytes) = emails.texts();
        for (row, ends) in offsets.windows(2).enumerate() {
            if checker::is_null(validity, row) {
                missing += 1;
            } else {
                broken += i64::from(!is_email(&bytes[ends[0] as usize..ends[1] as usize]));
            }
        }
    });
    checker::report(broken, missing);
}
