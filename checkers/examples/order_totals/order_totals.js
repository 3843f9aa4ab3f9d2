// The lines of every order add up to its total, to the cent.
// Reads dataset order_lines: order_id bigint, total numeric(12,2), quantity int, price numeric(12,2), sorted by order;
// quantity and price are null for an order without lines. A numeric is a string: BigInts of cents are exact.
const cents = (amount) => BigInt(amount.replace('.', ''));
const shown = (amount) => (amount < 0n ? '-' : '') +
  String(amount < 0n ? -amount : amount).padStart(3, '0').replace(/(..)$/, '.$1');

let wrong = 0;
let order = null;
function judge() {
  if (order === null || order.sum === order.total) return;
  wrong++;
  log.warn(`order ${order.id}: the lines add up to ${shown(order.sum)}, the total is ${shown(order.total)}`);
}
for (const { order_id, total, quantity, price } of datasets.order_lines) {
  if (order?.id !== order_id) {
    judge();
    order = { id: order_id, total: cents(total), sum: 0n };
  }
  if (quantity !== null) order.sum += BigInt(quantity) * cents(price);
}
judge();
assertTrue(wrong === 0, 'the lines of every order add up to its total');
