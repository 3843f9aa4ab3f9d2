// Counts the rows of a scan as far as an assertion's budget goes and keeps the first ones as a
// sample.
#pragma once

#include "assertions/row_source.hpp"
#include "postgres/dataset_scan.hpp"
#include "postgres/row_json.hpp"

namespace pg_checker::postgres {

class RowCountVisitor : public RowVisitor {
 public:
  RowCountVisitor(const assertions::RowBudget& budget, bool (*ended_holds)(uint64_t, const void*),
                  const void* argument, int max_samples)
      : budget_(budget),
        ended_holds_(ended_holds),
        argument_(argument),
        max_samples_(max_samples) {}

  void Begin(TupleDesc columns) override;
  bool Row(TupleTableSlot* slot) override;
  void End() override;

  const assertions::RowScan& scan() const { return scan_; }
  assertions::RowScan& scan() { return scan_; }

 private:
  assertions::RowBudget budget_;
  bool (*ended_holds_)(uint64_t, const void*);
  const void* argument_;
  int max_samples_;
  assertions::RowScan scan_;
  // A row of the sample: small ones are copied, and become JSON only if the assertion fails.
  struct KeptRow {
    HeapTuple tuple;  // null if there is JSON already
    const char* json;
  };
  KeptRow Keep(TupleTableSlot* slot) const;

  TupleDesc columns_ = nullptr;
  RowJson json_ = {};
  MemoryContext context_ = nullptr;
  std::vector<KeptRow> kept_;
};

}  // namespace pg_checker::postgres
