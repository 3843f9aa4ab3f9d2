// Checking rules when their checker is created: the datasets are declared, the columns exist, and
// PostgreSQL can hold them against the values given.
#pragma once

#include "assertions/rules/rule.hpp"
#include "postgres/language.hpp"

namespace pg_checker::postgres {

// Throws PostgresError; faults are named with line and column in `source`.
void CheckRules(const std::vector<assertions::rules::Rule>& rules, const std::string& source,
                const ProgramSite& site);

}  // namespace pg_checker::postgres
