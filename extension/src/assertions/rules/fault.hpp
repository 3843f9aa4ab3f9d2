// What is wrong with a rule, and where in its text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pg_checker::assertions::rules {

struct Fault {
  std::string path;     // as in "[2].metric.aggregate"; empty for the whole
  std::string message;  // one line, lower case, no full stop
  std::string hint;     // sentences, or empty
  std::string sqlstate;
  size_t offset = 0;  // into the text, in bytes
};

// Line and column, from 1; columns count characters of UTF-8.
struct TextPosition {
  size_t line;
  size_t column;
};
TextPosition PositionAt(std::string_view text, size_t offset);

// A value or a Fault.
template <typename T>
class [[nodiscard]] Checked {
 public:
  Checked(T value) : value_(std::move(value)) {}      // NOLINT: implicit on purpose
  Checked(Fault fault) : fault_(std::move(fault)) {}  // NOLINT: implicit on purpose

  explicit operator bool() const { return value_.has_value(); }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  Fault& fault() { return *fault_; }
  const Fault& fault() const { return *fault_; }

 private:
  std::optional<T> value_;
  std::optional<Fault> fault_;
};

}  // namespace pg_checker::assertions::rules
