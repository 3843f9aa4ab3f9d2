// Messages that the broker refuses, returns, or chokes on.
#include <gmock/gmock.h>

#include <algorithm>

#include "relay_world.hpp"

namespace pg_checker::relay {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TEST_F(RelayTest, RetriesARefusedMessage) {
  Add(1, 1);
  ConnectBoth();
  Nack(1, false);
  Run();
  EXPECT_THAT(Sent(), ElementsAre(1)) << "not at once";
  Wait(milliseconds(150));
  EXPECT_THAT(Sent(), ElementsAre(1, 1));
  AckAll();
  Wait(milliseconds(10));
  EXPECT_THAT(outbox.rows, IsEmpty());
  EXPECT_THAT(outbox.dead, IsEmpty());
}

TEST_F(RelayTest, HoldsTheCheckerOfAFailedMessageAndNoOther) {
  options.window = 2;
  MakeRelay();
  Add(1, 1);
  Add(2, 2);
  ConnectBoth();
  Nack(1, false);
  Ack(2, false);
  Add(3, 1);
  Add(4, 2);
  Run();
  EXPECT_THAT(Sent(), ElementsAre(1, 2, 4));
  Wait(milliseconds(150));
  EXPECT_THAT(Sent(), ElementsAre(1, 2, 4, 1));
  AckAll();
  Run();
  EXPECT_THAT(Sent(), ElementsAre(1, 2, 4, 1, 3));
}

TEST_F(RelayTest, GivesTheWaitingMessagesOfAHeldCheckerBack) {
  options.window = 1;
  MakeRelay();
  for (int id = 1; id <= 5; ++id) Add(id, 1);
  Add(6, 2);
  ConnectBoth();
  EXPECT_EQ(outbox.leases.at(1), 5);
  Nack(1, false);
  Run();
  EXPECT_EQ(outbox.leases.at(1), 1);
  EXPECT_THAT(Sent(), ElementsAre(1, 6));
  AckAll();
  while (outbox.rows.size() > 0) {
    Wait(milliseconds(200));
    AckAll();
  }
  EXPECT_THAT(Sent(), ElementsAre(1, 6, 1, 2, 3, 4, 5));
}

TEST_F(RelayTest, ForgetsAClaimThatTheHoldOvertook) {
  Add(1, 1);
  ConnectBoth();
  Add(2, 1);
  relay->Work();  // the claim of 2 is under way
  ASSERT_TRUE(outbox.Busy());
  Nack(1, false);
  Run();
  EXPECT_THAT(Sent(), ElementsAre(1));
  Wait(milliseconds(150));
  AckAll();
  Run();
  EXPECT_THAT(Sent(), ElementsAre(1, 1, 2));
}

TEST_F(RelayTest, LetsLaterMessagesThatAreInFlightFinish) {
  for (int id = 1; id <= 3; ++id) Add(id, 1);
  ConnectBoth();
  Nack(1, false);
  Ack(2, false);
  Nack(3, false);
  Wait(milliseconds(150));
  EXPECT_THAT(Sent(), ElementsAre(1, 2, 3, 1)) << "one at a time, the lowest first";
  Ack(4, false);
  Run();
  EXPECT_THAT(Sent(), ElementsAre(1, 2, 3, 1, 3));
}

TEST_F(RelayTest, AConfirmOfALaterMessageIsNoReasonToRetry) {
  for (int id = 1; id <= 3; ++id) Add(id, 1);
  ConnectBoth();
  Nack(1, false);
  Ack(3, true);
  Run();
  EXPECT_THAT(Sent(), SizeIs(3));
}

TEST_F(RelayTest, MovesAMessageToTheDeadLettersAfterTheGraceTimeAlone) {
  Add(1, 1);
  ConnectBoth();
  ReturnAndAck(1);
  Add(2, 1);
  const TimePoint first = clock.now;
  while (outbox.dead.empty()) {
    ASSERT_LT(clock.now, first + options.grace + seconds(1));
    const std::size_t before = Sent().size();
    Wait(milliseconds(10));
    if (Sent().size() > before) ReturnAndAck(Sent().size());
    Run();
  }
  EXPECT_GE(clock.now, first + options.grace);
  EXPECT_EQ(outbox.dead.at(1).reason, "returned by the broker: 312 NO_ROUTE");
  EXPECT_GT(outbox.dead.at(1).attempts, 5);
  EXPECT_THAT(outbox.dead, SizeIs(1));
  EXPECT_EQ(Sent().back(), 2) << "the rest follows";
  AckAll();
  Wait(milliseconds(10));
  EXPECT_THAT(outbox.rows, IsEmpty());
}

TEST_F(RelayTest, TellsOfAReturnedMessageThatIsTriedAgain) {
  options.drop_unroutable = {"run.warned"};
  MakeRelay();
  Add(1, 1);
  Add(2, 2, "run.warned");
  ConnectBoth();
  ReturnAndAck(2);
  EXPECT_EQ(observer.unroutable, 0) << "it is dropped";
  ReturnAndAck(1);
  EXPECT_EQ(observer.unroutable, 1);
  Wait(milliseconds(150));
  ReturnAndAck(3);
  EXPECT_EQ(observer.unroutable, 2) << "how often that is worth a word is not the relay's to know";
}

TEST_F(RelayTest, ManyReturnedAtOnceShareTheirGraceTime) {
  for (int id = 1; id <= 20; ++id) Add(id, 1);
  ConnectBoth();
  for (std::uint64_t tag = 1; tag <= 20; ++tag) ReturnAndAck(tag);
  std::size_t answered = 20;
  for (int i = 0; i < 320; ++i) {
    Wait(milliseconds(100));
    while (answered < Sent().size()) ReturnAndAck(++answered);
    Run();
  }
  EXPECT_THAT(outbox.dead, SizeIs(20));
}

TEST_F(RelayTest, DropsUnroutableMessagesOfTypesThatAllowIt) {
  options.drop_unroutable = {"run.succeeded"};
  MakeRelay();
  Add(1, 1, "run.succeeded");
  Add(2, 1);
  ConnectBoth();
  ReturnAndAck(1);
  Run();
  Ack(2, false);
  Wait(milliseconds(10));
  EXPECT_THAT(outbox.rows, IsEmpty());
  EXPECT_THAT(outbox.dead, IsEmpty());
  EXPECT_EQ(observer.dropped, 1);
  EXPECT_EQ(observer.returned, 1);
  EXPECT_EQ(observer.confirmed, 1);
}

TEST_F(RelayTest, AReturnCountsForItsOwnAttemptOnly) {
  Add(1, 1);
  ConnectBoth();
  ReturnAndAck(1);
  Wait(milliseconds(150));
  Ack(2, false);
  Wait(milliseconds(10));
  EXPECT_THAT(outbox.rows, IsEmpty());
}

TEST_F(RelayTest, TheGraceTimeIsForABrokerThatIsThere) {
  Add(1, 1);
  ConnectBoth();
  Nack(1, false);
  Run();
  LoseBroker();
  Wait(seconds(3));
  clock.now += options.grace;
  ConnectBroker();
  Run();
  while (Sent().empty()) Wait(milliseconds(50));
  Nack(1, false);
  Run();
  EXPECT_THAT(outbox.dead, IsEmpty());
}

TEST_F(RelayTest, BuriesWhatCannotBeSentAtAll) {
  publisher.invalid = {1};
  Add(1, 1);
  Add(2, 1);
  ConnectBoth();
  Wait(options.grace + seconds(1));
  EXPECT_TRUE(outbox.dead.contains(1));
  EXPECT_THAT(Sent(), ElementsAre(2));
}

TEST_F(RelayTest, FindsTheMessageThatMakesTheBrokerCloseTheChannel) {
  const std::int64_t poison = 3;
  for (int id = 1; id <= 5; ++id) Add(id, id);
  ConnectBoth();
  std::map<std::int64_t, int> delivered;
  const auto broker = [&] {  // confirms all up to the poison, on which it closes the channel
    const std::vector<std::int64_t> sent = Sent();
    const auto bad = std::find(sent.begin(), sent.end(), poison);
    for (auto id = sent.begin(); id != bad; ++id) {
      Ack(static_cast<std::uint64_t>(id - sent.begin() + 1), false);
    }
    if (bad != sent.end()) {
      LoseBroker(BrokerLoss::kRefused);
      ConnectBroker();
    }
  };
  for (int i = 0; i < 700 && !outbox.rows.empty(); ++i) {
    broker();
    Wait(milliseconds(50));
  }
  EXPECT_THAT(outbox.rows, IsEmpty());
  EXPECT_THAT(outbox.dead, SizeIs(1));
  EXPECT_TRUE(outbox.dead.contains(poison));
}

TEST_F(RelayTest, OthersFlowWhileAPoisonedMessageIsTriedAgain) {
  Add(1, 1);
  ConnectBoth();
  for (int i = 0; i < 2; ++i) {  // once among all, once alone: found
    LoseBroker(BrokerLoss::kRefused);
    ConnectBroker();
    Run();
  }
  Add(2, 2);
  Run();
  EXPECT_THAT(Sent(), Contains(2));
}

}  // namespace
}  // namespace pg_checker::relay
