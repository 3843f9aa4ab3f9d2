// Pieces of SQL made from names and JSON values. What a user wrote gets into a query through these
// functions only. They rely on standard_conforming_strings, which every dataset's section sets.
#pragma once

#include "assertions/rules/json_value.hpp"

namespace pg_checker::postgres {

// "name", quotes doubled.
std::string SqlIdentifier(std::string_view name);
// 'text', quotes doubled; of type unknown, so that it takes the type that it is held against.
std::string SqlText(std::string_view text);
// A number stands as it was written, in brackets; a text is SqlText.
std::string SqlLiteral(const assertions::rules::JsonValue& scalar);
// OPERATOR(schema.op) with spaces around; `schema` is quoted already.
std::string SqlOperator(std::string_view schema, std::string_view op);

}  // namespace pg_checker::postgres
