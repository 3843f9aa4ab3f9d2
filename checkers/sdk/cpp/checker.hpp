// pg_checker's SDK for C++20: ranges over rows, std::string_view, std::optional, and spans over
// columns, on top of checker.h, the SDK for C.
//
//   #include "checker.hpp"
//
//   CHECKER_EXPORT(check) void Check() {
//     checker::Reader users("users");
//     const auto email = users.Bind<std::string_view>("email");
//     int64_t missing = 0;
//     for (const checker::Row row : users) missing += !email[row].has_value();
//     checker::AssertTrue(missing == 0, "every user has an e-mail");
//   }
//
// Texts are UTF-8. Times are microseconds since 1970-01-01 UTC.
//
// Errors. What a checker finds out is an outcome (Fail, Assert...). A mistake in the checker itself
// (a dataset that it does not declare, a column that does not exist or has another type, a
// parameter that is no number) ends the run with status `error` and a text that names what is
// wrong. Nothing throws, so that modules can be built with -fno-exceptions.
//
// Memory. Reading allocates nothing for each row. What is read stays where the host put it: a batch
// until the next one, or until its Reader ends.
#ifndef CHECKER_HPP
#define CHECKER_HPP

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "../c/checker.h"

namespace checker {

// ---- Outcomes and log

// Records a failed assertion, a warning, a passed assertion. The first failure's message becomes
// the run's. The checker goes on.
inline void Fail(std::string_view message) { checker_import_fail(message.data(), message.size()); }
inline void Warn(std::string_view message) { checker_import_warn(message.data(), message.size()); }
inline void Succeed(std::string_view message) {
  checker_import_succeed(message.data(), message.size());
}
// The same as Succeed.
inline void Ok(std::string_view message) { Succeed(message); }

enum class LogLevel : int32_t { kDebug = 0, kInfo = 1, kWarning = 2, kError = 3 };

// A line of the run's log; all lines together may have checker.output_limit bytes.
inline void Log(LogLevel level, std::string_view text) {
  checker_import_log(static_cast<int32_t>(level), text.data(), text.size());
}

// Ends the run with status `error`: logs the text at level `error`, and traps. For what must not
// happen; a rule that does not hold is a Fail.
[[noreturn]] inline void Panic(std::string_view text) {
  Log(LogLevel::kError, text);
  __builtin_trap();
}

// ---- Assertions that the host decides

// Each returns whether it holds, records the outcome with `message`, and lets the checker go on.
// The host reads no more rows than it needs to know, keeps some as a sample, and copies none into
// the module. A dataset that the checker does not declare ends the run with status `error`.

inline bool AssertEmpty(std::string_view dataset, std::string_view message) {
  return checker_import_assert_empty(dataset.data(), dataset.size(), message.data(),
                                     message.size()) != 0;
}
inline bool AssertNotEmpty(std::string_view dataset, std::string_view message) {
  return checker_import_assert_not_empty(dataset.data(), dataset.size(), message.data(),
                                         message.size()) != 0;
}
// The number of rows is less than `limit`.
inline bool AssertLessThan(std::string_view dataset, int64_t limit, std::string_view message) {
  return checker_import_assert_less_than(dataset.data(), dataset.size(), limit, message.data(),
                                         message.size()) != 0;
}
// The number of rows is greater than `limit`.
inline bool AssertGreaterThan(std::string_view dataset, int64_t limit, std::string_view message) {
  return checker_import_assert_greater_than(dataset.data(), dataset.size(), limit, message.data(),
                                            message.size()) != 0;
}

enum class Operator : int32_t {
  kEqual = CHECKER_EQUAL,
  kNotEqual = CHECKER_NOT_EQUAL,
  kLess = CHECKER_LESS,
  kAtMost = CHECKER_AT_MOST,
  kGreater = CHECKER_GREATER,
  kAtLeast = CHECKER_AT_LEAST,
};
// The number of rows compares to `bound` as the operator says.
inline bool AssertRowCount(std::string_view dataset, Operator operation, int64_t bound,
                           std::string_view message) {
  return checker_import_assert_row_count(dataset.data(), dataset.size(),
                                         static_cast<int32_t>(operation), bound, message.data(),
                                         message.size()) != 0;
}
// Both datasets hold the same rows, in any order. Their columns must have the same types in the
// same order; names do not matter. The sample shows the difference.
inline bool AssertEqual(std::string_view left, std::string_view right, std::string_view message) {
  return checker_import_assert_equal(left.data(), left.size(), right.data(), right.size(),
                                     message.data(), message.size()) != 0;
}
inline bool AssertTrue(bool value, std::string_view message) {
  return checker_import_assert_true(value, message.data(), message.size()) != 0;
}
inline bool AssertFalse(bool value, std::string_view message) {
  return checker_import_assert_false(value, message.data(), message.size()) != 0;
}

// ---- Values

// Days since 1970-01-01; ±infinity is the least or the greatest int32_t.
using Date = std::chrono::sys_days;
// Microseconds since 1970-01-01 00:00, of a timestamp without time zone; ±infinity is the least or
// the greatest int64_t.
using Timestamp = std::chrono::local_time<std::chrono::microseconds>;
// The same of a timestamptz, in UTC.
using TimestampTz = std::chrono::sys_time<std::chrono::microseconds>;

struct Interval {
  int32_t months;
  int32_t days;
  int64_t nanoseconds;
  bool operator==(const Interval&) const = default;
};

using Uuid = std::array<uint8_t, 16>;
using Bytes = std::span<const std::byte>;

// A numeric(p, s): `digits` divided by 10^scale. All values of a column have the same scale.
struct Decimal {
  checker_int128 digits;
  int32_t scale;
  // All decimals, as the server shows it: {5, 2} is "0.05".
  std::string ToString() const {
    checker_message text;
    checker_message_begin(&text);
    checker_append_decimal(&text, digits, scale);
    return {text.text, text.length};
  }
  bool operator==(const Decimal&) const = default;
};

// ---- Surroundings of the run

// The start of the transaction: the same for the whole run, and frozen in tests.
inline TimestampTz Now() { return TimestampTz(std::chrono::microseconds(checker_now())); }

// Today is a Monday to Friday that table checker.holiday does not have, in checker.time_zone.
inline bool BusinessDay() { return checker_business_day(); }

inline std::optional<std::string_view> OptionalView(checker_text text) {
  if (text.data == nullptr) return std::nullopt;
  return std::string_view(text.data, text.length);
}

// The run's input as JSON text.
inline std::optional<std::string_view> Input() {
  checker_text input;
  checker_input(&input);
  return OptionalView(input);
}

// A parameter of the run as JSON text, such as `42`, `"words"` or `{"a": 1}`; nothing if it is not
// given or is null.
inline std::optional<std::string_view> Param(const char* name) {
  checker_text value;
  checker_param(name, &value);
  return OptionalView(value);
}

// A parameter as bool, int64_t, double or std::string_view; `fallback` if it is not given. A
// parameter of another kind ends the run with an error that names it.
template <typename T>
T ParamOr(const char* name, T fallback) {
  checker_text value;
  if (!checker_param(name, &value)) return fallback;
  if constexpr (std::is_same_v<T, bool>) {
    return checker_param_bool(name, fallback);
  } else if constexpr (std::is_integral_v<T>) {
    static_assert(std::is_same_v<T, int64_t> || sizeof(T) == 4,
                  "whole parameters are int64_t, or int for a literal's sake");
    return static_cast<T>(checker_param_int64(name, 0));
  } else if constexpr (std::is_same_v<T, double>) {
    return checker_param_double(name, fallback);
  } else {
    static_assert(std::is_same_v<T, std::string_view>, "bool, int64_t, double, string_view");
    const checker_text text = checker_param_text(name, "");
    return {text.data, text.length};
  }
}

// ---- Reading a dataset in columns

class Reader;

// A row of a reader's present batch: an index for its columns.
struct Row {
  size_t index;
};

// How a column of type T is read. `Element` is what lies in the column's buffer.
template <typename T>
struct ColumnTraits;

template <typename T, checker_type kTypeCode>
struct PlainTraits {
  static constexpr checker_type kType = kTypeCode;
  using Element = T;
  static T Read(const checker_column& column, size_t row) {
    return static_cast<const T*>(column.values)[row];
  }
};
template <>
struct ColumnTraits<int16_t> : PlainTraits<int16_t, CHECKER_INT16> {};
template <>
struct ColumnTraits<int32_t> : PlainTraits<int32_t, CHECKER_INT32> {};
template <>
struct ColumnTraits<int64_t> : PlainTraits<int64_t, CHECKER_INT64> {};
template <>
struct ColumnTraits<float> : PlainTraits<float, CHECKER_FLOAT> {};
template <>
struct ColumnTraits<double> : PlainTraits<double, CHECKER_DOUBLE> {};
template <>
struct ColumnTraits<Interval> : PlainTraits<Interval, CHECKER_INTERVAL> {};
template <>
struct ColumnTraits<Uuid> : PlainTraits<Uuid, CHECKER_UUID> {};
template <>
struct ColumnTraits<bool> {
  static constexpr checker_type kType = CHECKER_BOOL;
  static bool Read(const checker_column& column, size_t row) { return checker_bool(&column, row); }
};
template <>
struct ColumnTraits<std::string_view> {
  static constexpr checker_type kType = CHECKER_TEXT;
  static std::string_view Read(const checker_column& column, size_t row) {
    const checker_text text = checker_text_at(&column, row);
    return {text.data, text.length};
  }
};
template <>
struct ColumnTraits<Bytes> {
  static constexpr checker_type kType = CHECKER_BYTEA;
  static Bytes Read(const checker_column& column, size_t row) {
    const checker_text bytes = checker_bytea(&column, row);
    return {reinterpret_cast<const std::byte*>(bytes.data), bytes.length};
  }
};
template <>
struct ColumnTraits<Date> {
  static constexpr checker_type kType = CHECKER_DATE;
  using Element = int32_t;
  static Date Read(const checker_column& column, size_t row) {
    return Date(std::chrono::days(checker_date(&column, row)));
  }
};
template <>
struct ColumnTraits<Timestamp> {
  static constexpr checker_type kType = CHECKER_TIMESTAMP;
  using Element = int64_t;
  static Timestamp Read(const checker_column& column, size_t row) {
    return Timestamp(std::chrono::microseconds(checker_timestamp(&column, row)));
  }
};
template <>
struct ColumnTraits<TimestampTz> {
  static constexpr checker_type kType = CHECKER_TIMESTAMPTZ;
  using Element = int64_t;
  static TimestampTz Read(const checker_column& column, size_t row) {
    return TimestampTz(std::chrono::microseconds(checker_timestamptz(&column, row)));
  }
};
template <>
struct ColumnTraits<Decimal> {
  static constexpr checker_type kType = CHECKER_DECIMAL;
  static Decimal Read(const checker_column& column, size_t row) {
    return {checker_decimal(&column, row), column.scale};
  }
};

// A column of one reader, which it follows from batch to batch. It belongs to the scope where it
// was bound: the reader knows its address, so it is neither copied nor moved.
//
// T is bool (boolean), int16_t (smallint), int32_t (integer), int64_t (bigint), float (real),
// double (double precision), std::string_view (text, and all types without one of their own), Bytes
// (bytea), Date, Timestamp, TimestampTz, Interval, Uuid or Decimal (numeric(p, s)).
template <typename T>
class Column {
 public:
  Column(const Column&) = delete;
  Column& operator=(const Column&) = delete;

