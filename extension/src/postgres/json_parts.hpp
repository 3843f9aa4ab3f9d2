// JSON values taken apart by PostgreSQL's own jsonb, so that numbers stay exact: every part is JSON
// text.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pg_checker::postgres {

// Members of an object, by name; each value is JSON text.
using JsonMembers = std::map<std::string, std::string>;

// Throws PostgresError (invalid_parameter_value) that names `what` if the JSON text is not an
// object.
JsonMembers MembersOf(const std::string& json, const std::string& what);

// Elements of an array; throws likewise.
std::vector<std::string> ElementsOf(const std::string& json, const std::string& what);

// A text as a JSON string, quotes included. The text is UTF-8.
std::string QuoteJson(std::string_view text);

// The members as one JSON object.
std::string ObjectText(const JsonMembers& members);

}  // namespace pg_checker::postgres
