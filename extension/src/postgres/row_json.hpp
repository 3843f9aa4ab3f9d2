// A row as a JSON object, as row_to_json writes it, with redacted columns shown as "redacted".
#pragma once

#include "postgres/server.hpp"

namespace pg_checker::postgres {

// Prepared for rows of one shape. Plain data, in the memory context that is current when it is
// made.
struct RowJson {
  TupleDesc columns;  // registered with the type cache, redacted columns as text
  bool* redacted;     // one a column
};

// `redact`: the columns named in checker.redact_columns are hidden.
RowJson PrepareRowJson(TupleDesc columns, bool redact);

// Palloc'd text in the current memory context. May raise.
char* RowToJson(const RowJson& json, HeapTuple tuple, TupleDesc columns);

}  // namespace pg_checker::postgres
