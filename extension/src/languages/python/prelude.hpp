// The text of the program in folder prelude.
#pragma once

#include <string_view>

namespace pg_checker::languages {

extern const std::string_view kPythonPrelude;

}  // namespace pg_checker::languages
