// What earlier runs of a checker have recorded: figures that a metric had, and how a rule ended.
// Reads only, as the extension's owner; works on a standby.
#pragma once

#include "assertions/rules/rule.hpp"
#include "postgres/server.hpp"

namespace pg_checker::postgres {

// Numbers are text, as numeric writes them. All of these throw PostgresError.

// How `current` has changed since the runs that `change` names, in its unit; nothing where there
// are too few of them. `label` is the metric's; `now` in µs since 2000-01-01 UTC.
std::optional<std::string> ChangeSince(int64_t checker_id, const std::string& label,
                                       const assertions::rules::Change& change, TimestampTz now,
                                       const std::string& current);

// Whether the rule of that place (from 1) failed when it was last recorded under this version.
bool FailedLastTime(int64_t checker_id, int version, int place);

// 100 × part / whole; nothing if the whole is 0.
std::optional<std::string> PercentOf(const std::string& part, const std::string& whole);

// Whether a number is within a bound of a rule on a metric.
bool NumberHolds(const assertions::rules::Rule& rule, const assertions::rules::Bound& bound,
                 const std::string& number);

}  // namespace pg_checker::postgres
