// Settings that decide what a query means, or how its values look: some are as they were when the
// dataset was created, the others the same for all. So whoever runs a checker, with whatever
// settings, sees the same rows.
#pragma once

#include "postgres/json_parts.hpp"
#include "postgres/server.hpp"

namespace pg_checker::postgres {

// Those of the present session that a new dataset keeps, by name; values are JSON strings. Throws
// PostgresError.
JsonMembers SettingsToKeep();

// Sets a dataset's settings until the end of the current GUC nesting level. Raises; keep to the
// rules of Catch.
void PinDatasetSettings(const JsonMembers& kept);
// One of them.
void PinSetting(const char* name, const char* value);

}  // namespace pg_checker::postgres
