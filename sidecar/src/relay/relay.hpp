// The relay's decisions: what to claim, what to publish when, what a confirm, a return or a lost
// peer means. A state machine without threads, sockets or SQL: events come in through OutboxEvents,
// BrokerEvents and the calls below, and Work() does what is due through Outbox and Publisher. Not
// thread safe; everything runs on the main loop's thread.
//
// A message goes waiting -> in flight -> confirmed -> gone (row deleted). A row is deleted only
// after its confirm, and what is confirmed stays known until the deletion is certain, so a lost
// database connection neither loses nor repeats it. Refused (nack) or returned, a message becomes
// failed and its checker is held: its later messages wait in the database (those already in flight
// are let finish), the failed one is tried again with backoff, and after the grace time it is moved
// to the dead letters, alone. A message that makes the broker close the channel is found by sending
// the suspects one at a time.
//
// Order: a message that is refused while its checker's next one is accepted arrives behind it. That
// is likely only on a new channel, to queues that are not quite there yet; so a checker's message
// of a type that this channel has not confirmed yet is waited for before its next one is sent.
//
// Memory is bounded: waiting, in flight and confirmed messages by the options' capacity; of a held
// checker only what had been sent before.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "relay/clock.hpp"
#include "relay/held_checkers.hpp"
#include "relay/observer.hpp"
#include "relay/outbox.hpp"
#include "relay/publisher.hpp"
#include "relay/window.hpp"

namespace pg_checker::relay {

struct RelayOptions {
  int window = 1000;  // messages in flight
  int batch = 1000;   // messages a claim
  std::int64_t batch_bytes = 4 * 1024 * 1024;
  Duration lease = std::chrono::seconds(15);  // as the Outbox asks for it
  Duration scan_interval = std::chrono::seconds(5);
  Duration grace = std::chrono::seconds(30);
  Duration confirm_timeout = std::chrono::seconds(20);
  Duration heartbeat_message = std::chrono::seconds(60);  // 0: none
  std::unordered_set<std::string> drop_unroutable;        // message types
};

enum class BrokerLoss {
  kConnection,  // gone, or never answered
  kRefused,     // the broker closed the channel or connection because of something that we sent
};

class Relay final : public OutboxEvents, public BrokerEvents {
 public:
  // `clock` and `observer` outlive the relay. `seed` is for the jitter of retries.
  Relay(RelayOptions options, const Clock& clock, Observer& observer, std::uint32_t seed);

  // The peers come and go. The object stays the caller's and must live until the Down call.
  void DatabaseUp(Outbox& outbox);
  void DatabaseDown();
  void BrokerUp(Publisher& publisher);
  void BrokerDown(BrokerLoss loss, std::string_view reason);

  // Does everything that is due now. Call it after each event, and at NextWork() at the latest.
  void Work();
  TimePoint NextWork() const;

  // Makes each heartbeat message. Without it none is sent.
  using HeartbeatSource = std::function<Message()>;
  void SendHeartbeats(HeartbeatSource source) { heartbeat_source_ = std::move(source); }

  // The broker's socket takes data again.
  void Writable() { would_block_ = false; }
  bool WaitsForWritable() const { return would_block_; }

  // Stops claiming and publishing; the confirmed are deleted, the rest is given back.
  void Drain();
  bool Drained() const;

  // True if confirms are overdue although the broker has not said that it is blocked: drop the
  // connection.
  bool BrokerOverdue() const;
  // True while the oldest message of the outbox has been the same for `limit`.
  bool Stalled(Duration limit) const;

  std::size_t InFlight() const { return window_.size(); }

  void OnNotify() override { claim_wanted_ = true; }
  void OnJoined(std::span<const std::int64_t> held_checkers) override;
  void OnClaimed(std::vector<Message> messages, bool more) override;
  void OnConfirmed() override;
  void OnDeadLettered() override;
  void OnRewound() override;
  void OnRenewed() override;
  void OnReleased() override;
  void OnDepth(const Depth& depth) override;

  void OnAck(std::uint64_t tag, bool multiple) override;
  void OnNack(std::uint64_t tag, bool multiple) override;
  void OnReturn(std::string_view message_id, int code, std::string_view text) override;
  void OnBlocked(std::string_view reason) override;
  void OnUnblocked() override;

 private:
  enum class State { kWaiting, kInFlight, kFailed, kConfirmed, kUndeliverable };

