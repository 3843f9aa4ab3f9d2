// Business days: Monday to Friday, less the days of table checker.holiday.
#pragma once

#include "postgres/server.hpp"

namespace pg_checker::postgres {

// Whether the local day of `at` is one, in `time_zone`, else checker.time_zone, else TimeZone.
// Throws PostgresError.
bool IsBusinessDay(TimestampTz at, const std::optional<std::string>& time_zone);

// The zone itself: of the name if it is given, else of the settings. Never null; throws
// PostgresError for an unknown name.
pg_tz* ZoneOrDefault(const std::optional<std::string>& time_zone);

}  // namespace pg_checker::postgres
