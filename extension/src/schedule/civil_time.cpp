#include "schedule/civil_time.hpp"

namespace pg_checker::schedule {

int DaysInMonth(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

int DayOfWeek(int year, int month, int day) {
  // Zeller's congruence, with January and February counted to the year before.
  if (month < 3) {
    month += 12;
    year--;
  }
  const int h = (day + 13 * (month + 1) / 5 + year + year / 4 - year / 100 + year / 400) % 7;
  return (h + 6) % 7;
}

}  // namespace pg_checker::schedule
