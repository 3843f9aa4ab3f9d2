//! Every user has an e-mail: reads dataset @NAME@_rows (id bigint, email text).
use checker::{Dataset, Error, Text};

checker::entry!(check);

fn check() -> Result<(), Error> {
    let mut users = Dataset::open("@NAME@_rows");
    let email = users.column::<Text>("email")?;
    let mut missing = 0;
    while let Some(batch) = users.next_batch() {
        missing += batch.values(email).null_count();
    }
    checker::assert_true(missing == 0, "every user has an e-mail");
    Ok(())
}
