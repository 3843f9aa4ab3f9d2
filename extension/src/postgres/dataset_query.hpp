// Checking the query of a dataset before it is stored: one read-only statement with named columns.
#pragma once

#include "postgres/json_parts.hpp"
#include "postgres/server.hpp"

namespace pg_checker::postgres {

struct CheckedQuery {
  std::string columns_json;  // [{"name": …, "type": …}] in order
  std::string search_path;   // under which it was checked, and always runs
  JsonMembers settings;      // likewise
};

// Parses, analyses and plans `query` as `owner`, who will run it. Throws PostgresError with the
// position of the fault for a syntax error, a missing object, more than one statement, a
// data-modifying statement (also inside a CTE), a row lock, and, for kUnique, an unnamed or
// duplicate output column.
// What a query's output columns have to be.
enum class ColumnNames {
  kUnique,  // of a dataset, whose readers address columns by name
  kAny,     // of a checker, whose rows only show
};

// `label` is what the query is of, as in `dataset "users"`.
CheckedQuery CheckQuery(const std::string& label, const std::string& query, Oid owner,
                        ColumnNames names);

// Parses `query` and nothing else. Throws PostgresError unless it is one statement.
void RequireOneStatement(const std::string& label, const std::string& query);

// The search_path under which CheckQuery would check now. Throws PostgresError.
std::string CurrentSearchPath();

}  // namespace pg_checker::postgres
