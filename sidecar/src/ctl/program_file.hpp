// Reads one source or module file as a program.
#pragma once

#include <string>

#include "ctl/trial.hpp"
#include "result.hpp"

namespace pg_checker::ctl {

// A binary is known by its first bytes; else `language`, or if that is empty the file's name, says
// which language it is. The program's name is "test".
Result<Program> ReadProgramFile(const std::string& path, const std::string& language);

}  // namespace pg_checker::ctl
