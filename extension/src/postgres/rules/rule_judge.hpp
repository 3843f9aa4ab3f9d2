// The verdict on one rule, from what was found out about its dataset.
#pragma once

#include "assertions/report.hpp"
#include "assertions/rules/rule.hpp"
#include "postgres/rules/dataset_answers.hpp"
#include "postgres/rules/rule_sql.hpp"

namespace pg_checker::postgres {

// What is known of a dataset when its rules are judged.
struct DatasetFindings {
  std::vector<ColumnFacts> columns;
  Answers answers;
  uint64_t rows = 0;  // read
  bool exact = true;  // false: there may be more rows
};

// How one bound came out.
struct Finding {
  bool holds = true;
  std::string actual;
  std::optional<std::string> sample;  // a JSON array
};

// The judge asks for one bound after the other: all bounds of a rule are on the same facts.
struct Findings {
  std::optional<Finding> fail;
  std::optional<Finding> warn;
  std::optional<std::string> label;  // of a metric, for the history
  std::optional<std::string> value;  // numeric
  std::optional<bool> exact;
};

// Of a rule whose bounds the query has answered.
Findings FindInAnswers(const assertions::rules::Rule& rule, const RuleColumns& columns,
                       const DatasetFindings& dataset, bool recovering);
// Of a rule on a number that was computed from answers (a change, a percentage); `number` is
// nothing where there is none, and `actual` says it in words.
Findings FindByNumber(const assertions::rules::Rule& rule, const std::optional<std::string>& number,
                      const std::string& actual, bool recovering);
// Of a rule on rows that were counted.
Findings FindByCount(const assertions::rules::Rule& rule, uint64_t failing, uint64_t rows,
                     const std::string& actual, std::optional<std::string> sample, bool recovering);

// `recovering`: the rule failed in the last run, so that what holds is recover, if there is one.
const assertions::rules::Bound* FailBound(const assertions::rules::Rule& rule, bool recovering);

assertions::Assertion Judge(const assertions::rules::Rule& rule, Findings findings,
                            bool recovering);

}  // namespace pg_checker::postgres
