#include "postgres/query_tokens.hpp"

extern "C" {
#include "parser/scanner.h"
}

namespace pg_checker::postgres {

namespace {

// Whether the word at `text` is one of those in `forms`, which are divided by "|".
bool IsWord(const char* text, const char* forms) {
  size_t length = 0;
  while (isalnum(static_cast<unsigned char>(text[length])) || text[length] == '_') length++;
  for (const char* form = forms;; form++) {
    const char* const end = strchrnul(form, '|');
    const auto form_length = static_cast<size_t>(end - form);
    if (form_length == length && pg_strncasecmp(text, form, length) == 0) return true;
    if (*end == '\0') return false;
    form = end;
  }
}

// Calls `take` with the offset of each token, until it returns true.
template <typename Take>
void ForEachToken(const char* query, Take&& take) {
  core_yy_extra_type extra;
  core_yyscan_t scanner = scanner_init(query, &extra, &ScanKeywords, ScanKeywordTokens);
  core_YYSTYPE value;
  YYLTYPE offset = 0;
  while (core_yylex(&value, &offset, scanner) != 0) {
    if (take(offset)) break;
  }
  scanner_finish(scanner);
}

}  // namespace

int FirstToken(const char* query) {
  int first = 0;
  ForEachToken(query, [&](int offset) {
    first = offset;
    return true;
  });
  return first;
}

int FindKeywords(const char* query, std::initializer_list<const char*> keywords) {
  int begin = -1;
  auto wanted = keywords.begin();
  ForEachToken(query, [&](int offset) {
    if (!IsWord(query + offset, *wanted)) {
      // It may be the first one of another place.
      wanted = keywords.begin();
      if (!IsWord(query + offset, *wanted)) return false;
    }
    if (wanted == keywords.begin()) begin = offset;
    return ++wanted == keywords.end();
  });
  return wanted == keywords.end() ? begin : -1;
}

}  // namespace pg_checker::postgres
