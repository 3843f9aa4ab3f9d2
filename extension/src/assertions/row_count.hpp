// Assertions on the number of rows: they fetch no more rows than decide them, and, when they fail,
// as many as make the figure worth reading.
#pragma once

#include "assertions/report.hpp"
#include "assertions/row_source.hpp"
#include "engine/host.hpp"

namespace pg_checker::assertions {

// Whether `rows` OP `limit`.
bool RowCountHolds(engine::RowCountOperator op, int64_t limit, uint64_t rows);

// The rows to read for it; `count_limit` is how far a failing count goes on.
RowBudget RowCountBudget(engine::RowCountOperator op, int64_t limit, uint64_t count_limit);

// Decides rows OP limit and returns the assertion to record.
engine::Result<Assertion> AssertRowCount(RowSource& source, std::string_view dataset,
                                         engine::RowCountOperator op, int64_t limit,
                                         std::string_view message, uint64_t count_limit);

}  // namespace pg_checker::assertions
