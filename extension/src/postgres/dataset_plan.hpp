// Plans of datasets' queries, kept for the session; PostgreSQL itself plans anew when a table
// changes.
#pragma once

#include "postgres/dataset.hpp"
#include "postgres/server.hpp"

namespace pg_checker::postgres {

enum class PlanPurpose {
  kFirstRows,  // an assertion that may stop early
  kAllRows,    // everything, in one go; workers may help
  kBatches,    // everything, with the guest in between: workers cannot help then
};

// The plan for a query that is about to run, in its section. *from_cache is set if it was made for
// an earlier run. Raises; keep to the rules of Catch.
SPIPlanPtr PlanOf(const Dataset& dataset, PlanPurpose purpose, bool* from_cache);

// Forgets the dataset's plans. PostgreSQL makes a plan anew when a table or function changes, but
// not when a type does that stands in a constant: such a plan fails until it is forgotten.
void ForgetPlans(const Dataset& dataset);

}  // namespace pg_checker::postgres
