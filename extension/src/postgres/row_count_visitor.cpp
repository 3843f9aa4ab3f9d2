#include "postgres/row_count_visitor.hpp"

#include "postgres/row_json.hpp"

namespace pg_checker::postgres {

void RowCountVisitor::Begin(TupleDesc columns) {
  columns_ = columns;
  context_ = CurrentMemoryContext;
  // Until a row makes it false by stopping the scan.
  scan_.ended = true;
}

bool RowCountVisitor::Row(TupleTableSlot* slot) {
  scan_.rows++;
  if (static_cast<int>(kept_.size()) < max_samples_) {
    MemoryContext old = MemoryContextSwitchTo(context_);
    kept_.push_back(ExecCopySlotHeapTuple(slot));
    MemoryContextSwitchTo(old);
  }
  if (scan_.rows < budget_.decide_at) return true;
  if (!budget_.enough_holds && scan_.rows < budget_.count_to) return true;
  scan_.ended = false;
  return false;
}

void RowCountVisitor::End() {
  const bool holds =
      scan_.rows >= budget_.decide_at ? budget_.enough_holds : ended_holds_(scan_.rows, argument_);
  if (holds || max_samples_ == 0) return;
  const RowJson json = PrepareRowJson(columns_, true);
  scan_.sample = "[";
  for (size_t i = 0; i < kept_.size(); i++) {
    if (i > 0) *scan_.sample += ",";
    *scan_.sample += RowToJson(json, kept_[i], columns_);
  }
  *scan_.sample += "]";
}

}  // namespace pg_checker::postgres
