// Every state with every event, as a table.
#include "alarms/alarm.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace pg_checker::alarms {
namespace {

using assertions::Status;

constexpr int64_t kStart = 1000;

Event Alarming(int64_t at_us, Status status = Status::kFail, const char* severity = "warning") {
  return {at_us, true, status, severity};
}

Event Fine(int64_t at_us) { return {at_us, false, Status::kOk, "warning"}; }

Alarm In(State state, int failing, int passing, std::optional<Status> announced = std::nullopt) {
  Alarm alarm;
  alarm.state = state;
  alarm.since_us = kStart;
  alarm.failing_runs = failing;
  alarm.passing_runs = passing;
  alarm.announced = announced;
  if (announced) alarm.announced_severity = "warning";
  return alarm;
}

struct Case {
  const char* name;
  Alarm before;
  Policy policy;
  Event event;
  State state;
  Notice notice;
  int64_t since_us;
  std::optional<Status> announced;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class Transition : public testing::TestWithParam<Case> {};

TEST_P(Transition, IsAsInTheTable) {
  const Case& c = GetParam();
  const Step step = AfterRun(c.before, c.policy, c.event);
  EXPECT_EQ(step.alarm.state, c.state);
  EXPECT_EQ(step.notice, c.notice);
  EXPECT_EQ(step.alarm.since_us, c.since_us);
  EXPECT_EQ(step.alarm.announced, c.announced);
  EXPECT_EQ(step.alarm.failing_runs, c.event.alarming ? c.before.failing_runs + 1 : 0);
  EXPECT_EQ(step.alarm.passing_runs, c.event.alarming ? 0 : c.before.passing_runs + 1);
}

constexpr Policy kAtOnce = {};
constexpr Policy kThreeRuns = {3, 0, 2};
constexpr Policy kHundredMicroseconds = {1, 100, 1};
constexpr Policy kBoth = {3, 100, 1};

INSTANTIATE_TEST_SUITE_P(
    Alarm, Transition,
    testing::Values(
        Case{"ok_fine",
             In(State::kOk, 0, 5),
             kAtOnce,
             Fine(2000),
             State::kOk,
             Notice::kNone,
             kStart,
             {}},
        Case{"ok_fires_at_once", In(State::kOk, 0, 5), kAtOnce, Alarming(2000), State::kFiring,
             Notice::kFiring, 2000, Status::kFail},
        Case{"ok_waits_for_runs",
             In(State::kOk, 0, 5),
             kThreeRuns,
             Alarming(2000),
             State::kPending,
             Notice::kNone,
             2000,
             {}},
        Case{"ok_waits_for_duration",
             In(State::kOk, 0, 5),
             kHundredMicroseconds,
             Alarming(2000),
             State::kPending,
             Notice::kNone,
             2000,
             {}},
        Case{"pending_too_few_runs",
             In(State::kPending, 1, 0),
             kThreeRuns,
             Alarming(2000),
             State::kPending,
             Notice::kNone,
             kStart,
             {}},
        Case{"pending_enough_runs", In(State::kPending, 2, 0), kThreeRuns, Alarming(2000),
             State::kFiring, Notice::kFiring, 2000, Status::kFail},
        Case{"pending_too_short",
             In(State::kPending, 9, 0),
             kHundredMicroseconds,
             Alarming(kStart + 99),
             State::kPending,
             Notice::kNone,
             kStart,
             {}},
        Case{"pending_long_enough", In(State::kPending, 1, 0), kHundredMicroseconds,
             Alarming(kStart + 100), State::kFiring, Notice::kFiring, kStart + 100, Status::kFail},
        Case{"pending_runs_without_duration",
             In(State::kPending, 2, 0),
             kBoth,
             Alarming(kStart + 99),
             State::kPending,
             Notice::kNone,
             kStart,
             {}},
        Case{"pending_duration_without_runs",
             In(State::kPending, 1, 0),
             kBoth,
             Alarming(kStart + 100),
             State::kPending,
             Notice::kNone,
             kStart,
             {}},
        Case{"pending_both", In(State::kPending, 2, 0), kBoth,
             Alarming(kStart + 100, Status::kError), State::kFiring, Notice::kFiring, kStart + 100,
             Status::kError},
        Case{"pending_fine_is_silent",
             In(State::kPending, 2, 0),
             kThreeRuns,
             Fine(2000),
             State::kOk,
             Notice::kNone,
             2000,
             {}},
        Case{"firing_again", In(State::kFiring, 4, 0, Status::kFail), kThreeRuns, Alarming(2000),
             State::kFiring, Notice::kNone, kStart, Status::kFail},
        Case{"firing_other_status", In(State::kFiring, 4, 0, Status::kFail), kAtOnce,
             Alarming(2000, Status::kError), State::kFiring, Notice::kChanged, kStart,
             Status::kError},
        Case{"firing_other_severity", In(State::kFiring, 4, 0, Status::kFail), kAtOnce,
             Alarming(2000, Status::kFail, "critical"), State::kFiring, Notice::kChanged, kStart,
             Status::kFail},
        Case{"firing_resolved_at_once",
             In(State::kFiring, 4, 0, Status::kFail),
             kAtOnce,
             Fine(2000),
             State::kOk,
             Notice::kResolved,
             2000,
             {}},
        Case{"firing_recovers", In(State::kFiring, 4, 0, Status::kFail), kThreeRuns, Fine(2000),
             State::kRecovering, Notice::kNone, 2000, Status::kFail},
        Case{"recovering_resolved",
             In(State::kRecovering, 0, 1, Status::kFail),
             kThreeRuns,
             Fine(2000),
             State::kOk,
             Notice::kResolved,
             2000,
             {}},
        Case{"recovering_not_yet", In(State::kRecovering, 0, 1, Status::kFail), Policy{1, 0, 3},
             Fine(2000), State::kRecovering, Notice::kNone, kStart, Status::kFail},
        Case{"recovering_fails_again", In(State::kRecovering, 0, 1, Status::kFail), kThreeRuns,
             Alarming(2000), State::kFiring, Notice::kNone, 2000, Status::kFail},
        Case{"recovering_fails_otherwise", In(State::kRecovering, 0, 1, Status::kFail), kThreeRuns,
             Alarming(2000, Status::kNoData), State::kFiring, Notice::kChanged, 2000,
             Status::kNoData},
        // A checker whose for_runs was lowered meanwhile fires at its next failure.
        Case{"pending_under_a_new_policy", In(State::kPending, 1, 0), kAtOnce, Alarming(2000),
             State::kFiring, Notice::kFiring, 2000, Status::kFail}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Alarm, TellsTheSeverityThatItAnnounced) {
  const Step fired = AfterRun({}, kAtOnce, Alarming(1, Status::kFail, "critical"));
  EXPECT_EQ(fired.alarm.announced_severity, "critical");
  const Step same = AfterRun(fired.alarm, kAtOnce, Alarming(2, Status::kFail, "critical"));
  EXPECT_EQ(same.notice, Notice::kNone);
  const Step lowered = AfterRun(same.alarm, kAtOnce, Alarming(3, Status::kFail, "info"));
  EXPECT_EQ(lowered.notice, Notice::kChanged);
  EXPECT_EQ(lowered.alarm.announced_severity, "info");
  EXPECT_EQ(AfterRun(lowered.alarm, kAtOnce, Fine(4)).alarm.announced_severity, "");
}

TEST(Alarm, IsNotTouchedItself) {
  const Alarm before = In(State::kFiring, 4, 0, Status::kFail);
  (void)AfterRun(before, kAtOnce, Fine(2000));
  EXPECT_EQ(before.state, State::kFiring);
  EXPECT_EQ(before.failing_runs, 4);
}

TEST(State, HasANameEach) {
  for (State state : {State::kOk, State::kPending, State::kFiring, State::kRecovering}) {
    EXPECT_EQ(StateFromName(StateName(state)), state);
  }
  EXPECT_FALSE(StateFromName("silent").has_value());
}

}  // namespace
}  // namespace pg_checker::alarms
