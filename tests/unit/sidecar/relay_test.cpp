// The normal course of things.
#include <gmock/gmock.h>

#include <algorithm>

#include "relay_world.hpp"

namespace pg_checker::relay {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

long Count(const std::vector<std::string>& commands, const std::string& name) {
  return std::count(commands.begin(), commands.end(), name);
}

TEST_F(RelayTest, PublishesWhatIsThereAndWhatComes) {
  Add(1, 1);
  ConnectBoth();
  EXPECT_THAT(Sent(), ElementsAre(1));
  Add(2, 1);
  Add(3, 2);
  Run();
  EXPECT_THAT(Sent(), ElementsAre(1, 2, 3));
}

TEST_F(RelayTest, DeletesNothingBeforeItsConfirm) {
  Add(1, 1);
  Add(2, 1);
  Add(3, 1);
  ConnectBoth();
  Wait(seconds(3));
  EXPECT_THAT(outbox.rows, SizeIs(3));
  Ack(2, false);
  Wait(milliseconds(10));
  EXPECT_FALSE(outbox.rows.contains(2));
  EXPECT_THAT(outbox.rows, SizeIs(2));
}

TEST_F(RelayTest, UnderstandsConfirmsOfSeveral) {
  for (int id = 1; id <= 5; ++id) Add(id, id);
  ConnectBoth();
  Ack(4, true);
  Wait(milliseconds(10));
  EXPECT_THAT(outbox.rows, SizeIs(1));
  EXPECT_TRUE(outbox.rows.contains(5));
  EXPECT_TRUE(outbox.dead.empty());
  EXPECT_EQ(outbox.leases.size(), 1U);
}

TEST_F(RelayTest, DeletesInBatches) {
  for (int id = 1; id <= 100; ++id) Add(id, 1);
  ConnectBoth();
  for (int tag = 1; tag <= 100; ++tag) {
    Ack(static_cast<std::uint64_t>(tag), false);
    Run();
  }
  Wait(milliseconds(10));
  EXPECT_THAT(outbox.rows, IsEmpty());
  EXPECT_EQ(Count(outbox.commands, "confirm"), 1);
}

TEST_F(RelayTest, KeepsToTheWindowAndToItsMemory) {
  options.window = 10;
  options.batch = 20;
  MakeRelay();
  for (int id = 1; id <= 200; ++id) Add(id, id % 7);
  ConnectBoth();
  EXPECT_THAT(Sent(), SizeIs(10));
  EXPECT_LE(std::max_element(outbox.leases.begin(), outbox.leases.end())->second, 30);
  Ack(3, true);
  Run();
  EXPECT_THAT(Sent(), SizeIs(13));
  while (!outbox.rows.empty()) {
    AckAll();
    Wait(milliseconds(10));
  }
  EXPECT_THAT(Sent(), SizeIs(200));
}

TEST_F(RelayTest, PublishesEachCheckersMessagesInOrder) {
  options.window = 3;
  MakeRelay();
  for (int id = 1; id <= 30; ++id) Add(id, id % 4);
  ConnectBoth();
  while (!outbox.rows.empty()) {
    AckAll();
    Wait(milliseconds(10));
  }
  std::map<std::int64_t, std::int64_t> last;
  for (const Message& message : publisher.sent) {
    EXPECT_GT(message.id, last[message.checker_id]);
    last[message.checker_id] = message.id;
  }
  EXPECT_THAT(Sent(), SizeIs(30));
}

TEST_F(RelayTest, MeasuresFromTheRowToTheConfirm) {
  Add(1, 1);
  ConnectBoth();
  AckAll();
  EXPECT_EQ(observer.latency, std::chrono::microseconds(2000));
  clock.wall = 0;  // a clock that jumps back
  Add(2, 1);
  Run();
  AckAll();
  EXPECT_EQ(observer.latency, std::chrono::microseconds(0));
}

TEST_F(RelayTest, FindsMessagesOfWhichNobodyTold) {
  ConnectBoth();
  outbox.Add(1, 1);
  Run();
  EXPECT_THAT(Sent(), IsEmpty());
  Wait(options.scan_interval);
  EXPECT_THAT(Sent(), ElementsAre(1));
}

TEST_F(RelayTest, PollsWhereListenDoesNotWork) {
  outbox.listens = false;
  ConnectBoth();
  Wait(options.scan_interval);
  outbox.Add(1, 1);
  Wait(milliseconds(250));
  EXPECT_THAT(Sent(), ElementsAre(1));
}

TEST_F(RelayTest, RestsWhenThereIsNothingToDo) {
  ConnectBoth();
  Wait(seconds(1));
  outbox.commands.clear();
  const TimePoint begin = clock.now;
  int wakeups = 0;
  while (clock.now < begin + seconds(60)) {
    clock.now = relay->NextWork();
    Run();
    ++wakeups;
  }
  EXPECT_LE(wakeups, 13) << "one each scan interval";
}

TEST_F(RelayTest, RenewsItsLeasesWhileMessagesAreInFlight) {
  options.confirm_timeout = std::chrono::hours(1);
  MakeRelay();
  Add(1, 1);
  ConnectBoth();
  Wait(options.lease);
  EXPECT_GE(Count(outbox.commands, "renew"), 2);
}

TEST_F(RelayTest, StopsWhenTheSocketIsFullAndGoesOn) {
  ConnectBoth();
  publisher.refuses = Sent::kWouldBlock;
  Add(1, 1);
  Run();
  EXPECT_TRUE(relay->WaitsForWritable());
  publisher.refuses.reset();
  Run();
  EXPECT_THAT(Sent(), IsEmpty()) << "only when the socket says so";
  relay->Writable();
  Run();
  EXPECT_THAT(Sent(), ElementsAre(1));
}

TEST_F(RelayTest, SendsNothingWhileTheBrokerIsBlocked) {
  ConnectBoth();
  relay->OnBlocked("low on memory");
  Add(1, 1);
  Wait(seconds(40));
  EXPECT_THAT(Sent(), IsEmpty());
  EXPECT_FALSE(outbox.leases.contains(1)) << "a sidecar with another broker could send it";
  relay->OnUnblocked();
  Run();
  EXPECT_THAT(Sent(), ElementsAre(1));
}

TEST_F(RelayTest, SendsHeartbeatsThatAreNoMatter) {
  options.drop_unroutable = {"checkerd.heartbeat"};
  MakeRelay();
  ConnectBoth();
  relay->SendHeartbeats([] {
    Message message;
    message.message_id = "beat";
    message.type = "checkerd.heartbeat";
    return message;
  });
  Run();
  EXPECT_THAT(Sent(), SizeIs(1));
  ReturnAndAck(1);
  Wait(seconds(61));
  EXPECT_THAT(Sent(), SizeIs(2));
  AckAll();
  Wait(seconds(1));
  EXPECT_EQ(Count(outbox.commands, "confirm"), 0);
  EXPECT_EQ(Count(outbox.commands, "renew"), 0);
}

TEST_F(RelayTest, DrainWaitsForConfirmsAndGivesTheRestBack) {
  options.window = 2;
  MakeRelay();
  for (int id = 1; id <= 4; ++id) Add(id, 1);
  ConnectBoth();
  relay->Drain();
  Wait(seconds(1));
  EXPECT_FALSE(relay->Drained());
  EXPECT_THAT(Sent(), ElementsAre(1, 2)) << "nothing new";
  AckAll();
  Run();
  EXPECT_TRUE(relay->Drained());
  EXPECT_THAT(outbox.rows, SizeIs(2));
  EXPECT_THAT(outbox.leases, IsEmpty());
}

TEST_F(RelayTest, DrainIsDoneAtOnceWithNothingToDo) {
  relay->Drain();
  EXPECT_TRUE(relay->Drained());
}

TEST_F(RelayTest, TellsWhenTheOldestMessageDoesNotMove) {
  ConnectBoth();
  relay->OnBlocked("memory");
  Add(1, 1);
  Wait(seconds(20));
  EXPECT_FALSE(relay->Stalled(seconds(30)));
  Wait(seconds(20));
  EXPECT_TRUE(relay->Stalled(seconds(30)));
  relay->OnUnblocked();
  Run();
  AckAll();
  Wait(seconds(6));
  EXPECT_FALSE(relay->Stalled(seconds(30)));
}

}  // namespace
}  // namespace pg_checker::relay
