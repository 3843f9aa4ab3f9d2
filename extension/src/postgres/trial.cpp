#include "postgres/trial.hpp"

#include <algorithm>

#include "postgres/dataset_query.hpp"
#include "postgres/error_bridge.hpp"
#include "postgres/frozen_clock.hpp"
#include "postgres/language.hpp"
#include "postgres/modules.hpp"

namespace pg_checker::postgres {

namespace {

// Random numbers are drawn from the run's uuid: a trial draws the same ones each time.
constexpr const char* kTrialUuid = "00000000-0000-0000-0000-000000000000";

// Guests count from 1970 in 64 bits, which the last of PostgreSQL's years do not fit into.
void RequireClock(TimestampTz at) {
  constexpr TimestampTz kLast =
      INT64_MAX - (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY;
  if (!TIMESTAMP_NOT_FINITE(at) && at < kLast) return;
  Throw({engine::ErrorKind::kSyntax, "\"at\" is not a time at which a clock can stand", "",
         "Pass a finite time before the year 294246.", "22008"});
}

Evaluation Try(const CheckerDefinition& checker, const TrialRequest& request, MadeUpRows& rows) {
  EvaluationRequest evaluation;
  evaluation.input = request.input;
  if (request.params) evaluation.params = MembersOf(*request.params, "params");
  evaluation.run_uuid = kTrialUuid;
  evaluation.made_up = &rows;
  if (request.at) RequireClock(*request.at);
  std::optional<FrozenClock> clock;
  if (request.at) clock.emplace(*request.at);
  Evaluation result = Evaluate(checker, evaluation);
  if (request.at) result.started_at = *request.at;
  return result;
}

// A query reads tables, for which the made-up rows stand in.
bool ReadsTables(const CheckerDefinition& checker) {
  return &LanguageOf(checker) == &SqlLanguage();
}

MadeUpRows::Reader ReaderOf(const CheckerDefinition& checker) {
  return ReadsTables(checker) ? MadeUpRows::Reader::kQuery : MadeUpRows::Reader::kDatasets;
}

void RequireDeclared(const CheckerDefinition& checker, const MadeUpRows& rows) {
  for (const std::string& name : rows.names()) {
    const auto& declared = checker.datasets;
    if (std::find(declared.begin(), declared.end(), name) != declared.end()) continue;
    std::string list;
    for (const std::string& one : declared) list += (list.empty() ? "" : ", ") + one;
    Throw({engine::ErrorKind::kUndeclared,
           "checker \"" + checker.name.Qualified() + "\" does not declare dataset \"" + name + "\"",
           "", list.empty() ? "It declares none." : "It declares " + list + ".", "22023"});
  }
}

}  // namespace

Evaluation TryChecker(const CheckerDefinition& checker, const TrialRequest& request) {
  MadeUpRows rows(request.datasets,
                  ReadsTables(checker) ? SqlSearchPath(LoadProgram(checker)) : CurrentSearchPath(),
                  ReaderOf(checker));
  if (!ReadsTables(checker)) RequireDeclared(checker, rows);
  return Try(checker, request, rows);
}

Evaluation TryProgram(const ObjectName& name, CheckerProgram program, const TrialRequest& request,
                      const TrialLimits& limits) {
  CheckerDefinition checker = {};
  checker.name = name;
  checker.language = program.language;
  MadeUpRows rows(request.datasets, CurrentSearchPath(), ReaderOf(checker));
  checker.datasets = rows.names();
  checker.severity = "warning";
  checker.labels = "{}";
  checker.timeout_ms = limits.timeout_ms;
  checker.fuel = limits.fuel;
  checker.memory_limit_kb = limits.memory_limit_kb;
  checker.owned_by = GetUserId();
  checker.enabled = true;
  if (request.params) checker.params = MembersOf(*request.params, "params");
  LanguageOf(checker).Check(
      {name.Qualified(), checker.owned_by, checker.datasets, limits.memory_limit_kb, &rows},
      program);
  checker.digest = program.digest;
  checker.unstored = std::make_shared<const CheckerProgram>(std::move(program));
  return Try(checker, request, rows);
}

}  // namespace pg_checker::postgres
