// The lines of every order add up to its total, to the cent.
// Reads dataset order_lines: order_id bigint, total numeric(12,2), quantity int, price numeric(12,2), sorted by order;
// quantity and price are null for an order without lines.
import { assertTrue, Dataset, Decimal, Level, log } from "checker";

const ZERO = new Decimal();

class Order {
  id: i64 = 0;
  total: Decimal = new Decimal();
  sum: Decimal = new Decimal();

  start(id: i64, total: Decimal): void {
    this.id = id;
    this.total.set(total);
    this.sum.set(ZERO).scale = total.scale;
  }

  /** Whether the order is wrong, which the log says. */
  isWrong(): bool {
    if (this.sum.compare(this.total) == 0) return false;
    log(
      Level.Warning,
      `order ${this.id}: the lines add up to ${this.sum.toString()}, the total is ${this.total.toString()}`);
    return true;
  }
}

export function check(): void {
  const lines = new Dataset("order_lines");
  const orderId = lines.int64("order_id");
  const total = lines.decimal("total");
  const quantity = lines.int32("quantity");
  const price = lines.decimal("price");
  let wrong = 0;
  let any = false;
  const order = new Order();
  while (lines.next()) {
    for (let row = 0; row < lines.rows; row++) {
      if (!any || orderId[row] != order.id) {
        if (any) wrong += i32(order.isWrong());
        any = true;
        order.start(orderId[row], total[row]);
      }
      // What price[row] gives is the column's own, until it is asked again.
      if (!quantity.isNull(row)) order.sum.add(price[row].multiply(quantity[row]));
    }
  }
  lines.close();
  if (any) wrong += i32(order.isWrong());
  assertTrue(wrong == 0, "the lines of every order add up to its total");
}
