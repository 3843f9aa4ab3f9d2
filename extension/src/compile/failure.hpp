// Why a module was refused or could not be compiled, as checker-compile reports it, and the
// value-or-failure that its parts return.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace pg_checker::compile {

// The kinds of the protocol (engine/compiler_process.hpp), by the same names.
enum class FailureKind {
  kInvalidModule,
  kSyntax,
  kUnknownImport,
  kMissingEntry,
  kModuleTooLarge,
  kCompilerUnavailable,
  kCompileTimeout,
  kCompileFailed,
  kCache,
};

struct Failure {
  FailureKind kind;
  std::string message;               // one line, lower case, no full stop
  std::string detail{};              // sentences, or empty
  std::string hint{};                // sentences, or empty
  std::optional<uint64_t> line{};    // from 1, in source text
  std::optional<uint64_t> column{};  // from 1, in characters
  std::optional<uint64_t> offset{};  // from 0, in a binary module
};

template <typename T>
class [[nodiscard]] Outcome {
 public:
  Outcome(T value) : state_(std::move(value)) {}            // NOLINT: implicit on purpose
  Outcome(Failure failure) : state_(std::move(failure)) {}  // NOLINT: implicit on purpose

  bool ok() const { return state_.index() == 0; }
  T& operator*() { return std::get<0>(state_); }
  const T& operator*() const { return std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  Failure& failure() { return std::get<1>(state_); }
  const Failure& failure() const { return std::get<1>(state_); }

 private:
  std::variant<T, Failure> state_;
};

struct Done {};

}  // namespace pg_checker::compile
