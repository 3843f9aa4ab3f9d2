// The aggregates that rules' queries show failing rows with: they count all rows that they are
// given and keep the first ones, in constant memory. Both return json: {"rows": n, "sample": [row,
// …]}.
//
// They follow PostgreSQL's rules for aggregates: they raise errors directly, and make nothing that
// has a destructor.
#pragma once

#include "postgres/server.hpp"

namespace pg_checker::postgres {

// sample_rows(state internal, row record, max_samples int)
Datum AddSampleRow(FunctionCallInfo fcinfo);
// sample_repeats(state internal, max_samples int, names text[], VARIADIC "any"): of rows in order,
// counts those whose values equal the row's before, and shows each such value once.
Datum AddSampleRepeat(FunctionCallInfo fcinfo);
// The result of either.
Datum RowSampleResult(FunctionCallInfo fcinfo);

}  // namespace pg_checker::postgres
