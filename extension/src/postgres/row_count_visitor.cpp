#include "postgres/row_count_visitor.hpp"

namespace pg_checker::postgres {

namespace {

// A sample ends after the row that brings it to so many bytes.
constexpr size_t kSampleBytes = 256 * 1024;

}  // namespace

void RowCountVisitor::Begin(TupleDesc columns) {
  columns_ = columns;
  if (max_samples_ > 0) json_ = PrepareRowJson(columns, true);
  context_ = CurrentMemoryContext;
  // Until a row makes it false by stopping the scan.
  scan_.ended = true;
}

bool RowCountVisitor::Row(TupleTableSlot* slot) {
  scan_.rows++;
  if (static_cast<int>(kept_.size()) < max_samples_) {
    MemoryContext old = MemoryContextSwitchTo(context_);
    kept_.push_back(Keep(slot));
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
  auto* values = static_cast<Datum*>(palloc(sizeof(Datum) * (json_.count + 1)));
  auto* nulls = static_cast<bool*>(palloc(sizeof(bool) * (json_.count + 1)));
  scan_.sample = "[";
  for (const KeptRow& row : kept_) {
    if (scan_.sample->size() > kSampleBytes) break;
    if (scan_.sample->size() > 1) *scan_.sample += ",";
    if (row.json != nullptr) {
      *scan_.sample += row.json;
    } else {
      heap_deform_tuple(row.tuple, columns_, values, nulls);
      *scan_.sample += RowToJson(json_, values, nulls);
    }
  }
  *scan_.sample += "]";
}

RowCountVisitor::KeptRow RowCountVisitor::Keep(TupleTableSlot* slot) const {
  // A copy of a large row could be more than the server can hold in one piece.
  if (RowBytes(json_, slot) > kShownRowBytes) return {nullptr, RowToJson(json_, slot)};
  return {ExecCopySlotHeapTuple(slot), nullptr};
}

}  // namespace pg_checker::postgres
