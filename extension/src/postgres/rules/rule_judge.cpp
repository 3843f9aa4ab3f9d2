#include "postgres/rules/rule_judge.hpp"

#include "assertions/rules/tolerance.hpp"
#include "assertions/rules/vocabulary.hpp"
#include "postgres/json_parts.hpp"
#include "postgres/rules/metric_history.hpp"

namespace pg_checker::postgres {

using assertions::Assertion;
using assertions::Status;
using assertions::rules::Assert;
using assertions::rules::Bound;
using assertions::rules::Rule;
using assertions::rules::Subject;

namespace {

const std::optional<std::string>& At(const DatasetFindings& dataset, int column) {
  static const std::optional<std::string> none;
  return column < 0 ? none : dataset.answers[static_cast<size_t>(column)];
}

// What the aggregates of row_aggregates.hpp return.
struct FailingRows {
  uint64_t rows = 0;
  std::optional<std::string> sample;
};

FailingRows ReadFailingRows(const std::optional<std::string>& json) {
  FailingRows failing;
  if (!json) return failing;
  const JsonMembers members = MembersOf(*json, "failing rows");
  failing.rows = std::stoull(members.at("rows"));
  const auto sample = members.find("sample");
  if (sample != members.end() && failing.rows > 0) failing.sample = sample->second;
  return failing;
}

std::string Plural(uint64_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string ActualRows(const Rule& rule, uint64_t failing, uint64_t rows) {
  if (rule.assertion == Assert::kNoGaps) return Plural(failing, "missing value");
  const bool repeats =
      rule.assertion == Assert::kUnique || rule.assertion == Assert::kUniqueTogether;
  return Plural(failing, repeats ? "repeating row" : "failing row") + " of " + std::to_string(rows);
}

bool IsOnRows(const Rule& rule) {
  const auto& facts = FactsOf(rule.assertion);
  return facts.subject != Subject::kMetric && facts.tolerant;
}

Finding FindBound(const Rule& rule, const Bound& bound, int column, const RuleColumns& columns,
                  const DatasetFindings& dataset) {
  Finding finding;
  if (IsOnRows(rule)) {
    FailingRows failing = ReadFailingRows(At(dataset, column));
    finding.holds = Tolerates(bound.tolerance, failing.rows, dataset.rows);
    finding.actual = ActualRows(rule, failing.rows, dataset.rows);
    finding.sample = std::move(failing.sample);
    return finding;
  }
  // Of a metric without a value nothing can be said.
  const std::optional<std::string>& holds = At(dataset, column);
  finding.holds = !holds || *holds == "true";
  finding.actual = At(dataset, columns.value).value_or("null");
  if (!finding.holds) finding.sample = ReadFailingRows(At(dataset, columns.sample)).sample;
  return finding;
}

}  // namespace

const Bound* FailBound(const Rule& rule, bool recovering) {
  if (!rule.fail) return nullptr;
  return recovering && rule.recover ? &*rule.recover : &*rule.fail;
}

Findings FindInAnswers(const Rule& rule, const RuleColumns& columns, const DatasetFindings& dataset,
                       bool recovering) {
  Findings findings;
  findings.exact = dataset.exact;
  findings.value = At(dataset, columns.number);
  if (findings.value) findings.label = MetricLabel(rule);
  if (const Bound* fail = FailBound(rule, recovering)) {
    const int column = fail == &*rule.fail ? columns.fail : columns.recover;
    findings.fail = FindBound(rule, *fail, column, columns, dataset);
  }
  if (rule.warn) findings.warn = FindBound(rule, *rule.warn, columns.warn, columns, dataset);
  return findings;
}

Findings FindByNumber(const Rule& rule, const std::optional<std::string>& number,
                      const std::string& actual, bool recovering) {
  Findings findings;
  findings.exact = true;
  const auto find = [&](const Bound& bound) {
    return Finding{!number || NumberHolds(rule, bound, *number), actual, std::nullopt};
  };
  if (const Bound* fail = FailBound(rule, recovering)) findings.fail = find(*fail);
  if (rule.warn) findings.warn = find(*rule.warn);
  return findings;
}

Findings FindByCount(const Rule& rule, uint64_t failing, uint64_t rows, const std::string& actual,
                     std::optional<std::string> sample, bool recovering) {
  Findings findings;
  findings.exact = true;
  const auto find = [&](const Bound& bound) {
    return Finding{Tolerates(bound.tolerance, failing, rows), actual, sample};
  };
  if (const Bound* fail = FailBound(rule, recovering)) findings.fail = find(*fail);
  if (rule.warn) findings.warn = find(*rule.warn);
  return findings;
}

Assertion Judge(const Rule& rule, Findings findings, bool recovering) {
  Assertion assertion;
  const Bound* fail = FailBound(rule, recovering);
  const bool failed = findings.fail && !findings.fail->holds;
  const bool warned = !failed && findings.warn && !findings.warn->holds;
  assertion.outcome = failed ? Status::kFail : warned ? Status::kWarn : Status::kOk;
  assertion.message = rule.message;
  // What decided: where nothing did, what would have failed.
  const bool by_warn = warned || fail == nullptr;
  Finding& finding = by_warn ? *findings.warn : *findings.fail;
  assertion.expected = Expectation(rule, by_warn ? *rule.warn : *fail);
  assertion.actual = std::move(finding.actual);
  assertion.exact = findings.exact;
  if (failed || warned) assertion.sample = std::move(finding.sample);
  assertion.metric = std::move(findings.label);
  assertion.value = std::move(findings.value);
  return assertion;
}

}  // namespace pg_checker::postgres
