// Peers that go away and come back.
#include <gmock/gmock.h>

#include <algorithm>

#include "relay_world.hpp"

namespace pg_checker::relay {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(RelayTest, SendsTheUnconfirmedAgainInOrderAfterTheBrokersReturn) {
  options.window = 3;
  MakeRelay();
  for (int id = 1; id <= 5; ++id) Add(id, 1);
  ConnectBoth();
  Ack(1, false);
  Run();
  EXPECT_THAT(Sent(), ElementsAre(1, 2, 3, 4));
  LoseBroker();
  Run();
  ConnectBroker();
  Run();
  EXPECT_THAT(Sent(), ElementsAre(2)) << "who knows whether its queue is there yet";
  AckAll();
  Run();
  EXPECT_THAT(Sent(), ElementsAre(2, 3, 4, 5));
}

TEST_F(RelayTest, KeepsTheOrderOfMessagesThatTheBrokerRefusesAtFirstAfterItsReturn) {
  for (int id = 1; id <= 3; ++id) Add(id, 1);
  Add(4, 2);
  Add(5, 2);
  ConnectBoth();
  LoseBroker();
  Run();
  ConnectBroker();
  Run();
  EXPECT_THAT(Sent(), ElementsAre(1, 4)) << "one of each checker";
  Nack(1, false);
  Ack(2, false);
  Run();
  EXPECT_THAT(Sent(), ElementsAre(1, 4, 5)) << "the type has found its queue";
  Wait(milliseconds(150));
  EXPECT_THAT(Sent(), ElementsAre(1, 4, 5, 1));
  AckAll();
  Run();
  EXPECT_THAT(Sent(), ElementsAre(1, 4, 5, 1, 2, 3));
}

TEST_F(RelayTest, AnotherTypeOfTheSameCheckerWaitsForTheUnprovenOne) {
  ConnectBoth();
  Add(1, 1, "alarm.firing");
  Add(2, 1);
  Add(3, 2);
  Run();
  EXPECT_THAT(Sent(), ElementsAre(1, 3));
  Ack(1, false);
  Run();
  EXPECT_THAT(Sent(), ElementsAre(1, 3, 2));
}

TEST_F(RelayTest, ConfirmsOfTheOldChannelSayNothingAboutTheNew) {
  Add(1, 1);
  ConnectBoth();
  LoseBroker();
  Ack(1, true);  // too late: it was read with the failure
  Wait(milliseconds(10));
  EXPECT_THAT(outbox.rows, SizeIs(1));
}

TEST_F(RelayTest, KeepsTheOrderOfAHeldCheckerThroughAnOutage) {
  for (int id = 1; id <= 3; ++id) Add(id, 1);
  ConnectBoth();
  Nack(1, false);
  Run();
  LoseBroker();
  Run();
  ConnectBroker();
  for (int i = 0; i < 10 && !outbox.rows.empty(); ++i) {
    Wait(milliseconds(200));
    AckAll();
    Run();
  }
  EXPECT_THAT(Sent(), ElementsAre(1, 2, 3));
}

TEST_F(RelayTest, GivesItsMessagesBackWhenTheBrokerStaysAway) {
  Add(1, 1);
  ConnectBoth();
  LoseBroker();
  Wait(seconds(4));
  EXPECT_TRUE(outbox.leases.contains(1));
  Wait(seconds(2));
  EXPECT_THAT(outbox.leases, IsEmpty());
  Wait(seconds(60));
  ConnectBroker();
  Run();
  EXPECT_THAT(Sent(), ElementsAre(1));
}

TEST_F(RelayTest, DeletesTheConfirmedBeforeItGivesTheRestBack) {
  Add(1, 1);
  Add(2, 1);
  ConnectBoth();
  LoseDatabase(false);
  Ack(1, false);
  LoseBroker();
  clock.now += seconds(10);
  relay->Work();
  ConnectDatabase();
  Run();
  EXPECT_FALSE(outbox.rows.contains(1));
  const auto confirm = std::find(outbox.commands.begin(), outbox.commands.end(), "confirm");
  const auto release = std::find(outbox.commands.begin(), outbox.commands.end(), "release");
  EXPECT_LT(confirm, release);
}

TEST_F(RelayTest, NoticesABrokerThatDoesNotConfirm) {
  Add(1, 1);
  ConnectBoth();
  Wait(options.confirm_timeout - seconds(1));
  EXPECT_FALSE(relay->BrokerOverdue());
  clock.now += seconds(2);
  EXPECT_TRUE(relay->BrokerOverdue());
  relay->OnBlocked("memory");
  EXPECT_FALSE(relay->BrokerOverdue());
  relay->OnUnblocked();
  EXPECT_FALSE(relay->BrokerOverdue()) << "it gets its time again";
}

TEST_F(RelayTest, DeletesAfterTheDatabasesReturnWhatWasConfirmedMeanwhile) {
  Add(1, 1);
  Add(2, 1);
  ConnectBoth();
  LoseDatabase(false);
  AckAll();
  clock.now += seconds(1);
  relay->Work();
  EXPECT_THAT(outbox.rows, SizeIs(2));
  ConnectDatabase();
  Wait(milliseconds(10));
  EXPECT_THAT(outbox.rows, IsEmpty());
  EXPECT_THAT(Sent(), ElementsAre(1, 2)) << "not sent again";
}

TEST_F(RelayTest, SurvivesADatabaseThatFailsAtTheNthCommand) {
  for (const bool takes_effect : {false, true}) {
    for (int nth = 1; nth <= 12; ++nth) {
      outbox = FakeOutbox();
      publisher = FakePublisher();
      options.window = 3;
      options.batch = 4;
      MakeRelay();
      for (int id = 1; id <= 12; ++id) Add(id, id % 2);
      ConnectDatabase();
      ConnectBroker();
      int commands = 0;
      for (int i = 0; i < 2000 && !outbox.rows.empty(); ++i) {
        relay->Work();
        if (outbox.Busy() && ++commands == nth) {
          LoseDatabase(takes_effect);
          relay->Work();
          ConnectDatabase();
        } else if (outbox.Busy()) {
          outbox.Complete(*relay);
        } else {
          AckAll();
          clock.now += milliseconds(6);
        }
      }
      ASSERT_THAT(outbox.rows, IsEmpty())
          << "command " << nth << (takes_effect ? " done" : " not done");
      std::map<std::int64_t, std::int64_t> last;
      for (const Message& message : publisher.sent) {
        EXPECT_GT(message.id, last[message.checker_id]) << "twice or out of order, command " << nth;
        last[message.checker_id] = message.id;
      }
      EXPECT_THAT(Sent(), SizeIs(12));
      EXPECT_THAT(outbox.leases, IsEmpty());
    }
  }
}

TEST_F(RelayTest, SurvivesABrokerThatFailsAtTheNthPublish) {
  for (std::size_t nth = 0; nth <= 12; ++nth) {
    outbox = FakeOutbox();
    options.window = 3;
    options.batch = 4;
    MakeRelay();
    for (int id = 1; id <= 12; ++id) Add(id, id % 2);
    std::vector<std::int64_t> delivered;
    ConnectBoth();
    bool failed = false;
    for (int i = 0; i < 200 && !outbox.rows.empty(); ++i) {
      if (!failed && delivered.size() + Sent().size() >= nth) {
        failed = true;
        for (const std::int64_t id : Sent()) delivered.push_back(id);
        LoseBroker();
        Run();
        ConnectBroker();
      }
      Run();
      AckAll();
      Wait(milliseconds(6));
    }
    ASSERT_THAT(outbox.rows, IsEmpty()) << nth;
    for (const std::int64_t id : Sent()) delivered.push_back(id);
    std::map<std::int64_t, std::int64_t> last;
    std::set<std::int64_t> seen;
    for (const std::int64_t id : delivered) {
      if (!seen.insert(id).second) continue;  // a redelivery
      EXPECT_GT(id, last[id % 2]) << nth;
      last[id % 2] = id;
    }
    EXPECT_THAT(seen, SizeIs(12)) << nth;
  }
}

TEST_F(RelayTest, LeavesMessagesToThoseWhoHaveTakenTheLeases) {
  options.window = 1;
  MakeRelay();
  for (int id = 1; id <= 3; ++id) Add(id, 1);
  Add(4, 2);
  ConnectBoth();
  LoseDatabase(false);
  outbox.leases.erase(1);
  outbox.others.insert(1);
  ConnectDatabase();
  Run();
  EXPECT_EQ(observer.leases_lost, 3U);
  AckAll();
  Wait(milliseconds(10));
  AckAll();
  Wait(seconds(1));
  EXPECT_THAT(Sent(), ElementsAre(1, 4)) << "2 and 3 are the other's";
}

TEST_F(RelayTest, DoesNotRetryWhatIsNoLongerItsOwn) {
  Add(1, 1);
  ConnectBoth();
  LoseDatabase(false);
  outbox.leases.erase(1);
  outbox.others.insert(1);
  ConnectDatabase();
  Run();
  Nack(1, false);
  Wait(seconds(10));
  EXPECT_THAT(Sent(), SizeIs(1));
  EXPECT_THAT(outbox.rows, SizeIs(1));
}

TEST_F(RelayTest, AsksForItsLeasesAfterALongPause) {
  options.window = 1;
  options.confirm_timeout = std::chrono::hours(1);
  MakeRelay();
  Add(1, 1);
  Add(2, 1);
  ConnectBoth();
  clock.now += options.lease + seconds(1);  // as after SIGSTOP
  outbox.leases.erase(1);
  outbox.others.insert(1);
  AckAll();
  Run();
  EXPECT_THAT(Sent(), ElementsAre(1)) << "2 is the other's";
}

TEST_F(RelayTest, GoesOnSendingWithoutTheDatabaseWhileItsLeasesLast) {
  options.window = 1;
  MakeRelay();
  for (int id = 1; id <= 3; ++id) Add(id, 1);
  ConnectBoth();
  LoseDatabase(false);
  AckAll();
  relay->Work();
  EXPECT_THAT(Sent(), ElementsAre(1, 2));
  clock.now += options.lease;
  AckAll();
  relay->Work();
  EXPECT_THAT(Sent(), ElementsAre(1, 2));
}

TEST_F(RelayTest, DrainWithoutDatabaseWaitsOnlyForWhatIsToBeDeleted) {
  Add(1, 1);
  ConnectBoth();
  LoseDatabase(false);
  relay->Drain();
  EXPECT_FALSE(relay->Drained());
  AckAll();
  relay->Work();
  EXPECT_FALSE(relay->Drained());
  ConnectDatabase();
  Run();
  EXPECT_TRUE(relay->Drained());
  EXPECT_THAT(outbox.rows, IsEmpty());
}

}  // namespace
}  // namespace pg_checker::relay
