// Results that go into files.
#pragma once

#include <string>

#include "result.hpp"

namespace pg_checker::ctl {

// Writes a text to a file, or prints it where the path is empty.
Result<void> PrintTo(const std::string& path, const std::string& text);

// Writes a new file; fails if there is one.
Result<void> WriteNew(const std::string& path, const std::string& text);

}  // namespace pg_checker::ctl
