#include "schedule/civil_time.hpp"

#include <gtest/gtest.h>

namespace pg_checker::schedule {
namespace {

TEST(DaysInMonth, KnowsLeapYears) {
  EXPECT_EQ(DaysInMonth(2023, 2), 28);
  EXPECT_EQ(DaysInMonth(2024, 2), 29);
  EXPECT_EQ(DaysInMonth(2000, 2), 29);
  EXPECT_EQ(DaysInMonth(1900, 2), 28);
  EXPECT_EQ(DaysInMonth(2100, 2), 28);
}

TEST(DaysInMonth, AddsUpToAYear) {
  for (int year : {2023, 2024}) {
    int days = 0;
    for (int month = 1; month <= 12; month++) days += DaysInMonth(year, month);
    EXPECT_EQ(days, year == 2024 ? 366 : 365);
  }
}

TEST(DayOfWeek, IsKnownForSomeDays) {
  EXPECT_EQ(DayOfWeek(1970, 1, 1), 4);
  EXPECT_EQ(DayOfWeek(2000, 1, 1), 6);
  EXPECT_EQ(DayOfWeek(2000, 2, 29), 2);
  EXPECT_EQ(DayOfWeek(2024, 2, 29), 4);
  EXPECT_EQ(DayOfWeek(2026, 11, 22), 0);
}

TEST(DayOfWeek, GoesOnFromDayToDayForFourCenturies) {
  int expected = DayOfWeek(1899, 12, 31);
  for (int year = 1900; year < 2300; year++) {
    for (int month = 1; month <= 12; month++) {
      for (int day = 1; day <= DaysInMonth(year, month); day++) {
        expected = (expected + 1) % 7;
        ASSERT_EQ(DayOfWeek(year, month, day), expected) << year << "-" << month << "-" << day;
      }
    }
  }
}

}  // namespace
}  // namespace pg_checker::schedule
