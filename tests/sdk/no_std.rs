//! A checker that needs `core` only.
#![no_std]

use checker::{Dataset, Error, Text};

checker::entry!(check);

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

fn check() -> Result<(), Error> {
    let mut users = Dataset::open("users");
    let email = users.column::<Text>("email")?;
    let mut missing = 0;
    while let Some(batch) = users.next_batch() {
        missing += batch.values(email).null_count();
    }
    checker::assert_true(missing == 0, &checker::message!("{} users have no e-mail", missing));
    Ok(())
}
