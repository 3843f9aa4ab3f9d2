#include "engine/compiler_reply.hpp"

#include <sys/wait.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

namespace pg_checker::engine {

namespace {

using nlohmann::json;

struct KindName {
  const char* name;
  ErrorKind kind;
};

constexpr KindName kKinds[] = {
    {"invalid_module", ErrorKind::kInvalidModule},
    {"syntax", ErrorKind::kSyntax},
    {"unknown_import", ErrorKind::kUnknownImport},
    {"missing_entry", ErrorKind::kMissingEntry},
    {"module_too_large", ErrorKind::kModuleTooLarge},
    {"compiler_unavailable", ErrorKind::kCompilerUnavailable},
    {"compile_timeout", ErrorKind::kCompileTimeout},
    {"compile_failed", ErrorKind::kCompileFailed},
    {"cache", ErrorKind::kCache},
};

ErrorKind KindOf(const std::string& name) {
  for (const KindName& known : kKinds) {
    if (name == known.name) return known.kind;
  }
  return ErrorKind::kCompileFailed;
}

// A member that is there and of the right type, or else nothing.
std::string TextOf(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<uint64_t> NumberOf(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<uint64_t>();
}

bool FlagOf(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

// Where the fault is, to be put after the message; empty if the helper does not say, or the message
// says it already.
std::string Place(const json& object, const std::string& message) {
  const std::optional<uint64_t> line = NumberOf(object, "line");
  const std::optional<uint64_t> column = NumberOf(object, "column");
  const std::optional<uint64_t> offset = NumberOf(object, "offset");
  if (line.has_value()) {
    return " at line " + std::to_string(*line) +
           (column.has_value() ? ", column " + std::to_string(*column) : "");
  }
  if (!offset.has_value() || message.find("byte offset") != std::string::npos) return "";
  return " at byte offset " + std::to_string(*offset);
}

// What helps with any fault of a kind, where the helper has no better advice.
std::string DefaultHint(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kSyntax:
      return "Correct the source at the place named.";
    case ErrorKind::kInvalidModule:
      return "Build the module again, with no features beyond multi-value, mutable globals, sign "
             "extension, "
             "saturating conversions, bulk memory and reference types.";
    default:
      return "";
  }
}

Error Refusal(const json& object) {
  Error error{KindOf(TextOf(object, "kind")), TextOf(object, "message"), TextOf(object, "detail"),
              TextOf(object, "hint")};
  if (error.message.empty()) error.message = "the compile helper refused the module";
  error.message += Place(object, error.message);
  if (error.hint.empty()) error.hint = DefaultHint(error.kind);
  return error;
}

Error NoReply(int wait_status) {
  Error error{ErrorKind::kCompileFailed, "the compile helper ended without an answer"};
  if (WIFSIGNALED(wait_status)) {
    const int number = WTERMSIG(wait_status);
    error.message = "the compile helper was ended by signal " + std::to_string(number);
    error.detail = std::string("The signal is \"") + strsignal(number) + "\".";
    error.hint =
        "A module that brings the compiler down is refused. If it is valid, make it smaller or "
        "build it with other "
        "options.";
  } else if (WIFEXITED(wait_status)) {
    error.detail = "Its exit code was " + std::to_string(WEXITSTATUS(wait_status)) + ".";
    error.hint = "Run checker-compile by hand to see what it says.";
  }
  return error;
}

bool IsFileName(const std::string& name) {
  return !name.empty() && name.front() != '.' && name.find('/') == std::string::npos &&
         name.find('\0') == std::string::npos;
}

}  // namespace

Result<CompileResult> ReadCompilerReply(const std::string& reply, int wait_status,
                                        const CompileOptions& options) {
  const size_t end = reply.find('\n');
  if (end == std::string::npos) return NoReply(wait_status);
  const json object = json::parse(reply.begin(), reply.begin() + static_cast<std::ptrdiff_t>(end),
                                  nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return NoReply(wait_status);
  if (!FlagOf(object, "ok")) return Refusal(object);

  CompileResult result;
  result.digest = TextOf(object, "digest");
  result.cached = FlagOf(object, "cached");
  result.wasm = reply.substr(end + 1);
  const std::string artifact = TextOf(object, "artifact");
  const bool whole = result.wasm.size() == NumberOf(object, "wasm_bytes").value_or(0);
  if (!whole || result.digest.empty() || !IsFileName(artifact)) return NoReply(wait_status);
  result.artifact_path = options.cache_directory + "/" + artifact;
  return result;
}

}  // namespace pg_checker::engine
