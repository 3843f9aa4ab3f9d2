//! Amounts are distributed as before: their mean has moved by at most parameter "max_shift" (0.5) of the standard
//! deviation that they had.
//! Reads datasets amounts_before and amounts_now: amount double precision, nulls left out.
use checker::{log, message, param_or, Dataset, Error, Level};

checker::entry!(check);

#[derive(Default)]
struct Moments {
    count: i64,
    mean: f64,
    /// Sum of the squared distances from the mean.
    squares: f64,
}

impl Moments {
    /// Welford's method: one pass, and no great numbers that cancel each other.
    fn of(dataset: &str) -> Result<Moments, Error> {
        let mut moments = Moments::default();
        let mut amounts = Dataset::open(dataset);
        let amount = amounts.column::<f64>("amount")?;
        while let Some(batch) = amounts.next_batch() {
            for value in batch.values(amount).iter().flatten() {
                moments.count += 1;
                let distance = value - moments.mean;
                moments.mean += distance / moments.count as f64;
                moments.squares += distance * (value - moments.mean);
            }
        }
        Ok(moments)
    }
}

fn check() -> Result<(), Error> {
    let max_shift: f64 = param_or("max_shift", 0.5)?;
    let before = Moments::of("amounts_before")?;
    let now = Moments::of("amounts_now")?;
    log(Level::Info, &message!("{} amounts before, {} now", before.count, now.count));
    if before.count < 2 || now.count < 1 {
        checker::warn("there are too few amounts to compare");
        return Ok(());
    }
    let shift = now.mean - before.mean;
    let variance = before.squares / (before.count - 1) as f64;
    checker::assert_true(shift * shift <= max_shift * max_shift * variance, "amounts are distributed as before");
    Ok(())
}
