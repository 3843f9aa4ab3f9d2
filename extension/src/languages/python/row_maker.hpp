// The rows of one reading of a dataset as tuples. What Python has no quick constructor for (dates,
// decimal numbers, JSON) comes as a number or a text, and the prelude makes a value of it by the
// column's kind.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/batch_cursor.hpp"
#include "languages/python/micropython.hpp"

namespace pg_checker::languages {

class RowMaker {
 public:
  explicit RowMaker(std::unique_ptr<engine::BatchCursor> cursor);

  engine::BatchCursor& cursor() { return *cursor_; }

  // A column's kind for the prelude: "plain" needs nothing more.
  std::string_view kind(size_t column) const { return columns_[column].kind; }

  // Puts the next rows into the list, as many as it is long. Returns how many there were; less only
  // at the end.
  uint32_t Fill(MicroPython& python, PyObject list);

  // The list that was filled last; 0 if none was.
  PyObject rows() const { return rows_; }

 private:
  enum class Source : uint8_t {
    kBool,
    kInt16,
    kInt32,
    kInt64,
    kFloat32,
    kFloat64,
    kInterval,
    kUuid,
    kDecimal,
    kBytes,
    kText
  };
  struct Column {
    Source source;
    std::string kind;
    int scale;  // of kDecimal
  };
  static Column ColumnOf(const engine::StreamColumn& column);
  PyObject Make(MicroPython& python, size_t column, uint32_t row) const;

  std::unique_ptr<engine::BatchCursor> cursor_;
  std::vector<Column> columns_;
  uint32_t batch_rows_ = 0;
  uint32_t next_ = 0;  // row of the batch
  bool ended_ = false;
  PyObject rows_ = 0;
};

}  // namespace pg_checker::languages
