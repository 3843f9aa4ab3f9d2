#include "translated.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "ending_library.hpp"

namespace pg_checker::fuzz {

namespace {

using compile::Failure;
using compile::FailureKind;

constexpr uint64_t kLimitBytes = 1u << 20;

void Require(bool holds, const std::string& what) {
  if (!holds) throw std::logic_error(what);
}

// The compiler's own faults are none of the module's.
bool RefusesTheModule(FailureKind kind) {
  switch (kind) {
    case FailureKind::kInvalidModule:
    case FailureKind::kSyntax:
    case FailureKind::kUnknownImport:
    case FailureKind::kMissingEntry:
    case FailureKind::kModuleTooLarge:
      return true;
    default:
      return false;
  }
}

bool IsOneLine(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char letter) {
    return static_cast<unsigned char>(letter) < ' ' || letter == '\x7F';
  });
}

bool IsPlain(std::string_view c) {
  return std::all_of(c.begin(), c.end(), [](char letter) {
    return letter == '\n' || letter == '\t' || (letter >= ' ' && letter <= '~');
  });
}

}  // namespace

void TranslateAndJudge(std::string_view source, compile::SourceFormat format) {
  RunToItsEnd([&] {
    const compile::Outcome<compile::Translation> outcome =
        compile::Translate(source, format, compile::ModuleKind::kGuest, kLimitBytes);
    if (!outcome.ok()) {
      const Failure& failure = outcome.failure();
      Require(RefusesTheModule(failure.kind), "not the module's fault: " + failure.message);
      Require(IsOneLine(failure.message), "not one line: " + failure.message);
      return;
    }
    Require(IsPlain(outcome->c), "bytes in the C that are not plain");
    Require(outcome->wasm.empty() == (format == compile::SourceFormat::kWasm), "wasm");
  });
}

}  // namespace pg_checker::fuzz
