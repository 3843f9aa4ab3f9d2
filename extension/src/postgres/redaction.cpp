#include "postgres/redaction.hpp"

#include <string_view>

#include "postgres/server.hpp"
#include "postgres/settings.hpp"

namespace pg_checker::postgres {

namespace {

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// Takes the next name, and the comma behind it, off the list.
std::string_view NextName(std::string_view& list) {
  bool quoted = false;
  size_t end = 0;
  while (end < list.size() && (quoted || list[end] != ',')) {
    if (list[end] == '"') quoted = !quoted;
    end++;
  }
  const std::string_view name = Trimmed(list.substr(0, end));
  list.remove_prefix(end < list.size() ? end + 1 : end);
  return name;
}

// A doubled quote in a quoted name is one of the name's own.
bool IsName(std::string_view name, const char* column) {
  const bool quoted = name.size() >= 2 && name.front() == '"' && name.back() == '"';
  if (quoted) name = name.substr(1, name.size() - 2);
  size_t at = 0;
  for (size_t i = 0; i < name.size(); i++, at++) {
    if (quoted && name[i] == '"' && i + 1 < name.size() && name[i + 1] == '"') i++;
    const auto wanted = pg_ascii_tolower(static_cast<unsigned char>(name[i]));
    if (pg_ascii_tolower(static_cast<unsigned char>(column[at])) != wanted) return false;
  }
  return column[at] == '\0';
}

}  // namespace

bool IsRedacted(const char* column) {
  for (std::string_view list = settings.redact_columns; !list.empty();) {
    if (IsName(NextName(list), column)) return true;
  }
  return false;
}

}  // namespace pg_checker::postgres
