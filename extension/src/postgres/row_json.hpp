// A row as a JSON object, as row_to_json writes it, for people to look at: redacted columns show
// "redacted", long values are cut, and the object is always one that jsonb takes (a json column may
// hold what jsonb refuses: \u0000, half a surrogate pair, a number of a million digits; such a
// value becomes a string with its text).
#pragma once

#include "postgres/server.hpp"

namespace pg_checker::postgres {

// A value longer than this, in bytes, shows its beginning.
inline constexpr size_t kShownValueBytes = 8192;
// From so many bytes on the rest of a row's values are left out: "...". A row takes at most twice
// that, and its names.
inline constexpr size_t kShownRowBytes = 65536;

struct RowJsonColumn {
  const char* key;  // with quotes and colon
  Oid type;
  int16 length;  // as pg_type.typlen
  bool redacted;
  FmgrInfo to_json;
};

// Prepared for rows of one shape. Plain data, in the memory context that is current when it is
// made.
struct RowJson {
  int count;
  RowJsonColumn* columns;
};

// `redact`: the columns named in checker.redact_columns are hidden.
RowJson PrepareRowJson(TupleDesc columns, bool redact);

// Palloc'd text in the current memory context. May raise.
char* RowToJson(const RowJson& json, const Datum* values, const bool* nulls);
char* RowToJson(const RowJson& json, TupleTableSlot* slot);

// Bytes that the row's values of variable length have, without fetching what is stored elsewhere.
size_t RowBytes(const RowJson& json, TupleTableSlot* slot);

}  // namespace pg_checker::postgres