  // The row's value, or nothing if it is null. Texts and bytes are valid until the next batch.
  std::optional<T> operator[](Row row) const {
    if (IsNull(row)) return std::nullopt;
    return ColumnTraits<T>::Read(column_, row.index);
  }
  bool IsNull(Row row) const { return checker_is_null(&column_, row.index); }
  // Whether no row of the present batch is null.
  bool IsFull() const { return column_.validity == nullptr; }

  // The present batch, one element for each row; those of nulls are not specified. Dates are days,
  // timestamps microseconds. Booleans, texts, bytes and decimals have no span.
  auto Values() const {
    using Element = typename ColumnTraits<T>::Element;
    return std::span<const Element>(static_cast<const Element*>(column_.values), *rows_);
  }

  // Of a Decimal: digits in all, and behind the point.
  int32_t precision() const { return column_.precision; }
  int32_t scale() const { return column_.scale; }

 private:
  friend class Reader;
  Column(checker_reader* reader, const char* name) : rows_(&reader->rows) {
    checker_bind(reader, &column_, name, ColumnTraits<T>::kType);
  }
  checker_column column_;
  const size_t* rows_;
};

// A dataset that is read once, batch by batch, in constant memory. Up to 64 may be open at once,
// the same dataset several times too; all read one snapshot. As a range it has all rows left; or
// take Next() and the columns' Values() for a batch at a time.
class Reader {
 public:
  // The name must live as long as the reader.
  explicit Reader(const char* dataset) { checker_open(&reader_, dataset); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  // Ends reading, before the dataset's end if need be.
  ~Reader() { checker_close(&reader_); }

  // A column by its name, to be bound before the first batch. If there is none of this name, or it
  // is of another type, the run ends with an error that names dataset, column and type. The name
  // must live as long as the reader.
  template <typename T>
  [[nodiscard]] Column<T> Bind(const char* name) {
    return Column<T>(&reader_, name);
  }

  // The next batch: its rows, 0 at the end.
  size_t Next() { return checker_next(&reader_); }
  // Rows of the present batch.
  size_t rows() const { return reader_.rows; }

  int64_t column_count() const { return checker_column_count(&reader_); }
  std::string_view column_name(int64_t index) const { return checker_column_name(&reader_, index); }
  checker_type column_type(int64_t index) const { return checker_column_type(&reader_, index); }
  // The Arrow structs of wasm32, for libraries that read them: the batch until the next one.
  const ArrowSchema& schema() const { return reader_.schema; }
  const ArrowArray& batch() const { return reader_.batch; }

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Row;
    using difference_type = std::ptrdiff_t;
    using pointer = const Row*;
    using reference = Row;

    explicit Iterator(Reader* reader) : reader_(reader) {}
    Row operator*() const { return {row_}; }
    Iterator& operator++() {
      if (++row_ == reader_->rows()) {
        reader_->Next();
        row_ = 0;
      }
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return reader_->rows() == 0; }

   private:
    Reader* reader_;
    size_t row_ = 0;
  };
  // Starts with the next batch.
  Iterator begin() {
    Next();
    return Iterator(this);
  }
  std::default_sentinel_t end() const { return {}; }

