// Writes names and values into SQL text so that they cannot be anything else.
#pragma once

#include <string>
#include <string_view>

namespace pg_checker::definitions {

// One identifier, quoted where it has to be, as quote_ident does.
std::string QuoteIdentifier(std::string_view name);

// A name with its qualification: parts stand between dots, and one that is in double quotes already
// stays as it is: sales.Orders becomes sales."Orders", and "a.b" one identifier. An unclosed quote
// makes the whole text one identifier.
std::string QuoteQualifiedName(std::string_view name);

// A string constant, as quote_literal writes it.
std::string QuoteLiteral(std::string_view text);

}  // namespace pg_checker::definitions
