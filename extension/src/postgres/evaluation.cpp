#include "postgres/evaluation.hpp"

#include <pthread.h>

#include <algorithm>
#include <cstring>

#include "engine/artifact_format.hpp"
#include "engine/utf8.hpp"
#include "postgres/error_bridge.hpp"
#include "postgres/modules.hpp"
#include "postgres/read_only_section.hpp"
#include "postgres/run_admission.hpp"
#include "postgres/run_host.hpp"
#include "postgres/settings.hpp"
#include "postgres/uuid.hpp"

namespace pg_checker::postgres {

using assertions::Status;
using engine::Error;
using engine::ErrorKind;
using engine::Shortened;

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

int TimeoutMs(const CheckerDefinition& checker) {
  const int64_t wanted = checker.timeout_ms.value_or(settings.timeout_ms);
  return static_cast<int>(std::clamp<int64_t>(wanted, 1, settings.max_timeout_ms));
}

engine::RunLimits Limits(const CheckerDefinition& checker) {
  engine::RunLimits limits;
  limits.fuel = checker.fuel.value_or(static_cast<int64_t>(settings.fuel));
  const auto max_fuel = static_cast<int64_t>(settings.max_fuel);
  if (max_fuel > 0) limits.fuel = limits.fuel == 0 ? max_fuel : std::min(limits.fuel, max_fuel);
  const int memory_kb = std::min(checker.memory_limit_kb.value_or(settings.memory_limit_kb),
                                 settings.max_memory_limit_kb);
  limits.memory_bytes = static_cast<uint64_t>(memory_kb) * 1024;
  limits.output_bytes = static_cast<uint64_t>(settings.output_limit_kb) * 1024;
  limits.batch_bytes = static_cast<uint64_t>(settings.batch_bytes);
  limits.stack_limit = StackLimit();
  return limits;
}

// A dataset's function may raise texts of any length; they are kept, and sent.
constexpr size_t kErrorPartLimitBytes = 8192;

std::string ErrorText(const Error& error) {
  std::string text = Shortened(error.message, kErrorPartLimitBytes);
  if (!error.sqlstate.empty()) text += " (SQLSTATE " + error.sqlstate + ")";
  if (!error.detail.empty()) text += "\nDetail: " + Shortened(error.detail, kErrorPartLimitBytes);
  if (!error.hint.empty()) text += "\nHint: " + Shortened(error.hint, kErrorPartLimitBytes);
  return text;
}

std::string WithoutTrailingNewline(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

// How the guest ended, beyond what it asserted itself.
void JudgeExit(const engine::RunReport& run, RunHost& host) {
  std::optional<std::string> failure;
  if (run.exit_code.value_or(0) != 0) {
    failure = WithoutTrailingNewline(engine::ShowAsText(run.standard_error));
    if (failure->empty()) failure = "exit code " + std::to_string(*run.exit_code);
  } else if (run.check_result.value_or(0) != 0 && host.report().failures() == 0) {
    failure = "check returned " + std::to_string(*run.check_result);
  }
  if (!failure) return;
  assertions::Assertion assertion;
  assertion.outcome = Status::kFail;
  assertion.message = *failure;
  host.report().AddVerdict(std::move(assertion));
}

engine::RunOptions RunOptionsFor(const CheckerDefinition& checker,
                                 const std::optional<std::string>& input, const RunHost& host,
                                 const std::string& run_uuid) {
  engine::RunOptions options;
  options.limits = Limits(checker);
  if (input) options.input = *input;
  // Only what the checker itself names: a run may bring other parameters, for its datasets.
  for (const auto& [name, value] : checker.params) {
    if (auto text = ParameterText(host.params(), name)) {
      if (name.find('\0') == std::string::npos && text->find('\0') == std::string::npos) {
        options.environment.emplace_back(name, *text);
      }
    }
  }
  // The same run draws the same numbers on any machine.
  const engine::Digest seed = engine::Sha256(run_uuid);
  memcpy(&options.random_seed, seed.data(), sizeof options.random_seed);
  if (checker.datasets.size() == 1) options.only_dataset = checker.datasets[0];
  return options;
}

// Runs the guest and fills the result; an Error is one of the checker's, kStopped one to be raised.
engine::Result<void> RunGuest(const CheckerDefinition& checker, const EvaluationRequest& request,
                              RunHost& host, Deadline& deadline, Evaluation& evaluation) {
  deadline.Pause();
  auto module = ModuleOf(checker);
  deadline.Resume();
  if (!module) return module.error();
  CountRun();
  const std::optional<std::string>& input = request.input ? request.input : checker.input;
  const engine::RunOptions options = RunOptionsFor(checker, input, host, evaluation.run_uuid);
  if (static_cast<char*>(__builtin_frame_address(0)) - options.limits.stack_limit <
      static_cast<ptrdiff_t>(kLeastGuestStackBytes)) {
    return Error{ErrorKind::kStack, "too little stack is left to run a checker", "",
                 "Run it less deep inside other functions, or raise max_stack_depth."};
  }
  engine::RunReport run = engine::Run(**module, host, options);
  evaluation.fuel = run.fuel;
  if (!run.standard_output.empty()) evaluation.output = engine::ShowAsText(run.standard_output);
  if (!run.standard_error.empty())
    host.log().push_back({"info", engine::ShowAsText(run.standard_error)});
  if (run.error) return *run.error;
  JudgeExit(run, host);
  if (!checker.no_data_on_empty) return {};
  auto empty = host.FirstEmptyDataset();
  if (!empty) return empty.error();
  if (*empty) {
    evaluation.status = Status::kNoData;
    evaluation.message = "dataset \"" + **empty + "\" is empty";
  }
  return {};
}

}  // namespace

Evaluation Evaluate(const CheckerDefinition& checker, const EvaluationRequest& request) {
  Deadline::RequireNone();
  const int timeout_ms = TimeoutMs(checker);
  const std::optional<engine::RunSlot> slot = AdmitRun(timeout_ms);
  Evaluation evaluation;
  evaluation.checker = checker.name.Qualified();
  evaluation.version = checker.version;
  evaluation.run_uuid = request.run_uuid ? *request.run_uuid : NewUuid();
  evaluation.digest = "sha256:" + checker.digest;
  evaluation.started_at = GetCurrentTimestamp();

  InReadOnlySection([&] {
    Deadline deadline(timeout_ms);
    RunHost host(checker, MergeParams(checker.params, request.params), deadline);
    auto outcome = RunGuest(checker, request, host, deadline, evaluation);
    if (!outcome && outcome.error().kind == ErrorKind::kStopped) {
      if (host.rethrown() != nullptr) throw PostgresError(host.rethrown());
      Protect([] { CHECK_FOR_INTERRUPTS(); });
      // The interrupt was taken back meanwhile: the run has no verdict all the same.
      Throw({ErrorKind::kStopped, "canceling statement due to user request"});
    }
    evaluation.status = std::max(evaluation.status, host.report().status());
    if (auto message = host.report().message()) evaluation.message = message;
    if (!outcome) {
      evaluation.status = Status::kError;
      evaluation.error = ErrorText(outcome.error());
    }
    evaluation.failures = host.report().failures();
    evaluation.passes = host.report().passes();
    evaluation.assertions = std::move(host.report().assertions());
    evaluation.log = std::move(host.log());
    evaluation.datasets = std::move(host.facts());
  });
  evaluation.duration_us = GetCurrentTimestamp() - evaluation.started_at;
  return evaluation;
}

}  // namespace pg_checker::postgres
