// Creating and dropping checkers.
#pragma once

#include "postgres/checker_options.hpp"
#include "postgres/checker_program.hpp"
#include "postgres/object_name.hpp"
#include "postgres/stored_checker.hpp"

namespace pg_checker::postgres {

// Checks the program, whose language exists, and stores; the checker's id. Throws PostgresError:
// the program's faults, a name that is taken, an unknown dataset or one of another role's.
int64_t CreateChecker(const ObjectName& name, CheckerProgram program,
                      const std::vector<std::string>& datasets, const CheckerOptions& options);

// Locks the checker until the end of the transaction and loads it. Throws PostgresError: an unknown
// one, one of another role's.
StoredChecker LockForChange(const ObjectName& name);

// Stores a changed checker; the program is checked again if `recheck`. A changed program is a new
// version.
void StoreChanged(const ObjectName& name, StoredChecker changed, bool recheck);

// Resolves a firing alarm, then drops it with its versions and runs.
void DropChecker(const ObjectName& name);

}  // namespace pg_checker::postgres