 private:
  checker_reader reader_;
};

// ---- Reading a dataset as CSV

// One record: its fields, where nothing is NULL and an empty text is an empty text.
class CsvRow {
 public:
  CsvRow(std::span<const checker_text> fields) : fields_(fields) {}  // NOLINT: implicit on purpose
  size_t size() const { return fields_.size(); }
  // A field that the record does not have is nothing, too.
  std::optional<std::string_view> operator[](size_t index) const {
    if (index >= fields_.size()) return std::nullopt;
    return OptionalView(fields_[index]);
  }

 private:
  std::span<const checker_text> fields_;
};

// A whole dataset in the module's memory, as COPY ... CSV HEADER writes it (RFC 4180), as a range
// of records without the header. Large datasets are better read in columns. Fields are valid as
// long as the run; the record's list of them until the next record.
class Csv {
 public:
  explicit Csv(const char* dataset) : dataset_(dataset) {
    checker_csv_open(&csv_, dataset);
    ReadHeader();
  }
  // Over a text of your own, which is changed.
  explicit Csv(std::span<char> text) {
    checker_csv_over(&csv_, text.data(), text.size());
    ReadHeader();
  }

  size_t column_count() const { return names_.size(); }
  std::string_view column_name(size_t index) const {
    return OptionalView(names_[index]).value_or("");
  }
  // Where the column of this name is; if there is none, the run ends with an error that names it.
  size_t IndexOf(std::string_view name) const {
    for (size_t index = 0; index < names_.size(); ++index) {
      if (column_name(index) == name) return index;
    }
    Panic("dataset \"" + std::string(dataset_) + "\" has no column \"" + std::string(name) + "\"");
  }

