// Metrics as SQL: aggregates over a dataset's rows, and how they are held against a bound.
#pragma once

#include "assertions/rules/rule.hpp"
#include "postgres/rules/column_facts.hpp"

namespace pg_checker::postgres {

// The columns that a rule is about, in its order.
using RuleSubject = std::vector<const ColumnFacts*>;

struct MetricExpression {
  std::string expression;  // an aggregate
  std::string operators;   // schema of its comparison operators, quoted
  bool is_number;
  std::string AsNumeric() const { return "(" + expression + ")::pg_catalog.numeric"; }
};

// The metric of an assert on a metric, or the share of valid_share. `row` is the alias of the rows.
assertions::rules::Checked<MetricExpression> MetricSql(const assertions::rules::Rule& rule,
                                                       const RuleSubject& subject,
                                                       const std::string& row);

// Whether the metric is within the bound: true, false, or null where it has no value.
std::string BoundSql(const assertions::rules::Rule& rule, const assertions::rules::Bound& bound,
                     const MetricExpression& metric);

struct AgeExpression {
  std::string newest;  // timestamptz
  std::string age;     // text
};

// The newest value of a column, for `fresh`.
assertions::rules::Checked<AgeExpression> AgeSql(const assertions::rules::Rule& rule,
                                                 const RuleSubject& subject,
                                                 const std::string& row);
// Whether it is young enough; false without a value.
std::string FreshSql(const assertions::rules::Bound& bound, const AgeExpression& age);

// How many values lie between the least and the greatest and are not there, for `no_gaps`.
assertions::rules::Checked<std::string> MissingValuesSql(const assertions::rules::Rule& rule,
                                                         const RuleSubject& subject,
                                                         const std::string& row);

}  // namespace pg_checker::postgres
