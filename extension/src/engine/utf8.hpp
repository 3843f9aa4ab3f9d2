// UTF-8 as RFC 3629 defines it: no surrogates, no overlong forms, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pg_checker::engine {

// U+FFFD, what stands for text that cannot be shown.
inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

// Bytes at the start of `text` that are whole, valid sequences: text.size() if all of it is valid.
size_t ValidUtf8Prefix(std::string_view text);

// `text`, which is valid, if it has at most `limit_bytes`; else as many whole characters as fit,
// and three dots: ASCII, because a client's encoding may have no ellipsis.
std::string Shortened(std::string_view text, size_t limit_bytes);

// `text` with U+FFFD for each NUL, which PostgreSQL's text cannot hold.
std::string WithoutNul(std::string text);

// `bytes` as text: U+FFFD for each NUL and for each maximal part of an invalid sequence (Unicode
// 15, section 3.9).
std::string ShowAsText(std::string_view bytes);

}  // namespace pg_checker::engine
