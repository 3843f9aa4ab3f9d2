// How a run, or one assertion of it, ended. Ordered from good to bad, as the SQL type
// checker.status.
#pragma once

#include <optional>
#include <string_view>

namespace pg_checker::assertions {

enum class Status { kOk, kWarn, kFail, kNoData, kError };

// The label in SQL and JSON: "ok", "warn", "fail", "no_data", "error".
std::string_view StatusName(Status status);
std::optional<Status> StatusFromName(std::string_view name);

}  // namespace pg_checker::assertions
