// Reading a dataset: its query, under its owner's rights, in a subtransaction of its own, row by
// row.
#pragma once

#include "postgres/dataset_section.hpp"

namespace pg_checker::postgres {

// Takes the rows of a scan. Methods are called inside the executor: they may ereport, so they keep
// no object with a destructor on their own stack across calls of PostgreSQL, and they do not throw.
class RowVisitor {
 public:
  virtual ~RowVisitor() = default;
  // May be called again before the first row, if the scan has to be begun anew.
  virtual void Begin(TupleDesc columns) {}
  // False ends the scan; the row itself counts as read.
  virtual bool Row(TupleTableSlot* slot) = 0;
  // After the last row, still inside the scan's subtransaction and rights.
  virtual void End() {}
};

struct ScanOptions {
  const JsonMembers* params;  // merged parameters, for checker.param
  bool first_rows = true;     // plan for the first rows rather than for all of them
};

// Scans `dataset` in a section of its own (dataset_section.hpp, which lists the Errors). Needs an
// active snapshot.
engine::Result<void> Scan(const Dataset& dataset, const ScanOptions& options, RowVisitor& visitor,
                          const Deadline* deadline, ScanFailure* failure);

}  // namespace pg_checker::postgres
