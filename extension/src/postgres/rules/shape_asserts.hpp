// Asserts on the columns of a dataset rather than on its rows: type_is and schema_is.
#pragma once

#include "postgres/rules/rule_judge.hpp"

namespace pg_checker::postgres {

// An Error if a type that the rule names does not exist.
engine::Result<Findings> FindInShape(const assertions::rules::Rule& rule, const AnswerSite& site,
                                     const std::vector<ColumnFacts>& columns, bool recovering);

// The names of types in an operand of either, for a check at creation.
std::vector<std::string> TypeNames(const assertions::rules::Rule& rule,
                                   const assertions::rules::Bound& bound);

}  // namespace pg_checker::postgres
