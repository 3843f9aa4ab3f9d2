// A checker as it was created: its program and options, for changing them.
#pragma once

#include "postgres/checker_options.hpp"
#include "postgres/checker_program.hpp"

namespace pg_checker::postgres {

struct StoredChecker {
  CheckerProgram program;  // of the current version, complete
  std::vector<std::string> datasets;
  CheckerOptions options;
};

// Loads the checker with that id, which exists. Throws PostgresError.
StoredChecker LoadStored(int64_t id);

}  // namespace pg_checker::postgres
