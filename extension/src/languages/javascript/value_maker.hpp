// Values of a dataset's columns as JavaScript has them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/batch_cursor.hpp"
#include "languages/javascript/quickjs.hpp"

namespace pg_checker::languages {

// By what a column's values become.
enum class ValueKind : uint8_t {
  kBoolean,
  kInt16,
  kInt32,
  kBigInt,
  kFloat32,
  kFloat64,
  kDate,       // days; a Date, or ±Infinity
  kTimestamp,  // µs; a Date, or ±Infinity
  kInterval,   // an ISO 8601 duration as a string
  kUuid,       // a string
  kDecimal,    // a string
  kBytes,      // a Uint8Array
  kText,
  kJson,   // what JSON.parse makes of it
  kArray,  // an Array
};

class ValueMaker {
 public:
  // `parse_array` is the prelude's function for arrays in their output form.
  ValueMaker(QuickJs& quickjs, const std::vector<engine::StreamColumn>& columns,
             JsValue parse_array);

  ValueKind kind(size_t column) const { return columns_[column].kind; }
  // The value in `row` of the cursor's present batch, owned by the caller.
  JsValue Make(const engine::BatchCursor& cursor, size_t column, uint32_t row);

 private:
  struct Column {
    ValueKind kind;
    int scale;                 // of kDecimal
    std::string_view element;  // of kArray: "number", "bigint", "boolean", "json" or "text"
  };
  JsValue MakeMoment(int64_t microseconds, bool infinite);

  QuickJs& quickjs_;
  JsValue parse_array_;
  std::vector<Column> columns_;
};

}  // namespace pg_checker::languages
