#include "relay/held_checkers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pg_checker::relay {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const TimePoint kNow = TimePoint() + seconds(100);

TEST(HeldCheckers, TriesTheLowestIdOfTheEarliestChecker) {
  HeldCheckers held(1);
  EXPECT_TRUE(held.Add(1, 12));
  EXPECT_FALSE(held.Add(1, 11));
  EXPECT_TRUE(held.Add(2, 5));
  held.RetryAt(1, kNow + seconds(1));
  held.RetryAt(2, kNow + seconds(2));
  ASSERT_TRUE(held.NextRetry());
  EXPECT_EQ(held.NextRetry()->id, 11);
  held.TakeRetry(1);
  EXPECT_EQ(held.NextRetry()->id, 5);
}

TEST(HeldCheckers, FreesACheckerWithItsLastMessage) {
  HeldCheckers held(1);
  held.Add(1, 11);
  held.Add(1, 12);
  held.RetryAt(1, kNow);
  EXPECT_FALSE(held.Remove(1, 11));
  EXPECT_TRUE(held.Remove(1, 12));
  EXPECT_FALSE(held.Holds(1));
  EXPECT_FALSE(held.NextRetry());
}

TEST(HeldCheckers, NeverWaitsBeyondTheLatestTime) {
  HeldCheckers held(1);
  held.Add(1, 11);
  for (int i = 0; i < 12; ++i) {
    held.TakeRetry(1);
    held.RetryLater(1, kNow, kNow + milliseconds(700));
  }
  EXPECT_EQ(held.NextRetry()->when, kNow + milliseconds(700));
}

TEST(HeldCheckers, FailuresInARowAreOneReasonToWait) {
  HeldCheckers held(1);
  for (int id = 1; id <= 100; ++id) {
    held.Add(1, id);
    held.RetryLater(1, kNow, kNow + seconds(30));
  }
  EXPECT_LE(held.NextRetry()->when, kNow + milliseconds(100));
}

TEST(HeldCheckers, HasOneRetryAChecker) {
  HeldCheckers held(1);
  held.Add(1, 11);
  held.RetryAt(1, kNow);
  held.RetryAt(1, kNow + seconds(3));
  EXPECT_EQ(held.NextRetry()->when, kNow + seconds(3));
  held.TakeRetry(1);
  EXPECT_FALSE(held.NextRetry());
}

}  // namespace
}  // namespace pg_checker::relay
