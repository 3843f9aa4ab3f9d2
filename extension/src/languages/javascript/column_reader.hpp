// A whole column of a dataset at once: what Dataset.column gives.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/batch_cursor.hpp"
#include "languages/javascript/quickjs.hpp"
#include "languages/javascript/value_maker.hpp"

namespace pg_checker::languages {

class ColumnReader {
 public:
  ColumnReader(QuickJs& quickjs, engine::BatchCursor& cursor, JsValue parse_array)
      : quickjs_(quickjs), cursor_(cursor), values_(quickjs, cursor.columns(), parse_array) {}

  std::optional<size_t> Find(std::string_view name) const;

  // Reads all rows. Numbers, dates and times without a null come as a typed array: the result is
  // JSON text {"kind", "length"}, kind being an Arrow format of "silfg", and the bytes are in
  // *bytes. Dates and times are µs since 1970 then, ±infinity the extremes of 64 bits. Everything
  // else comes as an Array of what rows have, but dates and times as BigInt of the same µs.
  JsValue Read(size_t column, std::string* bytes);

 private:
  // The letter of a typed array for the column; 0 if there is none.
  char TypedAs(size_t column) const;
  // A date too late for it ends the run.
  int64_t Microseconds(size_t column, uint32_t row) const;
  // A number of a typed array as a value.
  JsValue Number(char kind, const char* at);
  bool IsMoment(size_t column) const;
  void AppendTyped(size_t column, uint32_t rows, std::string* bytes);
  void AppendValues(size_t column, uint32_t rows, JsValue array, uint32_t* length);

  QuickJs& quickjs_;
  engine::BatchCursor& cursor_;
  ValueMaker values_;
  uint64_t rows_before_ = 0;  // the present batch
};

}  // namespace pg_checker::languages
