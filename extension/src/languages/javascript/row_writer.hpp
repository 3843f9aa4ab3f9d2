// The rows of one reading of a dataset as JavaScript objects.
//
// A loop over a million rows spends its time making objects, unless they are used again. So rows
// are written in place: into an object that only the iterator's own array refers to, of which no
// weak reference exists, and whose shape and flags are still those of a row just made (adding,
// deleting, freezing, changing the prototype all change these), the values go where its properties
// lie. For an object that the script keeps or has changed, a new one is made. The script cannot
// tell the difference, but by the time it takes: 40 ns a row and two numbers instead of 400.
//
// Where shape, flags and properties lie is quickjs-ng 0.17's layout on wasm32; each reading holds a
// row of its own against it first. All of it is guest memory, read with bounds checks: whatever a
// script may do to it, the worst is a wrong value in the script.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/batch_cursor.hpp"
#include "languages/javascript/quickjs.hpp"
#include "languages/javascript/value_maker.hpp"

namespace pg_checker::languages {

class RowWriter {
 public:
  // Reads on where `cursor` stands. `parse_array` is a function of the prelude.
  RowWriter(QuickJs& quickjs, std::unique_ptr<engine::BatchCursor> cursor, JsValue parse_array);

  engine::BatchCursor& cursor() { return *cursor_; }

  // Writes the next rows into the elements of `rows`, an array of at least `capacity` objects that
  // `make_row` has made. Returns how many there were; less than `capacity` only at the end. Nothing
  // if `make_row` threw.
  std::optional<uint32_t> Fill(JsValue rows, JsValue make_row, uint32_t capacity);

 private:
  // Notes shape and flags of a new row.
  bool Learn(JsValue make_row);
  // Where the elements of an array lie.
  uint32_t ElementsOf(JsValue rows, uint32_t capacity);
  bool CanBeWritten(JsValue row) const;
  // Puts the addresses of the properties of `count` rows from element `first` into properties_.
  bool Prepare(uint32_t elements, uint32_t first, uint32_t count, JsValue rows, JsValue make_row);
  template <typename Make>
  uint32_t WriteNumbers(size_t column, uint32_t first, uint32_t count, Make make);
  uint32_t WriteNumbers(size_t column, uint32_t first, uint32_t count);
  void WriteColumn(size_t column, uint32_t first, uint32_t count);

  QuickJs& quickjs_;
  std::unique_ptr<engine::BatchCursor> cursor_;
  ValueMaker values_;
  JsValue sample_ = js::kUndefined;  // keeps the shape alive
  uint32_t shape_ = 0;
  uint32_t flags_ = 0;
  uint32_t batch_rows_ = 0;
  uint32_t next_ = 0;  // row of the batch
  bool ended_ = false;
  std::vector<uint32_t> properties_;
};

}  // namespace pg_checker::languages
