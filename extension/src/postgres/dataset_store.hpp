// Creating, dropping and previewing datasets.
#pragma once

#include "postgres/object_name.hpp"
#include "postgres/server.hpp"

namespace pg_checker::postgres {

struct DatasetOptions {
  std::string query;
  std::string params;  // JSON text of an object
  std::optional<std::string> description;
  bool or_replace;
};

// The new dataset's id. Throws PostgresError: the query's faults, a name that is taken, one that
// another role owns.
int64_t CreateDataset(const ObjectName& name, const DatasetOptions& options);

// Changes what is given; a query is checked again, under the present search_path and settings.
struct DatasetChange {
  std::optional<std::string> query;
  std::optional<std::string> params;  // JSON text of an object
  std::optional<std::string> description;
  bool drop_description = false;
};
void AlterDataset(const ObjectName& name, const DatasetChange& change);

// Throws PostgresError if it does not exist, belongs to another role, or is used by a checker
// (unless forced).
void DropDataset(const ObjectName& name, bool force);

// At most `max_rows` rows as JSON text, read as in a run: under the owner's rights, read-only, with
// a deadline.
std::vector<std::string> PreviewDataset(const ObjectName& name, int max_rows);

}  // namespace pg_checker::postgres
