// The text of the files in prelude/.
#pragma once

#include <string_view>

namespace pg_checker::languages {

extern const std::string_view kJavaScriptPrelude;

}  // namespace pg_checker::languages
