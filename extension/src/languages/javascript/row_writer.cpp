#include "languages/javascript/row_writer.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace pg_checker::languages {

namespace {

// quickjs-ng 0.17 on wasm32, from the address of an object: its count of references stands before
// it; then flags and class, shape, properties, the first weak reference; for an array the elements
// and their number.
constexpr uint32_t kCountBefore = 4;
constexpr uint32_t kFlags = 8;
constexpr uint32_t kFlagsMask = 0xFFFF01FF;  // the other bits are not set by anybody
constexpr uint32_t kShape = 12;
constexpr uint32_t kProperties = 16;
constexpr uint32_t kWeakReference = 20;
constexpr uint32_t kObjectBytes = 24;
constexpr uint32_t kElements = 28;
constexpr uint32_t kElementCount = 32;

constexpr uint64_t kBytesPerTick = 64;

// Little-endian numbers of guest memory whose place has been checked.
uint32_t Word(const uint8_t* at) {
  uint32_t word;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

}  // namespace

RowWriter::RowWriter(QuickJs& quickjs, std::unique_ptr<engine::BatchCursor> cursor,
                     JsValue parse_array)
    : quickjs_(quickjs),
      cursor_(std::move(cursor)),
      values_(quickjs, cursor_->columns(), parse_array) {}

bool RowWriter::Learn(JsValue make_row) {
  if (!js::Is(sample_, js::Tag::kUndefined)) return true;
  const JsValue row = quickjs_.Call(make_row, {});
  if (js::Is(row, js::Tag::kException)) return false;
  sample_ = row;
  const uint32_t object = js::Payload(row);
  flags_ = quickjs_.Load<uint32_t>(object + kFlags) & kFlagsMask;
  shape_ = quickjs_.Load<uint32_t>(object + kShape);
  const auto properties = quickjs_.Load<uint32_t>(object + kProperties);
  bool as_expected = js::Is(row, js::Tag::kObject) &&
                     quickjs_.Load<uint32_t>(object - kCountBefore) == 1 &&
                     quickjs_.Load<uint32_t>(object + kWeakReference) == 0;
  for (size_t i = 0; i < cursor_->columns().size() && as_expected; i++) {
    const auto at = static_cast<uint32_t>(properties + i * sizeof(JsValue));
    as_expected = quickjs_.Load<JsValue>(at) == js::Int(static_cast<int32_t>(i));
  }
  if (!as_expected)
    quickjs_.Stop({engine::ErrorKind::kTrap, "rows do not lie in memory as they should"});
  return true;
}

uint32_t RowWriter::ElementsOf(JsValue rows, uint32_t capacity) {
  const uint32_t array = js::Payload(rows);
  const auto elements = quickjs_.Load<uint32_t>(array + kElements);
  const bool as_expected = js::Is(rows, js::Tag::kObject) && capacity > 0 &&
                           quickjs_.Load<uint32_t>(array + kElementCount) >= capacity;
  if (as_expected) {
    const JsValue last = quickjs_.GetElement(rows, capacity - 1);
    const auto last_at = static_cast<uint32_t>(elements + (capacity - 1) * sizeof(JsValue));
    const bool same = quickjs_.Load<JsValue>(last_at) == last;
    quickjs_.Free(last);
    if (same) return elements;
  }
  quickjs_.Stop({engine::ErrorKind::kTrap, "the array of rows was changed",
                 "A script that replaces methods of Array.prototype gets in its own way."});
}

bool RowWriter::CanBeWritten(JsValue row) const {
  if (!js::Is(row, js::Tag::kObject)) return false;
  const uint32_t object = js::Payload(row);
  const uint8_t* const at = quickjs_.At(object - kCountBefore, kCountBefore + kObjectBytes);
  const uint8_t* const body = at + kCountBefore;
  return Word(at) == 1 && (Word(body + kFlags) & kFlagsMask) == flags_ &&
         Word(body + kShape) == shape_ && Word(body + kWeakReference) == 0;
}

bool RowWriter::Prepare(uint32_t elements, uint32_t first, uint32_t count, JsValue rows,
                        JsValue make_row) {
  properties_.resize(count);
  const uint64_t properties_bytes = cursor_->columns().size() * sizeof(JsValue);
  for (uint32_t i = 0; i < count; i++) {
    const auto at = static_cast<uint32_t>(elements + uint64_t{first + i} * sizeof(JsValue));
    auto row = quickjs_.Load<JsValue>(at);
    if (!CanBeWritten(row)) {
      row = quickjs_.Call(make_row, {});
      if (js::Is(row, js::Tag::kException)) return false;
      quickjs_.SetElement(rows, first + i, row);
      if (!CanBeWritten(row) || quickjs_.Load<JsValue>(at) != row)
        quickjs_.Stop({engine::ErrorKind::kTrap, "rows do not lie in memory as they should"});
    }
    properties_[i] = quickjs_.Load<uint32_t>(js::Payload(row) + kProperties);
    quickjs_.At(properties_[i], properties_bytes);
  }
  return true;
}

// The values of a column that need nothing of QuickJS, from row `first` on, as far as they go.
template <typename Make>
uint32_t RowWriter::WriteNumbers(size_t column, uint32_t first, uint32_t count, Make make) {
  const uint64_t offset = column * sizeof(JsValue);
  // Checked by Prepare. Memory never moves, and nothing runs here that could shrink it.
  uint8_t* const memory = quickjs_.At(0, 0);
  for (uint32_t i = 0; i < count; i++) {
    uint8_t* const at = memory + properties_[i] + offset;
    JsValue old;
    std::memcpy(&old, at, sizeof(old));
    if (js::IsCounted(old)) return i;
    const std::optional<JsValue> value =
        cursor_->IsNull(column, first + i) ? std::optional(js::kNull) : make(first + i);
    if (!value) return i;
    std::memcpy(at, &*value, sizeof(*value));
  }
  return count;
}

uint32_t RowWriter::WriteNumbers(size_t column, uint32_t first, uint32_t count) {
  const engine::BatchCursor& cursor = *cursor_;
  switch (values_.kind(column)) {
    case ValueKind::kInt32:
      return WriteNumbers(column, first, count, [&](uint32_t row) -> std::optional<JsValue> {
        return js::Int(cursor.Fixed<int32_t>(column, row));
      });
    case ValueKind::kBigInt:
      return WriteNumbers(column, first, count, [&](uint32_t row) -> std::optional<JsValue> {
        const auto number = cursor.Fixed<int64_t>(column, row);
        const auto narrow = static_cast<int32_t>(number);
        return narrow == number ? std::optional(js::ShortBigInt(narrow)) : std::nullopt;
      });
    case ValueKind::kFloat64:
      return WriteNumbers(column, first, count, [&](uint32_t row) -> std::optional<JsValue> {
        return js::Double(cursor.Fixed<double>(column, row));
      });
    default:
      return 0;
  }
}

void RowWriter::WriteColumn(size_t column, uint32_t first, uint32_t count) {
  const auto offset = static_cast<uint32_t>(column * sizeof(JsValue));
  for (uint32_t i = WriteNumbers(column, first, count); i < count; i++) {
    const JsValue value = values_.Make(*cursor_, column, first + i);
    // Making a value may have run out of memory: then it is the exception, which must not be seen.
    const bool made = !js::Is(value, js::Tag::kException);
    const uint32_t at = properties_[i] + offset;
    const auto old = quickjs_.Load<JsValue>(at);
    quickjs_.Store(at, made ? value : js::kNull);
    quickjs_.Free(old);
    if (!made) {
      quickjs_.Stop({engine::ErrorKind::kMemory, "out of memory: no room for a row", "",
                     "Keep fewer rows and values at a time, or raise checker.memory_limit."});
    }
  }
}

std::optional<uint32_t> RowWriter::Fill(JsValue rows, JsValue make_row, uint32_t capacity) {
  if (ended_) return 0;
  if (!Learn(make_row)) return std::nullopt;
  const uint32_t elements = ElementsOf(rows, capacity);
  uint32_t filled = 0;
  while (filled < capacity) {
    if (next_ == batch_rows_) {
      batch_rows_ = quickjs_.Require(cursor_->Next());
      next_ = 0;
      ended_ = batch_rows_ == 0;
      if (ended_) break;
      quickjs_.Require(quickjs_.instance().Charge(cursor_->filled_bytes() / kBytesPerTick));
    }
    const uint32_t count = std::min(capacity - filled, batch_rows_ - next_);
    if (!Prepare(elements, filled, count, rows, make_row)) return std::nullopt;
    for (size_t column = 0; column < cursor_->columns().size(); column++)
      WriteColumn(column, next_, count);
    next_ += count;
    filled += count;
  }
  return filled;
}

}  // namespace pg_checker::languages
