#include "postgres/due_time.hpp"

#include "postgres/business_day.hpp"
#include "postgres/error_bridge.hpp"
#include "schedule/schedule.hpp"

extern "C" {
#include "utils/datetime.h"
#include "utils/fmgrprotos.h"
}

namespace pg_checker::postgres {

namespace {

[[noreturn]] void ThrowSchedule(engine::Error error) {
  error.sqlstate = "22023";
  Throw(error);
}

Interval ParseInterval(const std::string& text) {
  Interval interval = {};
  ErrorData* error = CatchIn([&] {
    interval =
        *DatumGetIntervalP(DirectFunctionCall3(interval_in, CStringGetDatum(text.c_str()),
                                               ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
  });
  const bool positive =
      interval.month * 30LL * USECS_PER_DAY + interval.day * USECS_PER_DAY + interval.time > 0;
  if (error != nullptr || !positive) {
    ThrowSchedule(
        {engine::ErrorKind::kSyntax, "\"" + text + "\" is not a schedule",
         error ? "" : "An interval must be positive.",
         "Use cron's five fields, as in '*/5 * * * *', or an interval, as in '30 seconds'."});
  }
  return interval;
}

// Nothing if there is no such time.
std::optional<TimestampTz> PlusInterval(TimestampTz at, Interval interval) {
  TimestampTz sum = 0;
  ErrorData* error = CatchIn([&] {
    sum = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval, TimestampTzGetDatum(at),
                                                  IntervalPGetDatum(&interval)));
  });
  return error == nullptr ? std::optional(sum) : std::nullopt;
}

schedule::Cron ParseCronOrThrow(const std::string& text) {
  auto cron = schedule::ParseCron(text);
  if (!cron) ThrowSchedule(cron.error());
  return *cron;
}

TimestampTz NextCron(const schedule::Cron& cron, pg_tz* zone, TimestampTz now) {
  struct pg_tm local;
  fsec_t fraction;
  int offset;
  if (timestamp2tm(now, &offset, &local, &fraction, nullptr, zone) != 0) {
    Throw({engine::ErrorKind::kSyntax, "timestamp out of range", "", "", "22008"});
  }
  schedule::CivilMinute at = {local.tm_year, local.tm_mon, local.tm_mday, local.tm_hour,
                              local.tm_min};
  for (;;) {
    auto next = schedule::NextMatch(cron, at);
    if (!next) ThrowSchedule(next.error());
    struct pg_tm tm = {};
    tm.tm_year = next->year;
    tm.tm_mon = next->month;
    tm.tm_mday = next->day;
    tm.tm_hour = next->hour;
    tm.tm_min = next->minute;
    int zone_offset = DetermineTimeZoneOffset(&tm, zone);
    TimestampTz due;
    if (tm2timestamp(&tm, 0, &zone_offset, &due) != 0) {
      Throw({engine::ErrorKind::kSyntax, "timestamp out of range", "", "", "22008"});
    }
    // When clocks are set back a local time may name an instant that has passed.
    if (due > now) return due;
    at = *next;
  }
}

}  // namespace

void CheckSchedule(const std::string& schedule, const std::optional<std::string>& time_zone) {
  NextDue(schedule, time_zone, GetCurrentTimestamp());
}

TimestampTz FirstDue(const std::string& schedule, const std::optional<std::string>& time_zone,
                     TimestampTz now) {
  return schedule::LooksLikeCron(schedule) ? NextDue(schedule, time_zone, now) : now;
}

TimestampTz NextDue(const std::string& schedule, const std::optional<std::string>& time_zone,
                    TimestampTz now) {
  if (schedule::LooksLikeCron(schedule)) {
    return NextCron(ParseCronOrThrow(schedule), ZoneOrDefault(time_zone), now);
  }
  if (const auto due = PlusInterval(now, ParseInterval(schedule))) return *due;
  ThrowSchedule({engine::ErrorKind::kSyntax, "schedule \"" + schedule + "\" never comes", "",
                 "Choose a shorter interval."});
}

}  // namespace pg_checker::postgres
