#include "postgres/guest_run.hpp"

#include <pthread.h>

#include <algorithm>
#include <cstring>

#include "engine/artifact_format.hpp"
#include "engine/utf8.hpp"
#include "postgres/settings.hpp"

namespace pg_checker::postgres {

using assertions::Status;
using engine::Error;
using engine::ErrorKind;

namespace {

// Left for what host functions call on top of the guest's frames.
constexpr size_t kHostStackBytes = 256 * 1024;
constexpr size_t kLeastGuestStackBytes = 64 * 1024;

// The highest address of this process's stack; the main thread's never moves.
char* StackTop() {
  static char* top = nullptr;
  if (top == nullptr) {
    pthread_attr_t attributes;
    void* address;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
      return static_cast<char*>(__builtin_frame_address(0));
    pthread_attr_getstack(&attributes, &address, &size);
    pthread_attr_destroy(&attributes);
    top = static_cast<char*>(address) + size;
  }
  return top;
}

// The lowest address for a frame of the guest: inside max_stack_depth, with room for the host above
// it.
char* StackLimit() {
  char* here = static_cast<char*>(__builtin_frame_address(0));
  char* from_server = StackTop() - static_cast<size_t>(max_stack_depth) * 1024 + kHostStackBytes;
  char* from_setting = here - static_cast<size_t>(settings.stack_limit_kb) * 1024;
  return std::max(from_server, from_setting);
}

std::string WithoutTrailingNewline(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

// How the guest ended, beyond what it asserted itself.
void JudgeExit(const engine::RunReport& report, RunHost& host) {
  std::optional<std::string> failure;
  if (report.exit_code.value_or(0) != 0) {
    failure = WithoutTrailingNewline(engine::ShowAsText(report.standard_error));
    if (failure->empty()) failure = "exit code " + std::to_string(*report.exit_code);
  } else if (report.check_result.value_or(0) != 0 && host.report().failures() == 0) {
    failure = "check returned " + std::to_string(*report.check_result);
  }
  if (!failure) return;
  assertions::Assertion assertion;
  assertion.outcome = Status::kFail;
  assertion.message = *failure;
  host.report().AddVerdict(std::move(assertion));
}

// A trap says where a program died; what it has logged as its last word says why.
Error Explained(Error error, const std::vector<LogLine>& log) {
  const bool is_told = error.kind == ErrorKind::kTrap && error.detail.empty() && !log.empty() &&
                       log.back().level == "error";
  if (is_told) error.detail = "The program's last words: " + log.back().text;
  return error;
}

}  // namespace

engine::RunLimits GuestLimits(std::optional<int64_t> fuel, std::optional<int> memory_limit_kb) {
  engine::RunLimits limits;
  limits.fuel = fuel.value_or(static_cast<int64_t>(settings.fuel));
  const auto max_fuel = static_cast<int64_t>(settings.max_fuel);
  if (max_fuel > 0) limits.fuel = limits.fuel == 0 ? max_fuel : std::min(limits.fuel, max_fuel);
  const int memory_kb =
      std::min(memory_limit_kb.value_or(settings.memory_limit_kb), settings.max_memory_limit_kb);
  limits.memory_bytes = static_cast<uint64_t>(memory_kb) * 1024;
  limits.output_bytes = static_cast<uint64_t>(settings.output_limit_kb) * 1024;
  limits.batch_bytes = static_cast<uint64_t>(settings.batch_bytes);
  limits.stack_limit = StackLimit();
  return limits;
}

engine::RunOptions GuestRunOptions(const ProgramRun& run) {
  engine::RunOptions options;
  options.limits = GuestLimits(run.checker.fuel, run.checker.memory_limit_kb);
  if (run.input) options.input = *run.input;
  // Only what the checker itself names: a run may bring other parameters, for its datasets.
  for (const auto& [name, value] : run.checker.params) {
    if (auto text = ParameterText(run.host.params(), name)) {
      if (name.find('\0') == std::string::npos && text->find('\0') == std::string::npos) {
        options.environment.emplace_back(name, *text);
      }
    }
  }
  // The same run draws the same numbers on any machine.
  const engine::Digest seed = engine::Sha256(run.evaluation.run_uuid);
  memcpy(&options.random_seed, seed.data(), sizeof options.random_seed);
  return options;
}

engine::Result<void> RequireGuestStack(const engine::RunOptions& options) {
  if (static_cast<char*>(__builtin_frame_address(0)) - options.limits.stack_limit >=
      static_cast<ptrdiff_t>(kLeastGuestStackBytes)) {
    return {};
  }
  return Error{ErrorKind::kStack, "too little stack is left to run a checker", "",
               "Run it less deep inside other functions, or raise max_stack_depth."};
}

engine::Result<void> TakeGuestReport(const ProgramRun& run, engine::RunReport report) {
  run.evaluation.fuel = report.fuel;
  if (report.error) report.error = Explained(*std::move(report.error), run.host.log());
  if (!report.standard_output.empty())
    run.evaluation.output = engine::ShowAsText(report.standard_output);
  if (!report.standard_error.empty())
    run.host.log().push_back({"info", engine::ShowAsText(report.standard_error)});
  if (report.error) return *report.error;
  JudgeExit(report, run.host);
  return {};
}

}  // namespace pg_checker::postgres
