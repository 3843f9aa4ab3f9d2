// Files read and written in one piece.
#pragma once

#include <string>
#include <string_view>

#include "compile/failure.hpp"

namespace pg_checker::compile {

// Both fail with kCache: every file of this program lies in the cache directory.
Outcome<std::string> ReadWholeFile(const std::string& path);
Outcome<Done> WriteWholeFile(const std::string& path, std::string_view bytes);

// Reads from an open descriptor to its end, at most `limit_bytes`; counts the rest into
// `*dropped_bytes`.
Outcome<std::string> ReadDescriptor(int fd, uint64_t limit_bytes, uint64_t* dropped_bytes);
// Writes all of `bytes`; the result is false on an error, with errno.
bool WriteDescriptor(int fd, std::string_view bytes);

}  // namespace pg_checker::compile
