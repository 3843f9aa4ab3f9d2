// The words of rules: names of asserts, aggregates and comparisons, and what each assert takes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "assertions/rules/rule.hpp"

namespace pg_checker::assertions::rules {

// What an assert is about.
enum class Subject {
  kMetric,   // one figure of the dataset
  kColumn,   // one column
  kColumns,  // one or more columns
  kTwoColumns,
  kDataset,  // the dataset as a whole
};

// What `value` holds.
enum class OperandShape {
  kNone,
  kScalar,     // a number, a text, true or false
  kPair,       // [low, high]; null leaves a side open
  kList,       // of scalars
  kText,       // a text
  kJson,       // a text (a path), an object or an array
  kTolerance,  // failing rows that still pass
  kColumn,     // another column, or how it compares with one; else a tolerance
  kDataset,    // another dataset, with or without a column; else a tolerance
  kType,       // a name of a type, or several
  kSchema,     // columns with their types
  kAge,        // an interval, as text or a number of seconds
  kPercent,    // a number
};

struct AssertFacts {
  Assert assertion;
  std::string_view name;
  Subject subject;
  OperandShape operand;
  std::string_view operand_text;  // "a list of values", for hints
  bool tolerant;                  // takes `allow`: failing rows are counted
};

std::span<const AssertFacts> Asserts();
const AssertFacts& FactsOf(Assert assertion);
const AssertFacts* FindAssert(std::string_view name);

std::optional<Aggregate> FindAggregate(std::string_view name);
std::string_view AggregateName(Aggregate aggregate);
// "min, max, …"
std::string AggregateNames();
std::string AssertNames();

// "=", "<>", "<", "<=", ">", ">=": as SQL writes them.
std::string_view ComparisonSymbol(Comparison comparison);
// From a symbol or a name such as at_most; "!=" and "==" are understood.
std::optional<Comparison> FindComparison(std::string_view word);

// What a rule without a message says: "users: email is not null".
std::string DefaultMessage(const Rule& rule);
// The figure that a rule looks at: "users: avg(amount)"; for messages, and to find it again in the
// history of runs.
std::string MetricLabel(const Rule& rule);
// What a bound of the rule wants: "< 42", "email in 3 values".
std::string Expectation(const Rule& rule, const Bound& bound);

}  // namespace pg_checker::assertions::rules
