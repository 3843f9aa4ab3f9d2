// Balances of rows against a plain map.
#include "assertions/row_balance.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>
#include <utility>

namespace pg_checker::assertions {
namespace {

// Few different halves, so that rows meet in parts and places.
RowHash Row(uint32_t choice, uint32_t kinds) {
  return {(choice % 3) * 1024 * 7, choice % kinds / 4};
}

TEST(RowBalance, IsThatOfAMap) {
  for (const uint32_t kinds : {10u, 300u, 5000u}) {
    std::mt19937 random(kinds);
    RowBalance balance;
    std::map<std::pair<uint64_t, uint64_t>, int64_t> expected;
    for (int step = 0; step < 50000; step++) {
      const RowHash row = Row(static_cast<uint32_t>(random()), kinds);
      // Now more are added than taken away, now fewer.
      const bool adds = random() % 10 < (step / 5000 % 2 == 0 ? 7u : 3u);
      const int64_t weight = adds ? 1 : -static_cast<int64_t>(random() % 3);
      int64_t& sum = expected[{row.high, row.low}];
      sum += weight;
      ASSERT_EQ(balance.Add(row, weight), sum) << step;
      ASSERT_EQ(balance.Of(row), sum) << step;
      if (sum == 0) expected.erase({row.high, row.low});
      ASSERT_EQ(balance.rows(), expected.size()) << step;
    }
    uint64_t differences = 0;
    for (const auto& [row, sum] : expected) {
      EXPECT_EQ(balance.Of({row.first, row.second}), sum);
      differences += static_cast<uint64_t>(std::abs(sum));
    }
    EXPECT_EQ(balance.differences(), differences);
  }
}

TEST(RowBalance, HasNothingOfWhatItDoesNotKnow) {
  const RowBalance balance;
  EXPECT_EQ(balance.Of({1, 2}), 0);
  EXPECT_EQ(balance.rows(), 0u);
  EXPECT_EQ(balance.differences(), 0u);
}

TEST(RowBalance, HoldsAMillionRowsAndForgetsThem) {
  RowBalance balance;
  std::mt19937_64 random(1);
  for (const int64_t weight : {2, -2}) {
    random.seed(1);
    for (int i = 0; i < 1'000'000; i++) {
      const uint64_t high = random();
      balance.Add({high, random()}, weight);
    }
    EXPECT_EQ(balance.rows(), weight > 0 ? 1'000'000u : 0u);
    EXPECT_EQ(balance.differences(), weight > 0 ? 2'000'000u : 0u);
  }
}

}  // namespace
}  // namespace pg_checker::assertions
