// A dataset as it is stored, and what its query can ask while it runs.
#pragma once

#include "engine/result.hpp"
#include "postgres/json_parts.hpp"
#include "postgres/object_name.hpp"
#include "postgres/server.hpp"

namespace pg_checker::postgres {

struct Dataset {
  int64_t id;
  ObjectName name;
  bool of_checker = false;  // a query that is a checker's program: its name is the checker's
  std::string query;
  JsonMembers params;
  std::string search_path;  // of its creation, ends with pg_temp
  JsonMembers settings;     // of its creation: dataset_settings.hpp
  Oid owner;

  // For messages: dataset "default.users".
  std::string Shown() const {
    return (of_checker ? "query of checker \"" : "dataset \"") + name.Qualified() + "\"";
  }
};

// Loads datasets by name, in the order of `names`; a missing one is an empty optional. Throws
// PostgresError for errors of the server. Writes nothing.
std::vector<std::optional<Dataset>> LoadDatasets(const std::vector<ObjectName>& names);

// Like LoadDatasets for one, but a missing dataset is an error (undefined_object).
Dataset RequireDataset(const ObjectName& name);
[[noreturn]] void ThrowUnknownDataset(const ObjectName& name);

// The Error of a dataset whose owner was dropped, which nobody's rights can read.
std::optional<engine::Error> WithoutOwner(const Dataset& dataset);

// What checker.param answers from while a query runs: the merged parameters; null outside of a run.
// The object must outlive the query.
void SetQueryParameters(const JsonMembers* params);
const JsonMembers* QueryParameters();

// A parameter as text: a string as it is, anything else as JSON; nothing if it is absent or null.
std::optional<std::string> ParameterText(const JsonMembers& params, const std::string& name);

// `over` laid over `base`, key by key.
JsonMembers MergeParams(const JsonMembers& base, const JsonMembers& over);

}  // namespace pg_checker::postgres
