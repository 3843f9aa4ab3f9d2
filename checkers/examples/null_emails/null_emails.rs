//! Few users are without an e-mail: less than parameter "limit" (3), or twice as many on days off.
//! The host counts the rows of dataset users_without_email; none of them comes here.
use checker::{business_day, param_or, Error};

checker::entry!(check);

fn check() -> Result<(), Error> {
    let limit: i64 = param_or("limit", 3)?;
    let limit = if business_day() { limit } else { 2 * limit };
    checker::assert_less_than("users_without_email", limit, "few users are without an e-mail");
    Ok(())
}
