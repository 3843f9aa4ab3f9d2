// Expected failures of the daemon and the command line tool as values. Exceptions are left for bugs
// and lack of memory; those of libraries (yaml-cpp, CLI11) are caught where the library is called.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace pg_checker {

struct Failure {
  std::string message;   // one line, lower case, no full stop; never holds a password
  std::string detail{};  // sentences, or empty
  std::string hint{};    // sentences that name the next step, or empty
  std::string code{};    // SQLSTATE, if it was the database that refused
};

// A value or a Failure. Like std::expected of C++23, as far as it is needed here.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}              // NOLINT: implicit on purpose
  Result(Failure failure) : failure_(std::move(failure)) {}  // NOLINT: implicit on purpose

  bool ok() const { return value_.has_value(); }
  T& value() { return *value_; }
  const T& value() const { return *value_; }
  const Failure& failure() const { return *failure_; }

 private:
  std::optional<T> value_;
  std::optional<Failure> failure_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Failure failure) : failure_(std::move(failure)) {}  // NOLINT: implicit on purpose

  bool ok() const { return !failure_.has_value(); }
  const Failure& failure() const { return *failure_; }

 private:
  std::optional<Failure> failure_;
};

}  // namespace pg_checker
