// One rule: what is asserted of a dataset, with its thresholds. docs/reference/rule.md is the
// manual of the format, rule_reader.hpp reads it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assertions/rules/json_value.hpp"

namespace pg_checker::assertions::rules {

enum class Assert {
  kEmpty,
  kNotEmpty,
  kEqual,
  kNotEqual,
  kLessThan,
  kAtMost,
  kGreaterThan,
  kAtLeast,
  kBetween,
  kNotNull,
  kUnique,
  kUniqueTogether,
  kInSet,
  kNotInSet,
  kInRange,
  kMatches,
  kNotEmptyString,
  kLengthBetween,
  kTypeIs,
  kIncreasing,
  kNoGaps,
  kCompare,
  kJsonMatches,
  kReferences,
  kSameRows,
  kSchemaIs,
  kFresh,
  kValidShare,
};

enum class Aggregate {
  kMin,
  kMax,
  kSum,
  kAverage,
  kStddev,
  kVariance,
  kMedian,
  kQuantile,
  kCount,
  kCountDistinct,
  kNullCount,
  kNullPercent,
  kDuplicateCount,
  kMinLength,
  kMaxLength,
  kAverageLength,
};

enum class Comparison { kEqual, kNotEqual, kLess, kAtMost, kGreater, kAtLeast };

// A part of the source that the server may find fault with later on.
struct Place {
  std::string path;  // as in Fault
  size_t offset = 0;
};

struct Name {
  std::string text;
  Place place;
};

// How a metric has changed since earlier runs.
struct Change {
  enum class As { kAbsolute, kPercent, kZScore };
  std::optional<Name> interval;  // "7 days": as PostgreSQL reads it; nothing: the previous run
  As as = As::kAbsolute;
  int over = 1;  // earlier runs that the base is the average of
};

struct Metric {
  enum class Kind { kRowCount, kPercentOf, kAggregate };
  Kind kind = Kind::kRowCount;
  std::optional<Name> percent_of;  // a dataset
  Aggregate aggregate = Aggregate::kCount;
  std::string fraction;  // of a quantile: a number from 0 to 1
  std::optional<Change> change;
  Place place;
};

// How many failing rows still pass: a number of rows, or a percentage of those read.
struct Tolerance {
  std::string number = "0";
  bool percent = false;
};

// A threshold: what the rows or the metric are held against.
struct Bound {
  std::optional<JsonValue> operand;  // absent where the assert has none
  Tolerance tolerance;
  Place place;
};

struct Rule {
  Assert assertion = Assert::kEmpty;
  Name dataset;
  Metric metric;              // of asserts on a metric
  std::vector<Name> columns;  // of asserts on columns, and of a metric's aggregate: one
  std::optional<Name> other;  // dataset, of references and same_rows
  std::vector<Name> other_columns;
  Comparison comparison =
      Comparison::kEqual;           // of compare, and of asserts on a metric with a limit
  std::optional<JsonValue> values;  // of valid_share, a list
  bool strict = true;               // of increasing
  bool trim = false;                // of not_empty_string
  // What must hold, or the rule fails; what must hold, or it warns; and what must hold for a rule
  // that failed in the last run. One of fail and warn is there.
  std::optional<Bound> fail;
  std::optional<Bound> warn;
  std::optional<Bound> recover;
  std::string message;
  Place place;
};

}  // namespace pg_checker::assertions::rules
