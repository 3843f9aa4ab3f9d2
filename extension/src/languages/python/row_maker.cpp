#include "languages/python/row_maker.hpp"

#include <algorithm>
#include <utility>

#include "languages/value_text.hpp"

namespace pg_checker::languages {

namespace {

constexpr uint64_t kBytesPerTick = 64;
constexpr size_t kUuidBytes = 16;

// What an array's elements become, by the type that it is of.
std::string ElementKind(std::string_view array_type) {
  array_type.remove_suffix(std::string_view("[]").size());
  if (array_type == "smallint" || array_type == "integer" || array_type == "bigint") return "int";
  if (array_type == "real" || array_type == "double precision") return "float";
  if (array_type == "boolean") return "bool";
  if (array_type.starts_with("numeric")) return "number";
  if (array_type == "json" || array_type == "jsonb") return "json";
  return "text";
}

std::string Hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    text += kDigits[static_cast<uint8_t>(byte) >> 4];
    text += kDigits[static_cast<uint8_t>(byte) & 15];
  }
  return text;
}

}  // namespace

RowMaker::Column RowMaker::ColumnOf(const engine::StreamColumn& column) {
  const std::string_view format = column.format;
  if (format == "b") return {Source::kBool, "plain", 0};
  if (format == "s") return {Source::kInt16, "plain", 0};
  if (format == "i") return {Source::kInt32, "plain", 0};
  if (format == "l") return {Source::kInt64, "plain", 0};
  if (format == "f") return {Source::kFloat32, "plain", 0};
  if (format == "g") return {Source::kFloat64, "plain", 0};
  if (format == "tdD") return {Source::kInt32, "date", 0};
  if (format == "tsu:") return {Source::kInt64, "timestamp", 0};
  if (format == "tsu:UTC") return {Source::kInt64, "timestamptz", 0};
  if (format == "tin") return {Source::kInterval, "interval", 0};
  if (format == "w:16") return {Source::kUuid, "plain", 0};
  if (format == "z") return {Source::kBytes, "bytes", 0};
  if (format.starts_with("d:")) {
    const size_t comma = format.find(',');
    const int scale = comma == format.npos ? 0 : std::stoi(column.format.substr(comma + 1));
    return {Source::kDecimal, "number", scale};
  }
  if (column.type == "json" || column.type == "jsonb") return {Source::kText, "json", 0};
  if (column.type.ends_with("[]")) return {Source::kText, "array:" + ElementKind(column.type), 0};
  if (column.type.starts_with("numeric")) return {Source::kText, "number", 0};
  return {Source::kText, "plain", 0};
}

RowMaker::RowMaker(std::unique_ptr<engine::BatchCursor> cursor) : cursor_(std::move(cursor)) {
  for (const engine::StreamColumn& column : cursor_->columns())
    columns_.push_back(ColumnOf(column));
}

PyObject RowMaker::Make(MicroPython& python, size_t column, uint32_t row) const {
  const engine::BatchCursor& cursor = *cursor_;
  if (cursor.IsNull(column, row)) return py::kNone;
  switch (columns_[column].source) {
    case Source::kBool:
      return cursor.Bit(column, row) ? py::kTrue : py::kFalse;
    case Source::kInt16:
      return python.NewInt(cursor.Fixed<int16_t>(column, row));
    case Source::kInt32:
      return python.NewInt(cursor.Fixed<int32_t>(column, row));
    case Source::kInt64:
      return python.NewInt(cursor.Fixed<int64_t>(column, row));
    case Source::kFloat32:
      return python.NewFloat(cursor.Fixed<float>(column, row));
    case Source::kFloat64:
      return python.NewFloat(cursor.Fixed<double>(column, row));
    case Source::kInterval: {
      const auto parts = cursor.Fixed<MonthDayNano>(column, row);
      return python.NewStr(std::to_string(parts.months) + ',' + std::to_string(parts.days) + ',' +
                           std::to_string(parts.nanoseconds));
    }
    case Source::kUuid: {
      const auto* bytes = reinterpret_cast<const char*>(cursor.Values(column));
      return python.NewStr(UuidText({bytes + row * kUuidBytes, kUuidBytes}));
    }
    case Source::kDecimal:
      return python.NewStr(
          DecimalText(cursor.Fixed<__int128>(column, row), columns_[column].scale));
    case Source::kBytes:
      return python.NewStr(Hex(cursor.Bytes(column, row)));
    case Source::kText:
      return python.NewStr(cursor.Bytes(column, row));
  }
  return py::kNone;
}

uint32_t RowMaker::Fill(MicroPython& python, PyObject list) {
  rows_ = list;
  const MicroPython::Items items = python.ItemsOf(list);
  const auto width = static_cast<uint32_t>(columns_.size());
  const MicroPython::StackRoom row_values(python, width * sizeof(PyObject));
  uint32_t filled = 0;
  while (filled < items.count && !ended_) {
    if (next_ == batch_rows_) {
      batch_rows_ = python.Require(cursor_->Next());
      next_ = 0;
      ended_ = batch_rows_ == 0;
      if (ended_) break;
      python.Require(python.instance().Charge(cursor_->filled_bytes() / kBytesPerTick));
    }
    for (uint32_t column = 0; column < width; column++) {
      const PyObject value = Make(python, column, next_);
      python.Store(row_values.at() + column * static_cast<uint32_t>(sizeof(value)), value);
    }
    const PyObject row = python.NewTuple(width, row_values.at());
    python.Store(items.at + filled * static_cast<uint32_t>(sizeof(row)), row);
    next_++;
    filled++;
  }
  return filled;
}

}  // namespace pg_checker::languages
