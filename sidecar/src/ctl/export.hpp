// Writes what is stored as definition files.
#pragma once

#include <string>

#include "ctl/database.hpp"

namespace pg_checker::ctl {

// All datasets and checkers that the role may see, with the current version of each program. To
// standard output, a document for each namespace; or into a folder, a file for each namespace and
// one for each module. The same store gives the same bytes, and apply finds nothing to change.
// Returns the exit code.
Result<int> Export(Database& database, const std::string& folder);

}  // namespace pg_checker::ctl
