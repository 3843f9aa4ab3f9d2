// Values of CSV as COPY … CSV writes them (RFC 4180): what the guest ABI promises for datasets.
#pragma once

#include <string>
#include <string_view>

namespace pg_checker::engine {

// Appends one value that is not NULL, quoted where it must be; NULL is written as nothing at all.
// `alone`: it is its line's only value, where \. must be quoted.
void AppendCsvValue(std::string& out, std::string_view value, bool alone);

}  // namespace pg_checker::engine
