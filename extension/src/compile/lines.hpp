// Generated C as lines.
#pragma once

#include <algorithm>
#include <string_view>

namespace pg_checker::compile {

// Takes the first line off `text`; it comes without its newline.
inline std::string_view NextLine(std::string_view& text) {
  size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return line;
}

// Blanks that a line begins with.
inline size_t Indentation(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

}  // namespace pg_checker::compile
