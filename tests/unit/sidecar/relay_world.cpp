#include "relay_world.hpp"

#include <algorithm>

namespace pg_checker::relay {

void FakeOutbox::Start(const std::string& name, std::function<void(OutboxEvents&)> action) {
  ASSERT_FALSE(pending_) << name << " while another command is under way";
  commands.push_back(name);
  pending_ = std::move(action);
}

void FakeOutbox::Complete(OutboxEvents& events) {
  const auto action = *std::exchange(pending_, std::nullopt);
  action(events);
}

namespace {

class DeafEvents final : public OutboxEvents {
 public:
  void OnNotify() override {}
  void OnJoined(std::span<const std::int64_t>) override {}
  void OnClaimed(std::vector<Message>, bool) override {}
  void OnConfirmed() override {}
  void OnDeadLettered() override {}
  void OnRewound() override {}
  void OnRenewed() override {}
  void OnReleased() override {}
  void OnDepth(const Depth&) override {}
};

}  // namespace

void FakeOutbox::Break(bool takes_effect) {
  DeafEvents nobody;
  if (pending_ && takes_effect) Complete(nobody);
  pending_.reset();
}

void FakeOutbox::Add(std::int64_t id, std::int64_t checker_id, const std::string& type) {
  Message message;
  message.id = id;
  message.checker_id = checker_id;
  message.message_id = "m" + std::to_string(id);
  message.type = type;
  message.routing_key = type + ".warning.default.c" + std::to_string(checker_id);
  message.body = "{}";
  message.created_at = 999'998'000;
  rows[id] = message;
}

void FakeOutbox::DoJoin(OutboxEvents& events) {
  std::vector<std::int64_t> held;
  for (auto& [checker_id, claimed_id] : leases) {
    claimed_id = 0;
    held.push_back(checker_id);
  }
  events.OnJoined(held);
}

void FakeOutbox::Claim(int max_messages, std::int64_t,
                       std::span<const std::int64_t> skip_checkers) {
  const std::set<std::int64_t> skip(skip_checkers.begin(), skip_checkers.end());
  Start("claim", [this, max_messages, skip](OutboxEvents& events) {
    std::vector<Message> messages;
    bool more = false;
    for (const auto& [id, message] : rows) {
      const std::int64_t checker_id = message.checker_id;
      if (skip.contains(checker_id) || others.contains(checker_id)) continue;
      const auto lease = leases.find(checker_id);
      if (lease != leases.end() && id <= lease->second) continue;
      if (static_cast<int>(messages.size()) == max_messages) {
        more = true;
        break;
      }
      leases[checker_id] = id;
      messages.push_back(message);
    }
    events.OnClaimed(messages, more);
  });
}

void FakeOutbox::EndLeases() {
  std::erase_if(leases, [this](const auto& lease) {
    return std::none_of(rows.begin(), rows.end(), [&](const auto& row) {
      return row.second.checker_id == lease.first && row.first <= lease.second;
    });
  });
}

void FakeOutbox::Confirm(std::span<const std::int64_t> ids) {
  const std::vector<std::int64_t> copy(ids.begin(), ids.end());
  Start("confirm", [this, copy](OutboxEvents& events) {
    for (const std::int64_t id : copy) rows.erase(id);
    EndLeases();
    events.OnConfirmed();
  });
}

void FakeOutbox::DeadLetter(std::int64_t id, std::string_view reason, int attempts) {
  Start("dead_letter", [this, id, reason = std::string(reason), attempts](OutboxEvents& events) {
    rows.erase(id);
    dead[id] = {reason, attempts};
    EndLeases();
    events.OnDeadLettered();
  });
}

void FakeOutbox::Rewind(std::int64_t checker_id, std::int64_t claimed_id) {
  Start("rewind", [this, checker_id, claimed_id](OutboxEvents& events) {
    const auto lease = leases.find(checker_id);
    if (lease != leases.end()) lease->second = std::min(lease->second, claimed_id);
    events.OnRewound();
  });
}

void FakeOutbox::Release() {
  Start("release", [this](OutboxEvents& events) {
    leases.clear();
    events.OnReleased();
  });
}

void FakeOutbox::MeasureDepth() {
  Start("depth", [this](OutboxEvents& events) {
    Depth depth;
    depth.pending = static_cast<std::int64_t>(rows.size());
    if (!rows.empty()) depth.oldest_id = rows.begin()->first;
    events.OnDepth(depth);
  });
}

Sent FakePublisher::Publish(const Message& message) {
  if (refuses) return *refuses;
  if (invalid.contains(message.id)) return Sent::kInvalid;
  sent.push_back(message);
  return Sent::kYes;
}

void RelayTest::ConnectBoth() {
  const auto rows = std::exchange(outbox.rows, {});
  outbox.Add(0, 999);
  ConnectDatabase();
  ConnectBroker();
  Run();
  ASSERT_EQ(publisher.sent.size(), 1U);
  AckAll();
  hidden = publisher.sent.size();
  publisher.sent.clear();
  Wait(std::chrono::milliseconds(10));
  observer = {};
  outbox.commands.clear();
  outbox.rows.insert(rows.begin(), rows.end());
  relay->OnNotify();
  Run();
}

void RelayTest::ConnectBroker() {
  publisher.sent.clear();
  hidden = 0;
  relay->BrokerUp(publisher);
}

void RelayTest::LoseBroker(BrokerLoss loss) { relay->BrokerDown(loss, "lost"); }

void RelayTest::LoseDatabase(bool command_takes_effect) {
  outbox.Break(command_takes_effect);
  relay->DatabaseDown();
}

void RelayTest::Add(std::int64_t id, std::int64_t checker_id, const std::string& type) {
  outbox.Add(id, checker_id, type);
  relay->OnNotify();
}

void RelayTest::Run() {
  for (int i = 0; i < 10000; ++i) {
    relay->Work();
    if (!outbox.Busy()) return;
    outbox.Complete(*relay);
  }
  FAIL() << "the relay never comes to rest";
}

void RelayTest::Wait(Duration duration) {
  const TimePoint end = clock.now + duration;
  Run();
  while (clock.now < end) {
    ASSERT_GT(relay->NextWork(), clock.now) << "a busy loop";
    clock.now =
        std::min(end, std::min(relay->NextWork(), clock.now + std::chrono::milliseconds(50)));
    Run();
  }
}

void RelayTest::ReturnAndAck(std::uint64_t tag) {
  relay->OnReturn(publisher.sent.at(tag - 1).message_id, 312, "NO_ROUTE");
  Ack(tag, false);
}

std::vector<std::int64_t> RelayTest::Sent() const {
  std::vector<std::int64_t> ids;
  for (const Message& message : publisher.sent) ids.push_back(message.id);
  return ids;
}

}  // namespace pg_checker::relay
