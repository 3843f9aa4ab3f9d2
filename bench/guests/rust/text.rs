//! Reads dataset "texts" (email text) and fails if one has no @ with something on both sides. Its message is what all
//! languages answer: the rows that break the rule, and those without an e-mail.

use checker::{Dataset, Error, Text};

mod report;

checker::entry!(check);

fn is_email(text: &[u8]) -> bool {
    text.len() > 2 && text[1..text.len() - 1].contains(&b'@')
}

fn check() -> Result<(), Error> {
    let mut broken = 0;
    let mut missing = 0;
    let mut texts = Dataset::open("texts");
    let email = texts.column::<Text>("email")?;
    while let Some(batch) = texts.next_batch() {
        for email in batch.values(email) {
            match email {
                Some(email) => broken += i64::from(!is_email(email.as_bytes())),
                None => missing += 1,
            }
        }
    }
    report::report(broken, missing);
    Ok(())
}