  struct Entry {
    Message message;
    State state = State::kWaiting;
    int attempts = 0;
    bool alone = false;    // a suspect: published only while nothing else is in flight
    bool foreign = false;  // its lease was lost while it was in flight: another sidecar sees to it
    std::optional<TimePoint> first_failure;
    std::string failure;   // why it failed last
    std::string returned;  // why the broker has returned it in this attempt; empty: it has not
  };

  // Deletions wait this long for others, so that they do not stand in the way of a claim at every
  // message; it adds nothing to the delivery.
  static constexpr std::chrono::milliseconds kDeletionDelay{5};
  // Instead of the scan interval where LISTEN does not work.
  static constexpr std::chrono::milliseconds kPollInterval{200};

  enum class Command {
    kNone,
    kJoin,
    kClaim,
    kConfirm,
    kDeadLetter,
    kRewind,
    kRenew,
    kRelease,
    kDepth
  };

  // relay_publishing.cpp: towards the broker.
  bool MayPublish() const;
  void PublishDue();
  bool PublishRetries();
  bool RoomFor(const Entry& entry) const;
  void PublishHeartbeat();
  bool PublishEntry(Entry& entry);
  void Settle(std::int64_t id, bool accepted);
  void Confirm(Entry& entry);
  void Fail(Entry& entry, const std::string& reason);
  void HoldBack(std::int64_t checker_id);
  void LetGo(std::int64_t checker_id, std::int64_t id);
  void ScheduleRetry(std::int64_t checker_id, bool at_once);
  void Requeue(const std::vector<std::int64_t>& ids);

  // relay.cpp: what is known.
  Entry& Insert(Message message);
  void SetState(Entry& entry, State state);
  void Erase(std::int64_t id);
  void GiveBack();
  bool HasRows() const { return entries_.size() > heartbeats_; }

  // relay_commands.cpp: towards the database.
  void StartCommand();
  bool StartDeletion();
  bool StartClaim();
  void Start(Command command);
  void CompleteCommand() { command_ = Command::kNone; }
  bool LeasesHold() const { return clock_.Now() < leases_until_; }
  bool CommandPossible() const;

  const RelayOptions options_;
  const Clock& clock_;
  Observer& observer_;

  Outbox* outbox_ = nullptr;
  Publisher* publisher_ = nullptr;
  TimePoint broker_down_since_;
  bool blocked_ = false;
  bool would_block_ = false;
  bool draining_ = false;
  bool released_ = false;

  // Messages. An entry's id stands where its state says: ready_ (waiting), window_ (in flight),
  // held_ (failed or undeliverable), confirmed_ or confirming_ (confirmed), dead_ (undeliverable).
  std::unordered_map<std::int64_t, Entry> entries_;
  std::size_t live_entries_ = 0;  // all but failed and undeliverable ones
  std::int64_t live_bytes_ = 0;   // of their bodies
  std::ptrdiff_t failed_entries_ = 0;
  std::size_t heartbeats_ = 0;
  std::deque<std::int64_t> ready_;
  Window window_;
  bool alone_in_flight_ = false;
  // Types of which this channel has seen a confirm; and checkers whose message of another type is
  // in flight, with its id: their next ones wait for the answer.
  std::unordered_set<std::string> proven_types_;
  std::unordered_map<std::int64_t, std::int64_t> unproven_;
  TimePoint last_answer_;
  HeldCheckers held_;
  std::vector<std::int64_t> confirmed_;
  TimePoint confirmed_since_;
  std::deque<std::int64_t> dead_;
  std::vector<std::pair<std::int64_t, std::int64_t>> rewinds_;  // checker, greatest id kept

  // The database.
  Command command_ = Command::kNone;
  TimePoint command_started_;
  std::vector<std::int64_t> confirming_;
  bool joined_ = false;
  bool claim_wanted_ = true;
  bool release_wanted_ = false;
  bool depth_wanted_ = true;
  TimePoint leases_until_;
  TimePoint renew_at_;
  TimePoint scan_at_;
  std::optional<std::int64_t> oldest_id_;
  TimePoint oldest_since_;

  HeartbeatSource heartbeat_source_;
  TimePoint heartbeat_at_;
  std::int64_t last_heartbeat_id_ = 0;  // counts down, as the ids of rows count up
};

}  // namespace pg_checker::relay
