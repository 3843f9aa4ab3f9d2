// The row that run_checker returns.
#pragma once

#include "postgres/evaluation.hpp"

namespace pg_checker::postgres {

// Values in the order of the OUT arguments; valid as long as the memory context in which it was
// made.
struct RunRow {
  RunRow(int64_t run_id, const Evaluation& evaluation);

  static constexpr int kColumns = 11;
  Datum values[kColumns];
  bool nulls[kColumns] = {};
};

// The row as a composite value of the function's result type. Throws PostgresError.
Datum RunRowDatum(FunctionCallInfo fcinfo, int64_t run_id, const Evaluation& evaluation);

}  // namespace pg_checker::postgres
