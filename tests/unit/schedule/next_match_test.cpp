#include <gtest/gtest.h>

#include <ostream>

#include "schedule/schedule.hpp"

namespace pg_checker::schedule {

void PrintTo(const CivilMinute& at, std::ostream* out) {
  *out << at.year << "-" << at.month << "-" << at.day << " " << at.hour << ":" << at.minute;
}

namespace {

CivilMinute Next(const char* expression, const CivilMinute& after) {
  auto cron = ParseCron(expression);
  EXPECT_TRUE(cron.ok()) << expression;
  auto next = NextMatch(*cron, after);
  EXPECT_TRUE(next.ok()) << expression;
  return next.ok() ? *next : CivilMinute{};
}

struct Case {
  const char* expression;
  CivilMinute after;
  CivilMinute next;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.expression; }

class NextMatchOf : public testing::TestWithParam<Case> {};

TEST_P(NextMatchOf, IsTheFirstAfterwards) {
  EXPECT_EQ(Next(GetParam().expression, GetParam().after), GetParam().next);
}

INSTANTIATE_TEST_SUITE_P(Cron, NextMatchOf,
                         testing::Values(
                             // Never the minute itself.
                             Case{"* * * * *", {2024, 5, 6, 7, 8}, {2024, 5, 6, 7, 9}},
                             Case{"8 7 * * *", {2024, 5, 6, 7, 8}, {2024, 5, 7, 7, 8}},
                             Case{"*/5 * * * *", {2024, 5, 6, 7, 8}, {2024, 5, 6, 7, 10}},
                             // Ends of hours, days, months and years.
                             Case{"* * * * *", {2024, 5, 6, 7, 59}, {2024, 5, 6, 8, 0}},
                             Case{"30 * * * *", {2024, 5, 6, 23, 30}, {2024, 5, 7, 0, 30}},
                             Case{"* * * * *", {2024, 4, 30, 23, 59}, {2024, 5, 1, 0, 0}},
                             Case{"* * * * *", {2023, 12, 31, 23, 59}, {2024, 1, 1, 0, 0}},
                             Case{"0 12 * * *", {2024, 2, 28, 13, 0}, {2024, 2, 29, 12, 0}},
                             Case{"0 12 * * *", {2023, 2, 28, 13, 0}, {2023, 3, 1, 12, 0}},
                             Case{"0 0 31 * *", {2024, 1, 31, 0, 0}, {2024, 3, 31, 0, 0}},
                             Case{"0 0 30 * *", {2023, 1, 30, 0, 0}, {2023, 3, 30, 0, 0}},
                             Case{"15 3 1 1 *", {2024, 1, 1, 3, 15}, {2025, 1, 1, 3, 15}},
                             // An hour further on begins with its first minute.
                             Case{"10,50 8,9 * * *", {2024, 5, 6, 8, 50}, {2024, 5, 6, 9, 10}},
                             Case{"10,50 8,9 * * *", {2024, 5, 6, 9, 50}, {2024, 5, 7, 8, 10}},
                             // Leap days, over a century without one too.
                             Case{"0 0 29 2 *", {2023, 6, 1, 0, 0}, {2024, 2, 29, 0, 0}},
                             Case{"0 0 29 2 *", {2024, 2, 29, 0, 0}, {2028, 2, 29, 0, 0}},
                             Case{"0 0 29 2 *", {2096, 2, 29, 0, 0}, {2104, 2, 29, 0, 0}},
                             // 2024-05-06 is a Monday.
                             Case{"0 9 * * mon", {2024, 5, 6, 9, 0}, {2024, 5, 13, 9, 0}},
                             Case{"0 9 * * 1-5", {2024, 5, 10, 9, 0}, {2024, 5, 13, 9, 0}},
                             Case{"0 9 * * 0", {2024, 5, 6, 9, 0}, {2024, 5, 12, 9, 0}},
                             Case{"0 9 * * 7", {2024, 5, 6, 9, 0}, {2024, 5, 12, 9, 0}},
                             // Both days restricted: either will do.
                             Case{"0 0 13 * fri", {2024, 5, 6, 0, 0}, {2024, 5, 10, 0, 0}},
                             Case{"0 0 13 * fri", {2024, 5, 10, 0, 0}, {2024, 5, 13, 0, 0}},
                             // One of them a star: the other one decides.
                             Case{"0 0 13 * *", {2024, 5, 6, 0, 0}, {2024, 5, 13, 0, 0}},
                             // A star with a step does not count as restricted: both must match. 19
                             // May 2024 is an odd Sunday.
                             Case{"0 0 */2 * sun", {2024, 5, 6, 0, 0}, {2024, 5, 19, 0, 0}},
                             // Months.
                             Case{"0 0 1 */3 *", {2024, 5, 6, 0, 0}, {2024, 7, 1, 0, 0}},
                             Case{"@yearly", {2024, 5, 6, 0, 0}, {2025, 1, 1, 0, 0}}));

TEST(NextMatch, SaysThatADayNeverComes) {
  for (const char* expression : {"0 0 31 2 *", "0 0 30 2 *", "0 0 31 4,6,9,11 *"}) {
    auto cron = ParseCron(expression);
    ASSERT_TRUE(cron.ok());
    const auto next = NextMatch(*cron, {2024, 1, 1, 0, 0});
    ASSERT_FALSE(next.ok()) << expression;
    EXPECT_EQ(next.error().message, "the schedule never comes due");
  }
}

// Minute by minute through a leap year, against a walk that tries every minute.
TEST(NextMatch, MissesNothingInAYear) {
  for (const char* expression :
       {"7,41 */5 * * *", "30 6 1,15 * wed", "59 23 28-31 2,12 *", "0 0 * feb mon"}) {
    auto cron = ParseCron(expression);
    ASSERT_TRUE(cron.ok());
    CivilMinute found = {2023, 12, 31, 23, 59};
    for (int month = 1; month <= 12; month++) {
      for (int day = 1; day <= DaysInMonth(2024, month); day++) {
        if (!cron->MatchesDay(2024, month, day)) continue;
        for (int minute = 0; minute < 24 * 60; minute++) {
          if (!((cron->hours >> (minute / 60)) & 1) || !((cron->minutes >> (minute % 60)) & 1))
            continue;
          auto next = NextMatch(*cron, found);
          ASSERT_TRUE(next.ok());
          found = *next;
          ASSERT_EQ(found, (CivilMinute{2024, month, day, minute / 60, minute % 60})) << expression;
        }
      }
    }
  }
}

}  // namespace
}  // namespace pg_checker::schedule
