#include "postgres/evaluation.hpp"

#include <algorithm>

#include "engine/utf8.hpp"
#include "postgres/error_bridge.hpp"
#include "postgres/language.hpp"
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

int TimeoutMs(const CheckerDefinition& checker) {
  const int64_t wanted = checker.timeout_ms.value_or(settings.timeout_ms);
  return static_cast<int>(std::clamp<int64_t>(wanted, 1, settings.max_timeout_ms));
}

// A dataset's function may raise texts of any length, a script an exception with any bytes; they
// are kept, and sent.
std::string ErrorPart(const std::string& text) {
  constexpr size_t kLimitBytes = 8192;
  return Shortened(engine::ShowAsText(text), kLimitBytes);
}

std::string ErrorText(const Error& error) {
  std::string text = ErrorPart(error.message);
  if (!error.sqlstate.empty()) text += " (SQLSTATE " + error.sqlstate + ")";
  if (!error.detail.empty()) text += "\nDetail: " + ErrorPart(error.detail);
  if (!error.hint.empty()) text += "\nHint: " + ErrorPart(error.hint);
  return text;
}

// Runs the program and judges what is empty; an Error is one of the checker's, kStopped one to be
// raised.
engine::Result<void> RunProgram(const ProgramRun& run, const Language& language) {
  auto ran = language.Run(run);
  if (!ran) return ran.error();
  if (!run.checker.no_data_on_empty) return {};
  auto empty = run.host.FirstEmptyDataset();
  if (!empty) return empty.error();
  if (*empty) {
    run.evaluation.status = Status::kNoData;
    run.evaluation.message = "dataset \"" + **empty + "\" is empty";
  }
  return {};
}

}  // namespace

Evaluation Evaluate(const CheckerDefinition& checker, const EvaluationRequest& request) {
  Deadline::RequireNone();
  const Language& language = LanguageOf(checker);
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
    RunHost host(checker, MergeParams(checker.params, request.params), deadline, request.made_up);
    const std::optional<std::string>& input = request.input ? request.input : checker.input;
    CountRun();
    auto outcome = RunProgram({checker, input, host, deadline, evaluation}, language);
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
