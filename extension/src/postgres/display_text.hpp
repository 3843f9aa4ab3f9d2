// Bytes that a guest wrote, as text that PostgreSQL can store: what is not UTF-8, and NUL, shows as
// U+FFFD.
#pragma once

#include <string>
#include <string_view>

namespace pg_checker::postgres {

// Each maximal part of an ill-formed sequence becomes one U+FFFD (Unicode 15, section 3.9).
std::string DisplayText(std::string_view bytes);

}  // namespace pg_checker::postgres
