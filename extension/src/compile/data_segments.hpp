// Data segments as string literals. wasm2c writes one array element to a byte, which takes gcc more
// than a second and 100 bytes of memory per byte for a megabyte of data; a string literal takes it
// milliseconds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pg_checker::compile {

// Whether a line opens such an array: "static const u8 data_segment_data_w2c_d0[] = {".
bool OpensDataSegment(std::string_view line);

// Takes the lines of the array that `opening` has opened from the front of `rest`, up to "};", and
// returns the declaration that takes their place. Nothing if they are not of the form expected.
std::optional<std::string> RewriteDataSegment(std::string_view opening, std::string_view& rest);

}  // namespace pg_checker::compile
