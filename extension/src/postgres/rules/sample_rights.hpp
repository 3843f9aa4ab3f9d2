// Whether a dataset's query may show failing rows: it runs as the dataset's owner, who needs the
// right to call the aggregates that collect them. Whoever lost access to the extension since the
// dataset was made has failing rows counted, and not shown.
#pragma once

#include "postgres/server.hpp"

namespace pg_checker::postgres {

// Throws PostgresError.
bool MaySampleRows(Oid owner);

}  // namespace pg_checker::postgres
