#include "postgres/script_run.hpp"

#include <algorithm>

#include "postgres/error_bridge.hpp"
#include "postgres/settings.hpp"

namespace pg_checker::postgres {

namespace {

// Characters of `source` before a line and column, from 1 as the server counts positions; 0 if
// there is no such place.
int CursorPosition(const std::string& source, const languages::SyntaxFault& fault) {
  if (fault.line == 0) return 0;
  size_t at = 0;
  for (uint32_t line = 1; line < fault.line; line++) {
    at = source.find('\n', at);
    if (at == source.npos) return 0;
    at++;
  }
  const auto characters = [](std::string_view text) {
    return std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; });
  };
  const size_t end = std::min(source.find('\n', at), source.size());
  const auto length =
      static_cast<uint32_t>(characters(std::string_view(source).substr(at, end - at)));
  const uint32_t column = std::clamp(fault.column, 1u, length + 1);
  return static_cast<int>(characters(std::string_view(source).substr(0, at)) + column);
}

}  // namespace

std::string InterpreterPath(const std::string& name) {
  return std::string(pkglib_path) + "/pg_checker/" + name + ".so";
}

engine::RunOptions ScriptRunOptions(const ProgramRun& run) {
  engine::RunOptions options = GuestRunOptions(run);
  options.datasets = run.checker.datasets;
  options.params = ObjectText(run.host.params());
  return options;
}

engine::RunOptions ScriptCheckOptions(const ProgramSite& site) {
  engine::RunOptions options;
  options.limits = GuestLimits(std::nullopt, site.memory_limit_kb);
  return options;
}

ScriptCheckHost::ScriptCheckHost()
    : deadline_(std::chrono::steady_clock::now() +
                std::chrono::milliseconds(settings.compile_timeout_ms)) {}

engine::Result<void> ScriptCheckHost::Continue() {
  if (InterruptPending) {
    // It may be one that asks for something else than to stop, and is served and over then.
    rethrown_ = CatchIn([] { CHECK_FOR_INTERRUPTS(); });
    if (rethrown_ != nullptr) return engine::Error{engine::ErrorKind::kStopped, rethrown_->message};
  }
  if (std::chrono::steady_clock::now() < deadline_) return {};
  return engine::Error{engine::ErrorKind::kCompileTimeout, "parsing the script timed out", "",
                       "Make the script simpler, or raise checker.compile_timeout."};
}

const volatile int* ScriptCheckHost::StopFlag() const { return &InterruptPending; }

void ThrowCheckError(const ProgramSite& site, engine::Error error, ErrorData* rethrown) {
  if (rethrown != nullptr) throw PostgresError(rethrown);
  error.message = "checker \"" + site.checker + "\": " + error.message;
  Throw(error);
}

void ThrowSyntaxFault(const ProgramSite& site, const std::string& source,
                      const languages::SyntaxFault& fault) {
  const std::string message = "checker \"" + site.checker + "\": " + fault.message;
  const int position = CursorPosition(source, fault);
  std::string place;
  if (fault.line > 0) place = "Line " + std::to_string(fault.line);
  if (fault.column > 0) place += ", column " + std::to_string(fault.column);
  Protect([&] {
    ereport(ERROR,
            (errcode(ERRCODE_SYNTAX_ERROR), errmsg("%s", message.c_str()),
             place.empty() ? 0 : errdetail("%s.", place.c_str()),
             position > 0 ? internalerrquery(source.c_str()) : 0, internalerrposition(position)));
  });
  Throw({engine::ErrorKind::kSyntax, message});
}

}  // namespace pg_checker::postgres
