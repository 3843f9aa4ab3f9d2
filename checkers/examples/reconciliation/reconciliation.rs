//! What is booked has been settled: two tables hold the same payments.
//! Datasets booked and settled: reference text, amount numeric(12,2), sorted by reference in byte order. The host
//! compares them; only if they differ are both read, side by side, to say where.
use std::cmp::Ordering;

use checker::{log, message, Batch, Column, Dataset, Decimal, Error, Level, Text};

checker::entry!(check);

/// The columns of a dataset of payments.
#[derive(Clone, Copy)]
struct Payments {
    reference: Column<Text>,
    amount: Column<Decimal>,
}

impl Payments {
    fn of(dataset: &Dataset) -> Result<Payments, Error> {
        Ok(Payments { reference: dataset.column("reference")?, amount: dataset.column("amount")? })
    }

    /// A payment of a batch; none at the dataset's end.
    fn get<'a>(&self, batch: Option<Batch<'a>>, row: usize) -> Option<(&'a str, Decimal)> {
        let batch = batch?;
        batch.values(self.reference).get(row).zip(batch.values(self.amount).get(row))
    }
}

fn check() -> Result<(), Error> {
    if checker::assert_equal("booked", "settled", "what is booked has been settled") {
        return Ok(());
    }
    let (mut booked, mut settled) = (Dataset::open("booked"), Dataset::open("settled"));
    let (booked_payments, settled_payments) = (Payments::of(&booked)?, Payments::of(&settled)?);
    let (mut left, mut right) = (booked.next_batch(), settled.next_batch());
    let (mut left_row, mut right_row) = (0, 0);
    loop {
        let order = match (booked_payments.get(left, left_row), settled_payments.get(right, right_row)) {
            (None, None) => return Ok(()),
            (Some((reference, booked)), Some((other, settled))) if reference == other => {
                if booked != settled {
                    let text = message!("payment {}: booked {}, settled {}", reference, booked, settled);
                    log(Level::Warning, &text);
                }
                Ordering::Equal
            }
            (Some((reference, _)), other) if other.map_or(true, |(other, _)| reference < other) => {
                log(Level::Warning, &message!("payment {} is booked only", reference));
                Ordering::Less
            }
            (_, other) => {
                let reference = other.map_or("", |(other, _)| other);
                log(Level::Warning, &message!("payment {} is settled only", reference));
                Ordering::Greater
            }
        };
        if order != Ordering::Greater {
            left_row += 1;
            if left.map_or(0, |batch| batch.rows()) == left_row {
                left = booked.next_batch();
                left_row = 0;
            }
        }
        if order != Ordering::Less {
            right_row += 1;
            if right.map_or(0, |batch| batch.rows()) == right_row {
                right = settled.next_batch();
                right_row = 0;
            }
        }
    }
}
