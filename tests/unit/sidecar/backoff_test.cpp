#include "relay/backoff.hpp"

#include <gtest/gtest.h>

#include <set>

namespace pg_checker::relay {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, DoublesUpToTheCap) {
  Backoff backoff(milliseconds(20), milliseconds(500), 1);
  const milliseconds ceilings[] = {milliseconds(20),  milliseconds(40),  milliseconds(80),
                                   milliseconds(160), milliseconds(320), milliseconds(500),
                                   milliseconds(500), milliseconds(500)};
  for (const milliseconds ceiling : ceilings) {
    const milliseconds wait = backoff.Next();
    EXPECT_LE(wait, ceiling);
    EXPECT_GE(wait, ceiling / 2);
  }
}

TEST(Backoff, StartsAgainAfterReset) {
  Backoff backoff(milliseconds(10), milliseconds(1000), 1);
  for (int i = 0; i < 10; ++i) backoff.Next();
  backoff.Reset();
  EXPECT_LE(backoff.Next(), milliseconds(10));
}

TEST(Backoff, DiffersBetweenSeeds) {
  std::set<milliseconds::rep> waits;
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    waits.insert(Backoff(milliseconds(1000), milliseconds(1000), seed * 7919).Next().count());
  }
  EXPECT_GT(waits.size(), 10U);
}

}  // namespace
}  // namespace pg_checker::relay
