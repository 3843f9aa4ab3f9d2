// Checkers as a gate: a migration that breaks one rolls back.
#pragma once

#include <vector>

#include "postgres/object_name.hpp"

namespace pg_checker::postgres {

// Evaluates the checkers, or all enabled ones if `names` is empty, on what the transaction sees.
// Throws PostgresError with SQLSTATE PC001 that lists those which fail, have no data or cannot
// tell. Writes and sends nothing.
void Require(const std::vector<ObjectName>& names);

}  // namespace pg_checker::postgres
