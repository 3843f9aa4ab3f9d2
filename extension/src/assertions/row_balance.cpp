#include "assertions/row_balance.hpp"

#include <utility>

namespace pg_checker::assertions {

namespace {

constexpr size_t kLeastCapacity = 8;

uint64_t Magnitude(int64_t number) {
  const auto bits = static_cast<uint64_t>(number);
  return number < 0 ? 0 - bits : bits;
}

}  // namespace

RowBalance::Entry* RowBalance::Part::Find(const RowHash& row) const {
  const size_t mask = capacity - 1;
  size_t at = row.low & mask;
  while (entries[at].balance != 0 && entries[at].row != row) at = (at + 1) & mask;
  return &entries[at];
}

void RowBalance::Part::Grow() {
  Part larger;
  larger.capacity = capacity == 0 ? kLeastCapacity : 2 * capacity;
  larger.used = used;
  larger.entries = std::make_unique<Entry[]>(larger.capacity);
  for (size_t i = 0; i < capacity; i++) {
    if (entries[i].balance != 0) *larger.Find(entries[i].row) = entries[i];
  }
  *this = std::move(larger);
}

// What follows moves up, unless it would come to stand before its own place.
void RowBalance::Part::Vacate(Entry* entry) {
  const size_t mask = capacity - 1;
  auto hole = static_cast<size_t>(entry - entries.get());
  for (size_t at = (hole + 1) & mask; entries[at].balance != 0; at = (at + 1) & mask) {
    const size_t from_its_place = (at - (entries[at].row.low & mask)) & mask;
    if (from_its_place < ((at - hole) & mask)) continue;
    entries[hole] = entries[at];
    hole = at;
  }
  entries[hole].balance = 0;
  used--;
}

int64_t RowBalance::Add(const RowHash& row, int64_t weight) {
  Part& part = parts_[row.high % kParts];
  // At least one entry is vacant, so that a search ends.
  if (4 * (part.used + 1) > 3 * part.capacity) part.Grow();
  Entry* entry = part.Find(row);
  const int64_t before = entry->balance;
  const int64_t after = before + weight;
  differences_ += Magnitude(after) - Magnitude(before);
  if (after == 0) {
    if (before == 0) return 0;
    part.Vacate(entry);
    rows_--;
    return 0;
  }
  if (before == 0) {
    part.used++;
    rows_++;
  }
  *entry = {row, after};
  return after;
}

int64_t RowBalance::Of(const RowHash& row) const {
  const Part& part = parts_[row.high % kParts];
  return part.capacity == 0 ? 0 : part.Find(row)->balance;
}

}  // namespace pg_checker::assertions
