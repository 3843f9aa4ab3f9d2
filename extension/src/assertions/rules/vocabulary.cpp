#include "assertions/rules/vocabulary.hpp"

#include <algorithm>

namespace pg_checker::assertions::rules {

namespace {

constexpr std::string_view kScalarText = "a number, a text, true or false";
constexpr std::string_view kToleranceText =
    "the number of failing rows that still pass, or a text such as \"5%\"";

constexpr AssertFacts kAsserts[] = {
    {Assert::kEmpty, "empty", Subject::kMetric, OperandShape::kNone, "nothing", false},
    {Assert::kNotEmpty, "not_empty", Subject::kMetric, OperandShape::kNone, "nothing", false},
    {Assert::kEqual, "equal", Subject::kMetric, OperandShape::kScalar, kScalarText, false},
    {Assert::kNotEqual, "not_equal", Subject::kMetric, OperandShape::kScalar, kScalarText, false},
    {Assert::kLessThan, "less_than", Subject::kMetric, OperandShape::kScalar, kScalarText, false},
    {Assert::kAtMost, "at_most", Subject::kMetric, OperandShape::kScalar, kScalarText, false},
    {Assert::kGreaterThan, "greater_than", Subject::kMetric, OperandShape::kScalar, kScalarText,
     false},
    {Assert::kAtLeast, "at_least", Subject::kMetric, OperandShape::kScalar, kScalarText, false},
    {Assert::kBetween, "between", Subject::kMetric, OperandShape::kPair, "[low, high]", false},
    {Assert::kNotNull, "not_null", Subject::kColumns, OperandShape::kTolerance, kToleranceText,
     true},
    {Assert::kUnique, "unique", Subject::kColumns, OperandShape::kTolerance, kToleranceText, true},
    {Assert::kUniqueTogether, "unique_together", Subject::kColumns, OperandShape::kTolerance,
     kToleranceText, true},
    {Assert::kInSet, "in_set", Subject::kColumn, OperandShape::kList, "a list of values", true},
    {Assert::kNotInSet, "not_in_set", Subject::kColumn, OperandShape::kList, "a list of values",
     true},
    {Assert::kInRange, "in_range", Subject::kColumn, OperandShape::kPair,
     "[low, high], null for an open end", true},
    {Assert::kMatches, "matches", Subject::kColumn, OperandShape::kText,
     "a regular expression as text", true},
    {Assert::kNotEmptyString, "not_empty_string", Subject::kColumn, OperandShape::kTolerance,
     kToleranceText, true},
    {Assert::kLengthBetween, "length_between", Subject::kColumn, OperandShape::kPair,
     "[low, high], null for an open end", true},
    {Assert::kTypeIs, "type_is", Subject::kColumn, OperandShape::kType,
     "the name of a type, or a list of names", false},
    {Assert::kIncreasing, "increasing", Subject::kColumn, OperandShape::kTolerance, kToleranceText,
     true},
    {Assert::kNoGaps, "no_gaps", Subject::kColumn, OperandShape::kTolerance,
     "the number of missing values that still pass", true},
    {Assert::kCompare, "compare", Subject::kTwoColumns, OperandShape::kColumn,
     "the other column, or {\"operator\", \"column\"}", true},
    {Assert::kJsonMatches, "json_matches", Subject::kColumn, OperandShape::kJson,
     "a JSON path predicate as text, or an object or array that the value contains", true},
    {Assert::kReferences, "references", Subject::kColumns, OperandShape::kDataset,
     "the other dataset, or {\"dataset\", \"column\"}", true},
    {Assert::kSameRows, "same_rows", Subject::kDataset, OperandShape::kDataset, "the other dataset",
     true},
    {Assert::kSchemaIs, "schema_is", Subject::kDataset, OperandShape::kSchema,
     "{\"column\": \"type\"}, or a list of names, or of {\"name\", \"type\"}", false},
    {Assert::kFresh, "fresh", Subject::kColumn, OperandShape::kAge,
     "an interval such as \"1 hour\", or a number of seconds", false},
    {Assert::kValidShare, "valid_share", Subject::kColumn, OperandShape::kPercent,
     "the least percentage", false},
};

struct AggregateFacts {
  Aggregate aggregate;
  std::string_view name;
};

constexpr AggregateFacts kAggregates[] = {
    {Aggregate::kMin, "min"},
    {Aggregate::kMax, "max"},
    {Aggregate::kSum, "sum"},
    {Aggregate::kAverage, "avg"},
    {Aggregate::kStddev, "stddev"},
    {Aggregate::kVariance, "variance"},
    {Aggregate::kMedian, "median"},
    {Aggregate::kQuantile, "quantile"},
    {Aggregate::kCount, "count"},
    {Aggregate::kCountDistinct, "count_distinct"},
    {Aggregate::kNullCount, "null_count"},
    {Aggregate::kNullPercent, "null_percent"},
    {Aggregate::kDuplicateCount, "duplicate_count"},
    {Aggregate::kMinLength, "min_length"},
    {Aggregate::kMaxLength, "max_length"},
    {Aggregate::kAverageLength, "avg_length"},
};

struct ComparisonFacts {
  Comparison comparison;
  std::string_view symbol;
  std::string_view name;
  std::string_view other_symbol;
};

constexpr ComparisonFacts kComparisons[] = {
    {Comparison::kEqual, "=", "equal", "=="},
    {Comparison::kNotEqual, "<>", "not_equal", "!="},
    {Comparison::kLess, "<", "less_than", "<"},
    {Comparison::kAtMost, "<=", "at_most", "<="},
    {Comparison::kGreater, ">", "greater_than", ">"},
    {Comparison::kAtLeast, ">=", "at_least", ">="},
};

}  // namespace

std::span<const AssertFacts> Asserts() { return kAsserts; }

const AssertFacts& FactsOf(Assert assertion) { return kAsserts[static_cast<size_t>(assertion)]; }

const AssertFacts* FindAssert(std::string_view name) {
  for (const AssertFacts& facts : kAsserts) {
    if (facts.name == name) return &facts;
  }
  return nullptr;
}

std::optional<Aggregate> FindAggregate(std::string_view name) {
  for (const AggregateFacts& facts : kAggregates) {
    if (facts.name == name) return facts.aggregate;
  }
  return std::nullopt;
}

std::string_view AggregateName(Aggregate aggregate) {
  return kAggregates[static_cast<size_t>(aggregate)].name;
}

std::string AggregateNames() {
  std::string names;
  for (const AggregateFacts& facts : kAggregates)
    (names += names.empty() ? "" : ", ") += facts.name;
  return names;
}

std::string AssertNames() {
  std::string names;
  for (const AssertFacts& facts : kAsserts) (names += names.empty() ? "" : ", ") += facts.name;
  return names;
}

std::string_view ComparisonSymbol(Comparison comparison) {
  return kComparisons[static_cast<size_t>(comparison)].symbol;
}

std::optional<Comparison> FindComparison(std::string_view word) {
  for (const ComparisonFacts& facts : kComparisons) {
    if (word == facts.symbol || word == facts.name || word == facts.other_symbol)
      return facts.comparison;
  }
  return std::nullopt;
}

}  // namespace pg_checker::assertions::rules
