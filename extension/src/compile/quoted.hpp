// Text that a user chose (names of imports and exports), made fit for a one-line message.
#pragma once

#include <string>
#include <string_view>

namespace pg_checker::compile {

// `text` in double quotes: control characters, quotes, backslashes and bytes that are not UTF-8 as
// \xx in hexadecimal, as WebAssembly's text format writes them; cut after 80 bytes.
std::string Quoted(std::string_view text);

// The same without quotes and cut after `limit` bytes, for messages of other programs.
std::string OneLine(std::string_view text, size_t limit);

}  // namespace pg_checker::compile
