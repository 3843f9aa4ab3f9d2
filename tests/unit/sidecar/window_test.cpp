#include "relay/window.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pg_checker::relay {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Message Named(std::int64_t id) {
  Message message;
  message.id = id;
  message.message_id = "m" + std::to_string(id);
  return message;
}

TEST(Window, AnswersOneOrAllUpToTheTag) {
  Window window;
  for (std::int64_t id = 11; id <= 15; ++id) window.Add(Named(id), TimePoint());
  EXPECT_THAT(window.Take(2, false), ElementsAre(12));
  EXPECT_THAT(window.Take(4, true), ElementsAre(11, 13, 14));
  EXPECT_THAT(window.Take(4, true), IsEmpty());
  EXPECT_THAT(window.Take(99, false), IsEmpty());
  EXPECT_EQ(window.size(), 1U);
}

TEST(Window, FindsByMessageIdOnlyWhatIsInFlight) {
  Window window;
  window.Add(Named(7), TimePoint());
  EXPECT_EQ(window.Find("m7"), 7);
  window.Take(1, false);
  EXPECT_EQ(window.Find("m7"), std::nullopt);
}

TEST(Window, CountsFromOneAgainAfterClear) {
  Window window;
  window.Add(Named(1), TimePoint());
  window.Add(Named(2), TimePoint());
  EXPECT_THAT(window.Clear(), ElementsAre(1, 2));
  EXPECT_TRUE(window.empty());
  window.Add(Named(3), TimePoint());
  EXPECT_THAT(window.Take(1, false), ElementsAre(3));
}

}  // namespace
}  // namespace pg_checker::relay
