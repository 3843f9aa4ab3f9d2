// Expectations of Great Expectations, which dbt-expectations has under the same names: from one of
// them and its arguments to rules and queries.
#pragma once

#include <optional>
#include <string>

#include "import/suite.hpp"

namespace pg_checker::import {

// What a check is about.
struct Target {
  std::string relation;   // SQL text
  std::string condition;  // SQL; only rows where it holds are looked at; may be empty
  std::string column;     // as it is called; may be empty
};

// Takes one over, or says why not. `name` is without "expect_". Arguments are those of Great
// Expectations 0.15 to 1.x or of dbt-expectations.
std::optional<std::string> TakeExpectation(const std::string& name, const Target& target,
                                           const Value& arguments, Limits limits, Suite& suite);

// Arguments of checks.

// A text, or the spelling of a number or truth value; empty if absent.
std::string TextArgument(const Value& arguments, const std::string& key);

// A list of texts; a single text is a list of one.
std::vector<std::string> TextsArgument(const Value& arguments, const std::string& key);

bool FlagArgument(const Value& arguments, const std::string& key, bool otherwise);

// A scalar as a constant of SQL.
std::string ConstantOf(const Value& scalar);

// The scalars of a list as constants with commas between; NULL where there is none.
std::string ConstantsOf(const Value& list);

// What to select FROM for a row of pg_attribute for each column of a relation; ends within WHERE.
std::string ColumnsOf(const std::string& relation);

// (1 - share) as a percentage: of 0.95, 5.
std::string PercentBeyond(const std::string& share);

// [low, high] with null for an end that is open.
Value RangeOf(const Value* low, const Value* high);

}  // namespace pg_checker::import
