#include "postgres/row_comparison.hpp"

#include "postgres/settings.hpp"

namespace pg_checker::postgres {

namespace {

// Rows that a comparison may keep hashes of: as much memory as any guest may ask for.
size_t MaxDistinctRows() {
  return static_cast<size_t>(settings.max_memory_limit_kb) * 1024 / RowBalance::kBytesPerRow;
}

engine::Error TooManyDifferentRows(const std::string& dataset) {
  return {engine::ErrorKind::kMemory,
          "dataset \"" + dataset + "\" has too many different rows to compare",
          "More than " + std::to_string(MaxDistinctRows()) + " would have to be kept.",
          "Compare aggregates or parts of it, or have a superuser raise checker.max_memory_limit."};
}

}  // namespace

engine::Result<assertions::RowComparison> CompareRows(const ComparedSide& left,
                                                      const ComparedSide& right, RowShape shape,
                                                      size_t max_samples) {
  assertions::RowComparison comparison;
  RowBalance balance;
  const ComparedSide* sides[] = {&left, &right};
  const int weights[] = {1, -1};
  uint64_t* rows[] = {&comparison.left_rows, &comparison.right_rows};
  for (int side = 0; side < 2; side++) {
    BalanceVisitor visitor(balance, shape, weights[side], MaxDistinctRows());
    auto scanned = sides[side]->scan(visitor);
    if (!scanned) return scanned.error();
    if (visitor.over_limit()) return TooManyDifferentRows(sides[side]->name);
    *rows[side] = visitor.rows();
    if (!visitor.comparable()) {
      comparison.comparable = false;
      return comparison;
    }
  }
  comparison.differences = balance.differences();
  if (comparison.differences == 0 || max_samples == 0) return comparison;
  std::vector<std::string> sample;
  const char* names[] = {"left", "right"};
  for (int side = 0; side < 2 && sample.size() < max_samples; side++) {
    DifferenceVisitor visitor(balance, shape, weights[side], names[side], max_samples, sample);
    auto scanned = sides[side]->scan(visitor);
    if (!scanned) return scanned.error();
  }
  std::string text = "[";
  for (const std::string& row : sample) text += (text.size() > 1 ? "," : "") + row;
  comparison.sample = text + "]";
  return comparison;
}

}  // namespace pg_checker::postgres
