#include "assertions/row_count.hpp"

namespace pg_checker::assertions {

namespace {

using engine::RowCountOperator;

std::string_view OperatorText(RowCountOperator op) {
  switch (op) {
    case RowCountOperator::kEqual:
      return "=";
    case RowCountOperator::kNotEqual:
      return "<>";
    case RowCountOperator::kLess:
      return "<";
    case RowCountOperator::kAtMost:
      return "<=";
    case RowCountOperator::kGreater:
      return ">";
    case RowCountOperator::kAtLeast:
      return ">=";
  }
  return "?";
}

struct Condition {
  RowCountOperator op;
  int64_t limit;
};

}  // namespace

bool RowCountHolds(RowCountOperator op, int64_t limit, uint64_t rows) {
  // A dataset of more than 2^63 rows does not exist.
  const int64_t count = static_cast<int64_t>(rows);
  switch (op) {
    case RowCountOperator::kEqual:
      return count == limit;
    case RowCountOperator::kNotEqual:
      return count != limit;
    case RowCountOperator::kLess:
      return count < limit;
    case RowCountOperator::kAtMost:
      return count <= limit;
    case RowCountOperator::kGreater:
      return count > limit;
    case RowCountOperator::kAtLeast:
      return count >= limit;
  }
  return false;
}

RowBudget RowCountBudget(RowCountOperator op, int64_t limit, uint64_t count_limit) {
  RowBudget budget = {};
  // From so many rows on the answer does not change any more.
  const bool at_limit = op == RowCountOperator::kLess || op == RowCountOperator::kAtLeast;
  if (limit >= 0) budget.decide_at = static_cast<uint64_t>(limit) + (at_limit ? 0 : 1);
  budget.enough_holds = op == RowCountOperator::kNotEqual || op == RowCountOperator::kGreater ||
                        op == RowCountOperator::kAtLeast;
  budget.count_to = count_limit;
  return budget;
}

engine::Result<Assertion> AssertRowCount(RowSource& source, std::string_view dataset,
                                         RowCountOperator op, int64_t limit,
                                         std::string_view message, uint64_t count_limit) {
  const Condition condition = {op, limit};
  const RowBudget budget = RowCountBudget(op, limit, count_limit);
  auto scan = source.Read(
      dataset, budget,
      [](uint64_t rows, const void* argument) {
        const auto* c = static_cast<const Condition*>(argument);
        return RowCountHolds(c->op, c->limit, rows);
      },
      &condition);
  if (!scan) return scan.error();
  const bool holds =
      scan->rows >= budget.decide_at ? budget.enough_holds : RowCountHolds(op, limit, scan->rows);
  Assertion assertion;
  assertion.outcome = holds ? Status::kOk : Status::kFail;
  assertion.message = std::string(message);
  assertion.expected = std::string(OperatorText(op)) + " " + std::to_string(limit);
  assertion.actual = std::to_string(scan->rows);
  assertion.exact = scan->ended;
  if (!holds) assertion.sample = std::move(scan->sample);
  return assertion;
}

}  // namespace pg_checker::assertions
