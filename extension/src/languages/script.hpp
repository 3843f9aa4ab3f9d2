// What languages of scripts have in common.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pg_checker::languages {

struct Script {
  std::string_view source;  // UTF-8 without NUL
  std::string name;         // of the checker: what stack traces call the file
};

// Where a script does not parse.
struct SyntaxFault {
  std::string message;
  uint32_t line = 0;    // from 1; 0 if it is not known
  uint32_t column = 0;  // in characters, from 1; 0 if it is not known
};

}  // namespace pg_checker::languages
