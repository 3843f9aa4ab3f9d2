#include <gtest/gtest.h>

#include <initializer_list>

#include "schedule/schedule.hpp"

namespace pg_checker::schedule {
namespace {

Cron Parse(std::string_view text) {
  auto cron = ParseCron(text);
  EXPECT_TRUE(cron.ok()) << text << ": " << (cron.ok() ? "" : cron.error().message);
  return cron.ok() ? *cron : Cron{};
}

uint64_t Bits(std::initializer_list<int> values) {
  uint64_t bits = 0;
  for (int value : values) bits |= uint64_t{1} << value;
  return bits;
}

uint64_t Range(int low, int high) {
  uint64_t bits = 0;
  for (int value = low; value <= high; value++) bits |= uint64_t{1} << value;
  return bits;
}

TEST(CronParsing, AStarIsEverything) {
  const Cron cron = Parse("* * * * *");
  EXPECT_EQ(cron.minutes, Range(0, 59));
  EXPECT_EQ(cron.hours, Range(0, 23));
  EXPECT_EQ(cron.days, Range(1, 31));
  EXPECT_EQ(cron.months, Range(1, 12));
  EXPECT_EQ(cron.weekdays & Range(0, 6), Range(0, 6));
  EXPECT_FALSE(cron.day_restricted);
  EXPECT_FALSE(cron.weekday_restricted);
}

TEST(CronParsing, TakesValuesRangesListsAndSteps) {
  EXPECT_EQ(Parse("0 0 1 1 0").minutes, Bits({0}));
  EXPECT_EQ(Parse("59 23 31 12 6").hours, Bits({23}));
  EXPECT_EQ(Parse("10-13 * * * *").minutes, Bits({10, 11, 12, 13}));
  EXPECT_EQ(Parse("5-5 * * * *").minutes, Bits({5}));
  EXPECT_EQ(Parse("1,2,40 * * * *").minutes, Bits({1, 2, 40}));
  EXPECT_EQ(Parse("1-3,2-5,50 * * * *").minutes, Bits({1, 2, 3, 4, 5, 50}));
  EXPECT_EQ(Parse("*/20 * * * *").minutes, Bits({0, 20, 40}));
  EXPECT_EQ(Parse("*/7 * * * *").minutes, Bits({0, 7, 14, 21, 28, 35, 42, 49, 56}));
  EXPECT_EQ(Parse("10-30/10 * * * *").minutes, Bits({10, 20, 30}));
  EXPECT_EQ(Parse("* 5/6 * * *").hours, Bits({5, 11, 17, 23}));
  EXPECT_EQ(Parse("* * */10 * *").days, Bits({1, 11, 21, 31}));
  EXPECT_EQ(Parse("*/100 * * * *").minutes, Bits({0}));
  EXPECT_EQ(Parse("0,*/30 * * * *").minutes, Bits({0, 30}));
}

TEST(CronParsing, TakesNamesInAnyCase) {
  EXPECT_EQ(Parse("* * * jan *").months, Bits({1}));
  EXPECT_EQ(Parse("* * * MAR-May,dec *").months, Bits({3, 4, 5, 12}));
  EXPECT_EQ(Parse("* * * * mon-fri").weekdays, Bits({1, 2, 3, 4, 5}));
  EXPECT_EQ(Parse("* * * * Sun").weekdays & Range(0, 6), Bits({0}));
  EXPECT_EQ(Parse("* * * * tue/2").weekdays & Range(0, 6),
            Bits({0, 2, 4, 6}) & Parse("* * * * 2-7/2").weekdays);
}

TEST(CronParsing, SevenIsSundayToo) {
  EXPECT_EQ(Parse("* * * * 7").weekdays & Range(0, 6), Bits({0}));
  EXPECT_EQ(Parse("* * * * 5-7").weekdays & Range(0, 6), Bits({0, 5, 6}));
}

TEST(CronParsing, TakesAnyWhiteSpace) { EXPECT_EQ(Parse("  1\t2  3\n4 5 ").minutes, Bits({1})); }

TEST(CronParsing, KnowsNicknames) {
  const std::pair<const char*, const char*> nicknames[] = {
      {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"},
      {"@weekly", "0 0 * * 0"}, {"@daily", "0 0 * * *"},    {"@midnight", "0 0 * * *"},
      {"@hourly", "0 * * * *"}};
  for (const auto& [nickname, expression] : nicknames) {
    const Cron by_name = Parse(nickname);
    const Cron by_fields = Parse(expression);
    EXPECT_EQ(by_name.minutes, by_fields.minutes) << nickname;
    EXPECT_EQ(by_name.hours, by_fields.hours) << nickname;
    EXPECT_EQ(by_name.days, by_fields.days) << nickname;
    EXPECT_EQ(by_name.months, by_fields.months) << nickname;
    EXPECT_EQ(by_name.weekdays, by_fields.weekdays) << nickname;
  }
}

TEST(CronParsing, KnowsWhichDayFieldsRestrict) {
  EXPECT_TRUE(Parse("* * 1 * *").day_restricted);
  EXPECT_FALSE(Parse("* * 1 * *").weekday_restricted);
  EXPECT_TRUE(Parse("* * * * 1").weekday_restricted);
  // As Vixie cron has it: a field that begins with a star does not.
  EXPECT_FALSE(Parse("* * */2 * 1").day_restricted);
}

struct Refusal {
  const char* text;
  const char* named;  // in the message
};

class CronRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(CronRefuses, AndNamesTheFault) {
  const auto cron = ParseCron(GetParam().text);
  ASSERT_FALSE(cron.ok());
  EXPECT_EQ(cron.error().kind, engine::ErrorKind::kSyntax);
  EXPECT_NE(cron.error().message.find(GetParam().named), std::string::npos) << cron.error().message;
  EXPECT_FALSE(cron.error().hint.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Cron, CronRefuses,
    testing::Values(Refusal{"", "not a schedule"}, Refusal{"* * * *", "not a schedule"},
                    Refusal{"* * * * * *", "not a schedule"}, Refusal{"@reboot", "not a schedule"},
                    Refusal{"60 * * * *", "minute"}, Refusal{"* 24 * * *", "hour"},
                    Refusal{"* * 0 * *", "day of month"}, Refusal{"* * 32 * *", "day of month"},
                    Refusal{"* * * 0 *", "month"}, Refusal{"* * * 13 *", "month"},
                    Refusal{"* * * * 8", "day of week"}, Refusal{"-1 * * * *", "minute"},
                    Refusal{"+1 * * * *", "minute"}, Refusal{"1.5 * * * *", "minute"},
                    Refusal{"x * * * *", "minute"}, Refusal{"1x * * * *", "minute"},
                    Refusal{", * * * *", "minute"}, Refusal{"1, * * * *", "minute"},
                    Refusal{"1,,2 * * * *", "minute"}, Refusal{"5-1 * * * *", "minute"},
                    Refusal{"1- * * * *", "minute"}, Refusal{"-5 * * * *", "minute"},
                    Refusal{"1-2-3 * * * *", "minute"}, Refusal{"*/0 * * * *", "minute"},
                    Refusal{"*/ * * * *", "minute"}, Refusal{"*/-1 * * * *", "minute"},
                    Refusal{"*/x * * * *", "minute"}, Refusal{"*/2/2 * * * *", "minute"},
                    Refusal{"/2 * * * *", "minute"}, Refusal{"** * * * *", "minute"},
                    Refusal{"*5 * * * *", "minute"},
                    Refusal{"99999999999999999999 * * * *", "minute"},
                    Refusal{"jan * * * *", "minute"}, Refusal{"* * * mon *", "month"},
                    Refusal{"* * * * jan", "day of week"}, Refusal{"* * * january *", "month"},
                    Refusal{"*/99999999999 * * * *", "minute"}));

TEST(LooksLikeCron, TellsItFromIntervals) {
  EXPECT_TRUE(LooksLikeCron("* * * * *"));
  EXPECT_TRUE(LooksLikeCron("@daily"));
  EXPECT_TRUE(LooksLikeCron("@nonsense"));
  EXPECT_FALSE(LooksLikeCron("30 seconds"));
  EXPECT_FALSE(LooksLikeCron("1 day 2 hours"));
  EXPECT_FALSE(LooksLikeCron(""));
  EXPECT_FALSE(LooksLikeCron("PT5M"));
}

}  // namespace
}  // namespace pg_checker::schedule
