//! Reads dataset "numbers" (a bigint, b bigint) and fails if b is not 3 * a somewhere. Its message is what all
//! languages answer: the rows that break the rule, and the sum of b.

use checker::{Dataset, Error};

mod report;

checker::entry!(check);

fn check() -> Result<(), Error> {
    let mut broken = 0;
    let mut sum = 0;
    let mut numbers = Dataset::open("numbers");
    let (a, b) = (numbers.column::<i64>("a")?, numbers.column::<i64>("b")?);
    while let Some(batch) = numbers.next_batch() {
        for (a, b) in batch.values(a).iter().zip(batch.values(b)) {
            sum += b.unwrap_or(0);
            broken += i64::from(a.map(|a| a * 3) != b);
        }
    }
    report::report(broken, sum);
    Ok(())
}
