#include "languages/javascript/value_maker.hpp"

#include <cmath>
#include <limits>

#include "languages/value_text.hpp"

namespace pg_checker::languages {

namespace {

constexpr int64_t kDayMilliseconds = 86'400'000;
constexpr int64_t kMillisecondMicroseconds = 1000;
constexpr int64_t kSecondNanoseconds = 1'000'000'000;

ValueKind KindOf(const engine::StreamColumn& column) {
  const std::string_view format = column.format;
  if (format == "b") return ValueKind::kBoolean;
  if (format == "s") return ValueKind::kInt16;
  if (format == "i") return ValueKind::kInt32;
  if (format == "l") return ValueKind::kBigInt;
  if (format == "f") return ValueKind::kFloat32;
  if (format == "g") return ValueKind::kFloat64;
  if (format == "tdD") return ValueKind::kDate;
  if (format.starts_with("tsu:")) return ValueKind::kTimestamp;
  if (format == "tin") return ValueKind::kInterval;
  if (format == "w:16") return ValueKind::kUuid;
  if (format.starts_with("d:")) return ValueKind::kDecimal;
  if (format == "z") return ValueKind::kBytes;
  if (column.type == "json" || column.type == "jsonb") return ValueKind::kJson;
  if (column.type.ends_with("[]")) return ValueKind::kArray;
  return ValueKind::kText;
}

std::string_view ElementOf(std::string_view type) {
  type.remove_suffix(type.ends_with("[]") ? 2 : 0);
  if (type == "smallint" || type == "integer" || type == "real" || type == "double precision")
    return "number";
  if (type == "bigint") return "bigint";
  if (type == "boolean") return "boolean";
  if (type == "json" || type == "jsonb") return "json";
  return "text";
}

// ISO 8601: P1Y2M3DT4H5M6.789S; each part has its own sign.
std::string IntervalText(int32_t months, int32_t days, int64_t nanoseconds) {
  std::string text = "P";
  const auto add = [&text](int64_t number, char unit) {
    if (number != 0) text += std::to_string(number) + unit;
  };
  add(months / 12, 'Y');
  add(months % 12, 'M');
  add(days, 'D');
  if (nanoseconds != 0) {
    text += 'T';
    const int64_t seconds = nanoseconds / kSecondNanoseconds;
    add(seconds / 3600, 'H');
    add(seconds / 60 % 60, 'M');
    int64_t fraction = nanoseconds % kSecondNanoseconds;
    if (seconds % 60 != 0 || fraction != 0) {
      if (nanoseconds < 0) text += '-';
      text += std::to_string(std::abs(seconds % 60));
      if (fraction != 0) {
        std::string digits = std::to_string(kSecondNanoseconds + std::abs(fraction)).substr(1);
        text += "." + digits.substr(0, digits.find_last_not_of('0') + 1);
      }
      text += 'S';
    }
  }
  return text == "P" ? "PT0S" : text;
}

// The whole number below or at a quotient: times before 1970 too.
int64_t Floor(int64_t number, int64_t by) { return number / by - (number % by < 0 ? 1 : 0); }

}  // namespace

ValueMaker::ValueMaker(QuickJs& quickjs, const std::vector<engine::StreamColumn>& columns,
                       JsValue parse_array)
    : quickjs_(quickjs), parse_array_(parse_array) {
  for (const engine::StreamColumn& column : columns) {
    const size_t comma = column.format.find(',');
    const bool decimal = column.format.starts_with("d:") && comma != column.format.npos;
    columns_.push_back({KindOf(column), decimal ? std::stoi(column.format.substr(comma + 1)) : 0,
                        ElementOf(column.type)});
  }
}

// Infinity compares with dates as it should; a Date cannot hold it.
JsValue ValueMaker::MakeMoment(int64_t milliseconds, bool infinite) {
  if (!infinite) return quickjs_.NewDate(static_cast<double>(milliseconds));
  const double infinity = std::numeric_limits<double>::infinity();
  return js::Double(milliseconds < 0 ? -infinity : infinity);
}

JsValue ValueMaker::Make(const engine::BatchCursor& cursor, size_t column, uint32_t row) {
  if (cursor.IsNull(column, row)) return js::kNull;
  const Column& made = columns_[column];
  switch (made.kind) {
    case ValueKind::kBoolean:
      return js::Bool(cursor.Bit(column, row));
    case ValueKind::kInt16:
      return js::Int(cursor.Fixed<int16_t>(column, row));
    case ValueKind::kInt32:
      return js::Int(cursor.Fixed<int32_t>(column, row));
    case ValueKind::kBigInt:
      return quickjs_.NewBigInt(cursor.Fixed<int64_t>(column, row));
    case ValueKind::kFloat32:
      return js::Double(cursor.Fixed<float>(column, row));
    case ValueKind::kFloat64:
      return js::Double(cursor.Fixed<double>(column, row));
    case ValueKind::kDate: {
      const auto days = cursor.Fixed<int32_t>(column, row);
      return MakeMoment(days * kDayMilliseconds, days == std::numeric_limits<int32_t>::max() ||
                                                     days == std::numeric_limits<int32_t>::min());
    }
    case ValueKind::kTimestamp: {
      const auto time = cursor.Fixed<int64_t>(column, row);
      return MakeMoment(Floor(time, kMillisecondMicroseconds),
                        time == std::numeric_limits<int64_t>::max() ||
                            time == std::numeric_limits<int64_t>::min());
    }
    case ValueKind::kInterval: {
      const auto parts = cursor.Fixed<MonthDayNano>(column, row);
      return quickjs_.NewString(IntervalText(parts.months, parts.days, parts.nanoseconds));
    }
    case ValueKind::kUuid: {
      constexpr size_t kUuidBytes = 16;
      const auto* bytes = reinterpret_cast<const char*>(cursor.Values(column));
      return quickjs_.NewString(UuidText({bytes + row * kUuidBytes, kUuidBytes}));
    }
    case ValueKind::kDecimal:
      return quickjs_.NewString(DecimalText(cursor.Fixed<__int128>(column, row), made.scale));
    case ValueKind::kBytes:
      return quickjs_.NewBytes(cursor.Bytes(column, row));
    case ValueKind::kText:
      return quickjs_.NewString(cursor.Bytes(column, row));
    case ValueKind::kJson:
      return quickjs_.ParseJson(cursor.Bytes(column, row));
    case ValueKind::kArray: {
      const JsValue text = quickjs_.NewString(cursor.Bytes(column, row));
      const JsValue element = quickjs_.NewString(made.element);
      const JsValue array = quickjs_.Call(parse_array_, {text, element});
      quickjs_.Free(text);
      quickjs_.Free(element);
      return array;
    }
  }
  return js::kUndefined;
}

}  // namespace pg_checker::languages