  class Iterator {
   public:
    explicit Iterator(Csv* csv) : csv_(csv) { ++*this; }
    CsvRow operator*() const { return std::span<const checker_text>(csv_->fields_).first(size_); }
    Iterator& operator++() {
      size_ = csv_->Read();
      return *this;
    }
    bool operator==(std::default_sentinel_t) const { return size_ == 0; }

   private:
    Csv* csv_;
    size_t size_ = 0;
  };
  Iterator begin() { return Iterator(this); }
  std::default_sentinel_t end() const { return {}; }

 private:
  void ReadHeader() {
    fields_.resize(1);
    // Counted first, over a copy of the place: fields are taken apart only once.
    size_t columns = 1;
    bool quoted = false;
    for (const char* at = csv_.at; at < csv_.end && (quoted || *at != '\n'); ++at) {
      if (*at == '"') quoted = !quoted;
      columns += *at == ',' && !quoted;
    }
    fields_.resize(columns);
    names_.resize(columns);
    checker_csv_next(&csv_, names_.data(), names_.size());
  }
  size_t Read() {
    const size_t size = checker_csv_next(&csv_, fields_.data(), fields_.size());
    return size < fields_.size() ? size : fields_.size();
  }

  const char* dataset_ = "";
  checker_csv csv_;
  std::vector<checker_text> names_;
  std::vector<checker_text> fields_;
};

}  // namespace checker

#endif
