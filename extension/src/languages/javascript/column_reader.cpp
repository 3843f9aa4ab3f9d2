#include "languages/javascript/column_reader.hpp"

#include <limits>
#include <utility>

namespace pg_checker::languages {

namespace {

constexpr int64_t kDayMicroseconds = 86'400'000'000;
constexpr uint64_t kBytesPerTick = 64;

size_t WidthOf(char kind) {
  switch (kind) {
    case 's':
      return 2;
    case 'i':
    case 'f':
      return 4;
    default:
      return 8;
  }
}

}  // namespace

std::optional<size_t> ColumnReader::Find(std::string_view name) const {
  for (size_t i = 0; i < cursor_.columns().size(); i++) {
    if (cursor_.columns()[i].name == name) return i;
  }
  return std::nullopt;
}

bool ColumnReader::IsMoment(size_t column) const {
  return values_.kind(column) == ValueKind::kDate || values_.kind(column) == ValueKind::kTimestamp;
}

char ColumnReader::TypedAs(size_t column) const {
  switch (values_.kind(column)) {
    case ValueKind::kInt16:
      return 's';
    case ValueKind::kInt32:
      return 'i';
    case ValueKind::kBigInt:
    case ValueKind::kDate:
    case ValueKind::kTimestamp:
      return 'l';
    case ValueKind::kFloat32:
      return 'f';
    case ValueKind::kFloat64:
      return 'g';
    default:
      return 0;
  }
}

int64_t ColumnReader::Microseconds(size_t column, uint32_t row) const {
  if (values_.kind(column) == ValueKind::kTimestamp) return cursor_.Fixed<int64_t>(column, row);
  const auto days = cursor_.Fixed<int32_t>(column, row);
  if (days == std::numeric_limits<int32_t>::max()) return std::numeric_limits<int64_t>::max();
  if (days == std::numeric_limits<int32_t>::min()) return std::numeric_limits<int64_t>::min();
  int64_t microseconds = 0;
  if (__builtin_mul_overflow(int64_t{days}, kDayMicroseconds, &microseconds)) {
    quickjs_.Stop({engine::ErrorKind::kDataset,
                   "column \"" + cursor_.columns()[column].name + "\" in row " +
                       std::to_string(rows_before_ + row + 1) +
                       ": the date is out of the range of 64-bit microseconds since 1970",
                   "", "Cast it to text in the dataset's query.", "22008"});
  }
  return microseconds;
}

void ColumnReader::AppendTyped(size_t column, uint32_t rows, std::string* bytes) {
  if (values_.kind(column) == ValueKind::kDate) {
    for (uint32_t row = 0; row < rows; row++) {
      const int64_t time = Microseconds(column, row);
      bytes->append(reinterpret_cast<const char*>(&time), sizeof(time));
    }
    return;
  }
  bytes->append(reinterpret_cast<const char*>(cursor_.Values(column)),
                rows * WidthOf(TypedAs(column)));
}

void ColumnReader::AppendValues(size_t column, uint32_t rows, JsValue array, uint32_t* length) {
  for (uint32_t row = 0; row < rows; row++) {
    const bool is_exact = IsMoment(column) && !cursor_.IsNull(column, row);
    const JsValue value = is_exact ? quickjs_.NewBigInt(Microseconds(column, row))
                                   : values_.Make(cursor_, column, row);
    if (js::Is(value, js::Tag::kException)) {
      quickjs_.Stop({engine::ErrorKind::kMemory, "out of memory: no room for a column", "",
                     "Loop over the rows instead, or raise checker.memory_limit."});
    }
    quickjs_.SetElement(array, (*length)++, value);
  }
}

JsValue ColumnReader::Read(size_t column, std::string* bytes) {
  const char kind = TypedAs(column);
  bool is_typed = kind != 0;
  JsValue array = is_typed ? js::kUndefined : quickjs_.NewArray();
  uint32_t length = 0;
  bytes->clear();
  // Both the typed array and what it is copied from are there for a moment.
  const uint64_t limit = quickjs_.instance().options().limits.memory_bytes;
  uint32_t rows = 0;
  for (; (rows = quickjs_.Require(cursor_.Next())) > 0; rows_before_ += rows) {
    quickjs_.Require(quickjs_.instance().Charge(cursor_.filled_bytes() / kBytesPerTick + rows / 8));
    if (is_typed && cursor_.HasNulls(column)) {
      // What was read as numbers so far becomes values.
      is_typed = false;
      array = quickjs_.NewArray();
      const std::string numbers = std::exchange(*bytes, {});
      const size_t width = WidthOf(kind);
      for (size_t at = 0; at < numbers.size(); at += width)
        quickjs_.SetElement(array, length++, Number(kind, numbers.data() + at));
    }
    if (!is_typed) {
      AppendValues(column, rows, array, &length);
      continue;
    }
    AppendTyped(column, rows, bytes);
    if (bytes->size() > limit) {
      quickjs_.Stop({engine::ErrorKind::kMemory,
                     "out of memory: the column is longer than " + std::to_string(limit) + " bytes",
                     "", "Loop over the rows instead, or raise checker.memory_limit."});
    }
  }
  if (!is_typed) return array;
  return quickjs_.NewString("{\"kind\":\"" + std::string(1, kind) +
                            "\",\"length\":" + std::to_string(bytes->size() / WidthOf(kind)) + "}");
}

JsValue ColumnReader::Number(char kind, const char* at) {
  const auto load = [at](auto number) {
    std::memcpy(&number, at, sizeof(number));
    return number;
  };
  switch (kind) {
    case 's':
      return js::Int(load(int16_t{}));
    case 'i':
      return js::Int(load(int32_t{}));
    case 'f':
      return js::Double(load(float{}));
    case 'g':
      return js::Double(load(double{}));
    default:
      return quickjs_.NewBigInt(load(int64_t{}));
  }
}

}  // namespace pg_checker::languages
