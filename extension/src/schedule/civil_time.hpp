// A minute of local time, as clocks on the wall show it.
#pragma once

namespace pg_checker::schedule {

struct CivilMinute {
  int year;
  int month;   // 1 to 12
  int day;     // 1 to 31
  int hour;    // 0 to 23
  int minute;  // 0 to 59
  bool operator==(const CivilMinute&) const = default;
};

int DaysInMonth(int year, int month);
// 0 = Sunday.
int DayOfWeek(int year, int month, int day);

}  // namespace pg_checker::schedule
