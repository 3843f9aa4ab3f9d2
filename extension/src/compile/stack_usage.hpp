// The stack frames of the functions just compiled. The stack check of a function entry looks at the
// address that its frame reaches, but the frame is already in use by then; so a frame must fit into
// the room that the host leaves below the limit.
#pragma once

#include <string>
#include <string_view>

#include "compile/failure.hpp"

namespace pg_checker::compile {

inline constexpr uint64_t kFrameLimitBytes = 16384;

// Reads the .su files that gcc's -fstack-usage left in the directory. Fails with kInvalidModule and
// the number of the function, or with kCompileFailed if there is nothing to read.
Outcome<Done> CheckStackUsage(const std::string& directory);

// The same for the text of one such file: lines of "file:line:column:function TAB bytes TAB
// qualifiers".
Outcome<Done> CheckStackUsageText(std::string_view text);

}  // namespace pg_checker::compile
