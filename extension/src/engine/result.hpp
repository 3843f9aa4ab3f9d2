// Expected failures as values: an Error has a kind, a text, and what helps the reader; a Result is
// a value or an Error. Exceptions are left for bugs and lack of memory.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace pg_checker::engine {

// What went wrong, by who can mend it. The folder postgres/ maps each kind to one SQLSTATE.
enum class ErrorKind {
  kInvalidModule,        // not WebAssembly, or not valid
  kSyntax,               // source text that does not parse; detail has line and column
  kUnknownImport,        // the module wants something that the host does not offer
  kMissingEntry,         // neither check nor _start
  kModuleTooLarge,       // over a size limit
  kCompilerUnavailable,  // no C compiler, or no checker-compile, on this server
  kCompileTimeout,
  kCompileFailed,  // the helper or the C compiler died or ran into one of its own limits
  kCache,          // the cache folder cannot be used
  kTrap,           // the guest did what wasm forbids, or gave the host an invalid pointer or text
  kUndeclared,     // the guest asks for a dataset that its checker did not declare
  kFuel,
  kTimeout,
  kMemory,
  kStack,
  kScript,  // a script threw and nobody caught it
  kOutput,
  kAssertionLimit,
  kDataset,  // the query of a dataset failed; sqlstate says how
  kStopped,  // the host has an error of its own to raise (cancel, shutdown); the engine only
             // unwinds
};

struct Error {
  ErrorKind kind;
  std::string message;     // one line, lower case, no full stop
  std::string detail{};    // sentences, or empty
  std::string hint{};      // sentences, or empty
  std::string sqlstate{};  // only where another system's code is passed on
};

// A value or an Error. Like std::expected of C++23, as far as it is needed here.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}      // NOLINT: implicit on purpose
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit on purpose

  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }
  T& value() { return *value_; }
  const T& value() const { return *value_; }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  Error& error() { return *error_; }
  const Error& error() const { return *error_; }

 private:
  std::optional<T> value_;
  std::optional<Error> error_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit on purpose

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  Error& error() { return *error_; }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace pg_checker::engine
