// The lines of every order add up to its total, to the cent.
// Reads dataset order_lines: order_id bigint, total numeric(12,2), quantity int, price
// numeric(12,2), sorted by order; quantity and price are null for an order without lines.
#include "checker.h"

struct order {
  int64_t id;
  checker_int128 total;
  checker_int128 sum;
};

// 1 if the order is wrong, which the log says.
static int64_t judge(const struct order* order) {
  if (order->sum == order->total) return 0;
  struct checker_message text;
  checker_message_begin(&text);
  checker_append(&text, "order ");
  checker_append_int64(&text, order->id);
  checker_append(&text, ": the lines add up to ");
  checker_append_decimal(&text, order->sum, 2);
  checker_append(&text, ", the total is ");
  checker_append_decimal(&text, order->total, 2);
  checker_log(CHECKER_WARNING, text.text);
  return 1;
}

CHECKER_EXPORT(check) void check(void) {
  struct checker_reader lines;
  struct checker_column order_id, total, quantity, price;
  checker_open(&lines, "order_lines");
  checker_bind(&lines, &order_id, "order_id", CHECKER_INT64);
  checker_bind(&lines, &total, "total", CHECKER_DECIMAL);
  checker_bind(&lines, &quantity, "quantity", CHECKER_INT32);
  checker_bind(&lines, &price, "price", CHECKER_DECIMAL);
  int64_t wrong = 0;
  bool any = false;
  struct order order = {0, 0, 0};
  while (checker_next(&lines) > 0) {
    for (size_t row = 0; row < lines.rows; ++row) {
      if (!any || checker_int64(&order_id, row) != order.id) {
        if (any) wrong += judge(&order);
        any = true;
        order.id = checker_int64(&order_id, row);
        order.total = checker_decimal(&total, row);
        order.sum = 0;
      }
      if (!checker_is_null(&quantity, row))
        order.sum += checker_int32(&quantity, row) * checker_decimal(&price, row);
    }
  }
  checker_close(&lines);
  if (any) wrong += judge(&order);
  checker_assert_true(wrong == 0, "the lines of every order add up to its total");
}
