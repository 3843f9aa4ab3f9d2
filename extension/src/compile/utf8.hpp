// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace pg_checker::compile {

// Bytes of the sequence that `text` begins with, 1 to 4; 0 if it begins with none, or is empty.
size_t Utf8SequenceLength(std::string_view text);

// Offset of the first byte that is not part of a sequence; npos if `text` is UTF-8 throughout.
size_t FirstInvalidUtf8(std::string_view text);

}  // namespace pg_checker::compile
