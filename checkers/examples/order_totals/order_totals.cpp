// The lines of every order add up to its total, to the cent.
// Reads dataset order_lines: order_id bigint, total numeric(12,2), quantity int, price
// numeric(12,2), sorted by order; quantity and price are null for an order without lines.
#include "checker.hpp"

namespace {

struct Order {
  int64_t id;
  checker::Decimal total;
  checker::Decimal sum;
};

// Whether the order is wrong, which the log says.
bool IsWrong(const Order& order) {
  if (order.sum == order.total) return false;
  checker::Log(checker::LogLevel::kWarning, "order " + std::to_string(order.id) +
                                                ": the lines add up to " + order.sum.ToString() +
                                                ", the total is " + order.total.ToString());
  return true;
}

}  // namespace

CHECKER_EXPORT(check) void Check() {
  checker::Reader lines("order_lines");
  const auto order_id = lines.Bind<int64_t>("order_id");
  const auto total = lines.Bind<checker::Decimal>("total");
  const auto quantity = lines.Bind<int32_t>("quantity");
  const auto price = lines.Bind<checker::Decimal>("price");
  int64_t wrong = 0;
  std::optional<Order> order;
  for (const checker::Row row : lines) {
    if (!order || order->id != order_id[row]) {
      if (order) wrong += IsWrong(*order);
      order = Order{*order_id[row], *total[row], {0, total.scale()}};
    }
    if (quantity[row]) order->sum.digits += *quantity[row] * price[row]->digits;
  }
  if (order) wrong += IsWrong(*order);
  checker::AssertTrue(wrong == 0, "the lines of every order add up to its total");
}
