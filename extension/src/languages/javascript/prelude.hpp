// The text of prelude.js.
#pragma once

#include <string_view>

namespace pg_checker::languages {

extern const std::string_view kJavaScriptPrelude;

}  // namespace pg_checker::languages
