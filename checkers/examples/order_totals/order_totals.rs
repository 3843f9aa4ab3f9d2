//! The lines of every order add up to its total, to the cent.
//! Reads dataset order_lines: order_id bigint, total numeric(12,2), quantity int, price numeric(12,2), sorted by order;
//! quantity and price are null for an order without lines.
use checker::{log, message, Dataset, Decimal, Error, Level};

checker::entry!(check);

struct Order {
    id: i64,
    total: Decimal,
    sum: Decimal,
}

impl Order {
    /// Whether the order is wrong, which the log says.
    fn is_wrong(&self) -> bool {
        if self.sum == self.total {
            return false;
        }
        let text =
            message!("order {}: the lines add up to {}, the total is {}", self.id, self.sum, self.total);
        log(Level::Warning, &text);
        true
    }
}

fn check() -> Result<(), Error> {
    let mut lines = Dataset::open("order_lines");
    let order_id = lines.column::<i64>("order_id")?;
    let total = lines.column::<Decimal>("total")?;
    let quantity = lines.column::<i32>("quantity")?;
    let price = lines.column::<Decimal>("price")?;
    let mut wrong = 0;
    let mut order: Option<Order> = None;
    while let Some(batch) = lines.next_batch() {
        let totals = batch.values(total);
        let amounts = batch.values(quantity).iter().zip(batch.values(price));
        for (row, (id, (quantity, price))) in batch.values(order_id).as_slice().iter().zip(amounts).enumerate() {
            let mut current = match order.take() {
                Some(current) if current.id == *id => current,
                last => {
                    wrong += i64::from(last.map_or(false, |last| last.is_wrong()));
                    let total = totals.get(row).ok_or_else(|| Error::new("an order has no total"))?;
                    Order { id: *id, total, sum: Decimal { digits: 0, ..total } }
                }
            };
            if let (Some(quantity), Some(price)) = (quantity, price) {
                current.sum.digits += i128::from(quantity) * price.digits;
            }
            order = Some(current);
        }
    }
    wrong += i64::from(order.map_or(false, |last| last.is_wrong()));
    checker::assert_true(wrong == 0, "the lines of every order add up to its total");
    Ok(())
}
