#include "compile/report.hpp"

#include <iterator>
#include <nlohmann/json.hpp>

namespace pg_checker::compile {
namespace {

using nlohmann::json;

constexpr const char* kKindNames[] = {"invalid_module",  "syntax",           "unknown_import",
                                      "missing_entry",   "module_too_large", "compiler_unavailable",
                                      "compile_timeout", "compile_failed",   "cache"};

std::string Line(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string SuccessReport(const Success& success) {
  json object{{"ok", true},
              {"digest", success.digest},
              {"artifact", success.artifact},
              {"cached", success.cached}};
  if (!success.wasm.empty()) object["wasm_bytes"] = success.wasm.size();
  return Line(object) + success.wasm;
}

std::string FailureLine(const Failure& failure) {
  json object{{"ok", false},
              {"kind", kKindNames[static_cast<size_t>(failure.kind)]},
              {"message", failure.message}};
  if (!failure.detail.empty()) object["detail"] = failure.detail;
  if (!failure.hint.empty()) object["hint"] = failure.hint;
  if (failure.line) object["line"] = *failure.line;
  if (failure.column) object["column"] = *failure.column;
  if (failure.offset) object["offset"] = *failure.offset;
  return Line(object);
}

Failure ParseFailure(const json& line) {
  auto text = [&](const char* key) {
    auto found = line.find(key);
    return found != line.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  auto number = [&](const char* key) -> std::optional<uint64_t> {
    auto found = line.find(key);
    if (found == line.end() || !found->is_number_unsigned()) return std::nullopt;
    return found->get<uint64_t>();
  };
  Failure failure{FailureKind::kInvalidModule,
                  text("message"),
                  text("detail"),
                  text("hint"),
                  number("line"),
                  number("column"),
                  number("offset")};
  for (size_t kind = 0; kind < std::size(kKindNames); ++kind) {
    if (text("kind") == kKindNames[kind]) failure.kind = static_cast<FailureKind>(kind);
  }
  return failure;
}

Failure CompileTimeout(std::string_view during) {
  return Failure{FailureKind::kCompileTimeout,
                 "compiling timed out while " + std::string(during),
                 {},
                 "Raise checker.compile_timeout, or make the module smaller."};
}

}  // namespace pg_checker::compile
