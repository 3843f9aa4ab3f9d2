// A relay among peers that a test can break: an outbox with the rules of sql/outbox.sql in memory,
// a broker that answers when the test says so, and a clock that stands still until it is moved.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "relay/relay.hpp"

namespace pg_checker::relay {

class FakeClock final : public Clock {
 public:
  TimePoint Now() const override { return now; }
  std::int64_t WallMicroseconds() const override { return wall; }

  TimePoint now = TimePoint() + std::chrono::hours(1);
  std::int64_t wall = 1'000'000'000;
};

class FakeOutbox final : public Outbox {
 public:
  bool Idle() const override { return !pending_; }
  bool Listens() const override { return listens; }
  void Join() override {
    Start("join", [this](OutboxEvents& events) { DoJoin(events); });
  }
  void Claim(int max_messages, std::int64_t max_bytes,
             std::span<const std::int64_t> skip_checkers) override;
  void Confirm(std::span<const std::int64_t> ids) override;
  void DeadLetter(std::int64_t id, std::string_view reason, int attempts) override;
  void Rewind(std::int64_t checker_id, std::int64_t claimed_id) override;
  void Renew() override {
    Start("renew", [](OutboxEvents& events) { events.OnRenewed(); });
  }
  void Release() override;
  void MeasureDepth() override;

  // Carries out the command under way and reports it.
  void Complete(OutboxEvents& events);
  // Loses the connection; the command under way takes effect or not, but nobody hears of it.
  void Break(bool takes_effect);
  bool Busy() const { return pending_.has_value(); }

  void Add(std::int64_t id, std::int64_t checker_id, const std::string& type = "run.failed");

  struct Dead {
    std::string reason;
    int attempts;
  };
  std::map<std::int64_t, Message> rows;
  std::map<std::int64_t, std::int64_t> leases;  // checker, greatest id claimed
  std::set<std::int64_t> others;                // checkers that another worker has leased
  std::map<std::int64_t, Dead> dead;
  std::vector<std::string> commands;  // names, in order
  bool listens = true;

 private:
  void Start(const std::string& name, std::function<void(OutboxEvents&)> action);
  void DoJoin(OutboxEvents& events);
  void EndLeases();

  std::optional<std::function<void(OutboxEvents&)>> pending_;
};

class FakePublisher final : public Publisher {
 public:
  Sent Publish(const Message& message) override;

  std::vector<Message> sent;  // on this channel: the tag of sent[i] is i + 1
  std::optional<Sent> refuses;
  std::set<std::int64_t> invalid;
};

class RecordingObserver final : public Observer {
 public:
  void Published(const Message&, int) override { ++published; }
  void Confirmed(const Message&, std::optional<std::chrono::microseconds> l) override {
    ++confirmed;
    latency = l;
  }
  void Returned(const Message&, std::string_view) override { ++returned; }
  void Unroutable(const Message&, std::string_view) override { ++unroutable; }
  void Refused(const Message&, std::string_view) override { ++refused; }
  void Dropped(const Message&, std::string_view) override { ++dropped; }
  void DeadLettered(const Message&, std::string_view, int) override { ++dead_lettered; }
  void Blocked(std::string_view) override {}
  void Unblocked() override {}
  void DepthMeasured(const Depth& d) override { depth = d; }
  void LeasesLost(std::size_t messages) override { leases_lost += messages; }

  int published = 0, confirmed = 0, returned = 0, unroutable = 0, refused = 0, dropped = 0;
  int dead_lettered = 0;
  std::size_t leases_lost = 0;
  std::optional<std::chrono::microseconds> latency;
  Depth depth;
};

class RelayTest : public testing::Test {
 protected:
  RelayTest() { MakeRelay(); }

  void MakeRelay() { relay.emplace(options, clock, observer, 42); }
  // Also sends a message of type run.failed through, of which no test sees anything: the channel is
  // proven then. One that ConnectBroker() opens is not.
  void ConnectBoth();
  void ConnectBroker();
  void LoseBroker(BrokerLoss loss = BrokerLoss::kConnection);
  void LoseDatabase(bool command_takes_effect);
  void ConnectDatabase() { relay->DatabaseUp(outbox); }

  void Add(std::int64_t id, std::int64_t checker_id, const std::string& type = "run.failed");
  // Lets everything happen that is due, until only answers of the broker or time can bring more.
  void Run();
  void Wait(Duration duration);  // moves the clock in small steps, and runs

  // Tags count what publisher.sent holds, from 1.
  void Ack(std::uint64_t tag, bool multiple) { relay->OnAck(tag + hidden, multiple); }
  void Nack(std::uint64_t tag, bool multiple) { relay->OnNack(tag + hidden, multiple); }
  void AckAll() { Ack(publisher.sent.size(), true); }
  void ReturnAndAck(std::uint64_t tag);
  std::vector<std::int64_t> Sent() const;  // ids on the present channel

  RelayOptions options;
  FakeClock clock;
  RecordingObserver observer;
  FakeOutbox outbox;
  FakePublisher publisher;
  std::optional<Relay> relay;
  std::uint64_t hidden = 0;  // messages of the channel that publisher.sent does not show
};

}  // namespace pg_checker::relay
