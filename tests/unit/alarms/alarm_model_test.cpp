// Many random runs against a second definition of the alarm, which keeps the whole history instead
// of a state: what an alarm is follows from the runs so far.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "alarms/alarm.hpp"

namespace pg_checker::alarms {
namespace {

using assertions::Status;

class HistoryModel {
 public:
  explicit HistoryModel(const Policy& policy) : policy_(policy) {}

  Notice Add(const Event& event) {
    history_.push_back(event);
    const bool was_active = active_;
    if (!active_ && Fires()) {
      active_ = true;
      told_ = event;
      return Notice::kFiring;
    }
    if (was_active && Recovers()) {
      active_ = false;
      return Notice::kResolved;
    }
    if (was_active && event.alarming &&
        (told_.status != event.status || told_.severity != event.severity)) {
      told_ = event;
      return Notice::kChanged;
    }
    return Notice::kNone;
  }

  State state() const {
    const bool alarming = !history_.empty() && history_.back().alarming;
    if (active_) return alarming ? State::kFiring : State::kRecovering;
    return alarming ? State::kPending : State::kOk;
  }

 private:
  // The newest runs that are all of one kind.
  std::vector<Event> Streak() const {
    std::vector<Event> streak;
    for (auto run = history_.rbegin();
         run != history_.rend() && run->alarming == history_.back().alarming; ++run) {
      streak.insert(streak.begin(), *run);
    }
    return streak;
  }

  bool Fires() const {
    const auto streak = Streak();
    return streak.back().alarming && static_cast<int>(streak.size()) >= policy_.for_runs &&
           streak.back().at_us - streak.front().at_us >= policy_.for_duration_us;
  }

  bool Recovers() const {
    const auto streak = Streak();
    return !streak.back().alarming && static_cast<int>(streak.size()) >= policy_.recover_runs;
  }

  Policy policy_;
  std::vector<Event> history_;
  bool active_ = false;
  Event told_ = {};
};

class RandomRuns : public testing::TestWithParam<int> {};

TEST_P(RandomRuns, AgreeWithTheModel) {
  constexpr int kSteps = 10000;
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  const auto number = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  const Policy policy = {number(1, 4), number(0, 1) * number(0, 50), number(1, 4)};
  HistoryModel model(policy);
  Alarm alarm;
  int64_t now = 0;
  bool alarming = false;
  int fired = 0;
  int resolved = 0;
  for (int i = 0; i < kSteps; i++) {
    now += number(1, 20);
    // Streaks rather than a coin for each run, or the delays would hardly ever be reached.
    if (number(1, 3) == 1) alarming = !alarming;
    constexpr Status kBad[] = {Status::kFail, Status::kNoData, Status::kError};
    const Event event = {now, alarming, alarming ? kBad[number(0, 2)] : Status::kOk,
                         number(1, 10) == 1 ? "critical" : "warning"};
    const Step step = AfterRun(alarm, policy, event);
    const Notice expected = model.Add(event);
    ASSERT_EQ(step.notice, expected) << "step " << i;
    ASSERT_EQ(step.alarm.state, model.state()) << "step " << i;
    alarm = step.alarm;
    fired += step.notice == Notice::kFiring;
    resolved += step.notice == Notice::kResolved;
    // Never two of a kind in a row.
    ASSERT_TRUE(fired == resolved || fired == resolved + 1) << "step " << i;
  }
  EXPECT_GT(resolved, 0);
}

INSTANTIATE_TEST_SUITE_P(Alarm, RandomRuns, testing::Range(1, 21));

}  // namespace
}  // namespace pg_checker::alarms
