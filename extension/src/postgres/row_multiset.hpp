// Comparing two scans as multisets of rows: each row becomes a 128-bit hash of its canonical bytes,
// so that what SQL calls equal (1.0 and 1.00) is equal here, and nothing else. The hash is keyed
// anew for each comparison: nobody can make up rows that collide. Memory grows with the number of
// distinct rows.
#pragma once

#include "assertions/row_balance.hpp"
#include "postgres/canonical_value.hpp"
#include "postgres/dataset_scan.hpp"
#include "postgres/row_json.hpp"

namespace pg_checker::postgres {

using assertions::RowBalance;
using assertions::RowHash;

// The types of the columns of both scans, and the keys of their hashes.
struct RowShape {
  std::vector<Oid> types;
  HashKeys keys;
};

// Without types, and with new keys. Throws PostgresError.
RowShape NewRowShape();

// Adds (weight +1 or -1) each row of a scan to a balance; with `shape` to compare with, or to fill
// if it is empty.
class BalanceVisitor : public RowVisitor {
 public:
  // The scan ends when the balance would have more than `max_distinct_rows`.
  BalanceVisitor(RowBalance& balance, RowShape& shape, int weight, size_t max_distinct_rows)
      : balance_(balance),
        shape_(shape),
        weight_(weight),
        max_distinct_rows_(max_distinct_rows),
        gives_shape_(shape.types.empty()) {}

  void Begin(TupleDesc columns) override;
  bool Row(TupleTableSlot* slot) override;

  bool comparable() const { return comparable_; }
  bool over_limit() const { return over_limit_; }
  uint64_t rows() const { return rows_; }

 protected:
  RowHash Hash(TupleTableSlot* slot);

 private:
  RowBalance& balance_;
  RowShape& shape_;
  int weight_;
  size_t max_distinct_rows_;
  bool gives_shape_;  // it is the first one
  bool over_limit_ = false;
  std::vector<Oid> own_types_;
  bool comparable_ = true;
  uint64_t rows_ = 0;
  std::vector<Canonical*> columns_;
  StringInfoData row_;
  MemoryContext row_context_ = nullptr;
};

// A second pass: keeps as a sample the rows whose balance is not zero on this side.
class DifferenceVisitor : public BalanceVisitor {
 public:
  // `side` is "left" or "right"; rows of it have a balance of the sign of `weight`.
  DifferenceVisitor(RowBalance& balance, RowShape& shape, int weight, const char* side,
                    size_t max_samples, std::vector<std::string>& sample)
      : BalanceVisitor(balance, shape, weight, SIZE_MAX),
        balance_(balance),
        weight_(weight),
        side_(side),
        max_samples_(max_samples),
        sample_(sample) {}

  void Begin(TupleDesc columns) override;
  bool Row(TupleTableSlot* slot) override;

 private:
  RowBalance& balance_;
  RowJson json_ = {};
  int weight_;
  const char* side_;
  size_t max_samples_;
  std::vector<std::string>& sample_;
};

}  // namespace pg_checker::postgres
