// Where things stand in the text of a query: what the parse tree does not say, the server's own
// lexer does, which knows comments, literals and quoted names.
#pragma once

#include <initializer_list>

#include "postgres/server.hpp"

namespace pg_checker::postgres {

// Byte offset of the first token. Raises for text that is no tokens; keep to the rules of Catch.
int FirstToken(const char* query);

// Byte offset of the first place where these keywords follow one another, or -1. A keyword may be
// given in several forms, as in "update|share".
int FindKeywords(const char* query, std::initializer_list<const char*> keywords);

}  // namespace pg_checker::postgres
