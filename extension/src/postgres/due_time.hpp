// When a schedule comes due, on PostgreSQL's own time zone code.
#pragma once

#include "postgres/server.hpp"

namespace pg_checker::postgres {

// Checks a schedule and its time zone; throws PostgresError that says what is wrong with it.
void CheckSchedule(const std::string& schedule, const std::optional<std::string>& time_zone);

// The first time of a new schedule: an interval is due at once, cron at its next time.
TimestampTz FirstDue(const std::string& schedule, const std::optional<std::string>& time_zone,
                     TimestampTz now);

// The time after a run at `now`.
TimestampTz NextDue(const std::string& schedule, const std::optional<std::string>& time_zone,
                    TimestampTz now);

}  // namespace pg_checker::postgres
