// Two sources of rows, held against each other as multisets (row_multiset.hpp).
#pragma once

#include "assertions/row_source.hpp"
#include "postgres/row_multiset.hpp"

namespace pg_checker::postgres {

struct ComparedSide {
  std::string name;  // qualified, for messages
  // Shows all rows to a visitor; it is called once, and again if there is a difference to show.
  std::function<engine::Result<void>(RowVisitor&)> scan;
};

// An Error of a scan, or one of kind kMemory if there are too many different rows. `shape` is
// a new one (NewRowShape).
engine::Result<assertions::RowComparison> CompareRows(const ComparedSide& left,
                                                      const ComparedSide& right, RowShape shape,
                                                      size_t max_samples);

}  // namespace pg_checker::postgres
