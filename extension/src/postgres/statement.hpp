// The extension's own SQL statements: prepared once a session, run as the extension's owner
// (identity.hpp).
#pragma once

#include "postgres/error_bridge.hpp"
#include "postgres/identity.hpp"
#include "postgres/server.hpp"

namespace pg_checker::postgres {

// A statement with its plan, kept for the session. Define it as a static object; use it inside
// AsExtension.
class Statement {
 public:
  // The types are those of $1, $2, ….
  Statement(const char* sql, std::vector<Oid> types) : sql_(sql), types_(std::move(types)) {}

  // Runs it; `values` and `nulls` (true = NULL) have one entry a parameter. Returns the rows
  // processed; results are in SPI_tuptable. Throws PostgresError. `limit` 0 is none.
  uint64_t Execute(const Datum* values = nullptr, const bool* nulls = nullptr, long limit = 0);

 private:
  const char* sql_;
  std::vector<Oid> types_;
  SPIPlanPtr plan_ = nullptr;
};

// Calls `body` with an SPI connection as the extension's owner. `body` is ordinary C++: it calls
// PostgreSQL only through the functions below or Protect. After an exception the transaction must
// end, or the subtransaction around the call: that is what takes connection and identity back.
template <typename Body>
void AsExtension(Body&& body) {
  SavedIdentity saved;
  Protect([&] {
    if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to SPI");
    saved = BecomeExtension();
  });
  body();
  Protect([&] {
    LeaveExtension(saved);
    SPI_finish();
  });
}

// Columns (from 1) of row `row` (from 0) of the last result.
Datum ColumnAt(uint64_t row, int column, bool* is_null);
std::optional<std::string> TextAt(uint64_t row, int column);
std::string RequiredTextAt(uint64_t row, int column);
std::optional<int64_t> Int64At(uint64_t row, int column);
std::optional<int32_t> Int32At(uint64_t row, int column);
// Through the type's output function: for enums, jsonb, uuid, intervals.
std::optional<std::string> OutputAt(uint64_t row, int column);

Datum TextDatum(std::string_view text);
// Also says whether it is NULL.
Datum OptionalTextDatum(const std::optional<std::string>& text, bool* is_null);
std::string TextOf(Datum datum);
// A text[] without NULLs; a NULL element or a second dimension is an error that names `what`.
std::vector<std::string> TextArrayOf(Datum datum, const char* what);
Datum TextArrayDatum(const std::vector<std::string>& items);
Datum JsonbDatum(const std::string& json);
std::string JsonbText(Datum datum);

}  // namespace pg_checker::postgres
