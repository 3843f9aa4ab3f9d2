#include "ctl/trial.hpp"

#include <algorithm>
#include <chrono>
#include <functional>

#include "ctl/creation.hpp"
#include "ctl/expectation.hpp"
#include "definitions/document.hpp"
#include "definitions/object_name.hpp"

namespace pg_checker::ctl {
namespace {

using definitions::CheckerDefinition;
using definitions::TestCase;

Result<Json> OneResult(Database& database, const std::string& query,
                       const std::vector<std::optional<std::string>>& parameters) {
  const auto rows = database.Rows(query, parameters);
  if (!rows.ok()) return rows.failure();
  return rows.value().front()["result"];
}

std::optional<std::string> OptionOf(const CheckerDefinition& checker, const std::string& name) {
  for (const definitions::OptionValue& option : checker.options) {
    if (option.name == name) return option.text;
  }
  return std::nullopt;
}

// The checker's own params with those of the case over them.
std::optional<std::string> MergedParams(const std::optional<std::string>& own,
                                        const std::optional<std::string>& over) {
  if (!own || !over) return own ? own : over;
  auto merged = definitions::ReadJson(*own, "params");
  const auto added = definitions::ReadJson(*over, "params");
  if (!merged.ok() || !added.ok()) return over;  // both were written from values
  auto& members = merged.value().members;
  for (const definitions::Member& member : added.value().members) {
    const auto same = std::find_if(members.begin(), members.end(),
                                   [&](const auto& other) { return other.key == member.key; });
    if (same == members.end()) {
      members.push_back(member);
    } else {
      same->value = member.value;
    }
  }
  return definitions::JsonText(merged.value());
}

// The made-up rows with whole names, since those of a case are of the checker's own datasets. With
// `all`, a declared dataset that has none is empty, as it is for a stored checker.
std::string RowsOf(const CheckerDefinition& checker, const std::string& made_up, bool all) {
  auto rows = definitions::ReadJson(made_up, "datasets");
  if (!rows.ok()) return made_up;  // it was written from a value
  for (const std::string& name : checker.datasets) {
    const std::string bare = definitions::BareName(name);
    for (definitions::Member& member : rows.value().members) {
      if (member.key == bare) member.key = name;
    }
    if (all && rows.value().Find(name) == nullptr) {
      rows.value().Add(name, definitions::Value::List());
    }
  }
  return definitions::JsonText(rows.value());
}

Circumstances CircumstancesOf(const TestCase& test) {
  return {test.datasets, test.at, test.input, test.params};
}

CaseResult Judge(const CheckerDefinition& checker, const TestCase& test,
                 const std::function<Result<Json>()>& attempt) {
  CaseResult result{checker.name, test.name, test.origin, {}, 0};
  const auto start = std::chrono::steady_clock::now();
  const Result<Json> tried = attempt();
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (tried.ok()) {
    result.faults = Differences(test.expect, tried.value());
  } else {
    const Failure& failure = tried.failure();
    result.faults.push_back(failure.message);
    for (const std::string* more : {&failure.detail, &failure.hint}) {
      if (!more->empty()) result.faults.push_back(*more);
    }
  }
  return result;
}

// Does something, and puts back what it did if it fails. True if it succeeds.
Result<bool> Attempt(Database& database, const std::function<Result<void>()>& action) {
  if (auto done = database.Execute("SAVEPOINT attempt"); !done.ok()) return done.failure();
  const bool good = action().ok();
  const auto ended =
      database.Execute(good ? "RELEASE attempt" : "ROLLBACK TO attempt; RELEASE attempt");
  if (!ended.ok()) return ended.failure();
  return good;
}

// Each case in a savepoint of its own, since one that raises an error must not end the others.
Result<CaseResult> RunCase(Database& database, const CheckerDefinition& checker,
                           const TestCase& test, bool is_stored) {
  if (auto begun = database.Execute("SAVEPOINT trial"); !begun.ok()) return begun.failure();
  CaseResult result = Judge(checker, test, [&]() -> Result<Json> {
    Circumstances given = CircumstancesOf(test);
    given.datasets = RowsOf(checker, test.datasets, !is_stored);
    if (is_stored) return TryStored(database, checker.name, given);
    given.params = MergedParams(OptionOf(checker, "params"), given.params);
    if (!given.input) given.input = OptionOf(checker, "input");
    return TryProgram(database, {checker.name, checker.language, checker.source, checker.module},
                      given);
  });
  if (auto ended = database.Execute("ROLLBACK TO trial; RELEASE trial"); !ended.ok()) {
    return ended.failure();
  }
  return result;
}

}  // namespace

Result<Json> TryProgram(Database& database, const Program& program, const Circumstances& given) {
  const std::string rest =
      ", datasets => $2::jsonb, at => $3::timestamptz, input => $4::jsonb, params => $5::jsonb, "
      "name => $6) AS result";
  std::vector<std::optional<std::string>> parameters = {std::nullopt, given.datasets, given.at,
                                                        given.input,  given.params,   program.name};
  if (program.module) {
    parameters[0] = ByteaText(*program.module);
    return OneResult(database, "SELECT checker.test_module(module => $1::bytea" + rest, parameters);
  }
  parameters[0] = program.source;
  parameters.emplace_back(program.language);
  return OneResult(database, "SELECT checker.test_source(language => $7, source => $1" + rest,
                   parameters);
}

Result<Json> TryStored(Database& database, const std::string& name, const Circumstances& given) {
  return OneResult(database,
                   "SELECT checker.test_checker($1, datasets => $2::jsonb, at => "
                   "$3::timestamptz, input => $4::jsonb, params => $5::jsonb) AS result",
                   {name, given.datasets, given.at, given.input, given.params});
}

Result<std::vector<CaseResult>> RunStoredCases(Database& database,
                                               const CheckerDefinition& checker) {
  std::vector<CaseResult> results;
  for (const TestCase& test : checker.tests) {
    auto result = RunCase(database, checker, test, true);
    if (!result.ok()) return result.failure();
    results.push_back(std::move(result.value()));
  }
  return results;
}

Result<std::vector<CaseResult>> RunAllCases(Database& database,
                                            const definitions::Definitions& definitions) {
  if (auto begun = database.Execute("BEGIN"); !begun.ok()) return begun.failure();
  for (const auto& dataset : definitions.datasets) {
    const auto made = Attempt(database, [&] { return Create(database, dataset); });
    if (!made.ok()) return made.failure();
  }
  std::vector<CaseResult> results;
  for (const CheckerDefinition& checker : definitions.checkers) {
    if (checker.tests.empty()) continue;
    const auto made = Attempt(database, [&] { return Create(database, checker); });
    if (!made.ok()) return made.failure();
    for (const TestCase& test : checker.tests) {
      auto result = RunCase(database, checker, test, made.value());
      if (!result.ok()) return result.failure();
      results.push_back(std::move(result.value()));
    }
  }
  if (auto ended = database.Execute("ROLLBACK"); !ended.ok()) return ended.failure();
  return results;
}

}  // namespace pg_checker::ctl
