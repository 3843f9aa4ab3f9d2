#include "postgres/business_day.hpp"

#include "postgres/settings.hpp"
#include "postgres/statement.hpp"

extern "C" {
#include "utils/date.h"
#include "utils/datetime.h"
}

namespace pg_checker::postgres {

namespace {

Statement find_holiday(
    "SELECT FROM checker.holiday h WHERE h.day = $1 AND ($2 = '' OR h.calendar = $2) LIMIT 1",
    {DATEOID, TEXTOID});

}  // namespace

pg_tz* ZoneOrDefault(const std::optional<std::string>& time_zone) {
  const char* name = time_zone ? time_zone->c_str() : settings.time_zone;
  if (name[0] == '\0') return session_timezone;
  pg_tz* zone = pg_tzset(name);
  if (zone == nullptr) {
    Throw({engine::ErrorKind::kSyntax, std::string("time zone \"") + name + "\" is not known", "",
           "Choose one of pg_timezone_names.", "22023"});
  }
  return zone;
}

bool IsBusinessDay(TimestampTz at, const std::optional<std::string>& time_zone) {
  struct pg_tm local;
  fsec_t fraction;
  int offset;
  if (timestamp2tm(at, &offset, &local, &fraction, nullptr, ZoneOrDefault(time_zone)) != 0) {
    Throw({engine::ErrorKind::kSyntax, "timestamp out of range", "", "", "22008"});
  }
  const int julian = date2j(local.tm_year, local.tm_mon, local.tm_mday);
  const int day_of_week = j2day(julian);  // 0 = Sunday
  if (day_of_week == 0 || day_of_week == 6) return false;
  bool holiday = false;
  AsExtension([&] {
    const Datum values[] = {DateADTGetDatum(julian - POSTGRES_EPOCH_JDATE),
                            TextDatum(settings.holiday_calendar)};
    holiday = find_holiday.Execute(values) > 0;
  });
  return !holiday;
}

}  // namespace pg_checker::postgres
