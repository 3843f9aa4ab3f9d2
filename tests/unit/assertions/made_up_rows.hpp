// A RowSource over numbers of rows instead of rows: it reads as far as it is told to, and remembers
// how far.
#pragma once

#include <map>
#include <string>

#include "assertions/row_source.hpp"

namespace pg_checker::assertions {

class MadeUpRows : public RowSource {
 public:
  explicit MadeUpRows(uint64_t rows) : rows_(rows) {}

  engine::Result<RowScan> Read(std::string_view dataset, const RowBudget& budget,
                               bool (*ended_holds)(uint64_t rows, const void* argument),
                               const void* argument) override {
    if (failure) return *failure;
    asked_for = dataset;
    uint64_t wanted = budget.decide_at;
    if (!budget.enough_holds && budget.count_to > wanted) wanted = budget.count_to;
    // As the real one: stops at the row that decides, and knows of the end only by asking for one
    // more.
    RowScan scan;
    scan.ended = rows_ < wanted;
    scan.rows = scan.ended ? rows_ : wanted;
    read = scan.rows;
    const bool holds =
        scan.rows >= budget.decide_at ? budget.enough_holds : ended_holds(scan.rows, argument);
    if (!holds) scan.sample = "[]";
    return scan;
  }

  engine::Result<RowComparison> Compare(std::string_view left, std::string_view right) override {
    if (failure) return *failure;
    asked_for = std::string(left) + " and " + std::string(right);
    return comparison;
  }

  uint64_t read = 0;      // rows taken by the last Read
  std::string asked_for;  // datasets of the last call
  RowComparison comparison;
  std::optional<engine::Error> failure;

 private:
  uint64_t rows_;
};

}  // namespace pg_checker::assertions
