#include "relay/relay.hpp"

#include <algorithm>

namespace pg_checker::relay {
namespace {

// How long messages are kept for a broker that is away. After that they go back to the outbox,
// where a sidecar with a better connection finds them.
constexpr std::chrono::seconds kPatience(5);

}  // namespace

Relay::Relay(RelayOptions options, const Clock& clock, Observer& observer, std::uint32_t seed)
    : options_(std::move(options)),
      clock_(clock),
      observer_(observer),
      broker_down_since_(clock.Now()),
      held_(seed),
      scan_at_(clock.Now()),
      heartbeat_at_(clock.Now()) {}

void Relay::DatabaseUp(Outbox& outbox) {
  outbox_ = &outbox;
  joined_ = false;
}

void Relay::DatabaseDown() {
  outbox_ = nullptr;
  // Whether a deletion under way took place is unknown; deleting twice does no harm.
  confirmed_.insert(confirmed_.end(), confirming_.begin(), confirming_.end());
  confirming_.clear();
  command_ = Command::kNone;
}

void Relay::BrokerUp(Publisher& publisher) {
  publisher_ = &publisher;
  blocked_ = would_block_ = false;
  last_answer_ = clock_.Now();
  claim_wanted_ = true;
}

void Relay::BrokerDown(BrokerLoss loss, std::string_view reason) {
  if (publisher_ != nullptr) broker_down_since_ = clock_.Now();
  publisher_ = nullptr;
  blocked_ = would_block_ = false;
  if (loss == BrokerLoss::kRefused) {
    const std::vector<std::int64_t> suspects = window_.Clear();
    const bool found = suspects.size() == 1 && entries_.at(suspects.front()).alone;
    for (const std::int64_t id : suspects) {
      Entry& entry = entries_.at(id);
      entry.alone = true;
      if (found) Fail(entry, std::string(reason));
    }
    if (!found) Requeue(suspects);
  } else {
    // The grace time is for a broker that is there and says no.
    for (const std::int64_t id : held_.Failed()) {
      Entry& entry = entries_.at(id);
      if (!entry.alone && entry.state == State::kFailed) entry.first_failure.reset();
    }
    Requeue(window_.Clear());
  }
  alone_in_flight_ = false;
  proven_types_.clear();
  unproven_.clear();
}

void Relay::Work() {
  const TimePoint now = clock_.Now();
  if (now >= scan_at_) {
    claim_wanted_ = depth_wanted_ = true;
    const bool polls = outbox_ != nullptr && !outbox_->Listens();
    scan_at_ = now + (polls ? std::min<Duration>(options_.scan_interval, kPollInterval)
                            : options_.scan_interval);
  }
  if (publisher_ == nullptr && now >= broker_down_since_ + kPatience) GiveBack();
  PublishDue();
  StartCommand();
}

TimePoint Relay::NextWork() const {
  TimePoint next = scan_at_;
  if (outbox_ == nullptr) next = TimePoint::max();
  const auto consider = [&](TimePoint when) { next = std::min(next, when); };
  if (MayPublish()) {
    if (const auto retry = held_.NextRetry(); retry && RoomFor(entries_.at(retry->id)))
      consider(retry->when);
    if (heartbeat_source_ && options_.heartbeat_message.count() > 0) consider(heartbeat_at_);
  }
  if (publisher_ == nullptr && !(ready_.empty() && failed_entries_ == 0))
    consider(broker_down_since_ + kPatience);
  if (publisher_ != nullptr && !window_.empty() && !blocked_) {
    consider(std::max(last_answer_, window_.OldestSentAt()) + options_.confirm_timeout);
  }
  if (CommandPossible()) {
    if (HasRows()) consider(renew_at_);
    if (!confirmed_.empty()) consider(confirmed_since_ + kDeletionDelay);
  }
  return next;
}

void Relay::Drain() {
  draining_ = true;
  GiveBack();
  release_wanted_ = true;
}

bool Relay::Drained() const {
  if (!draining_ || !window_.empty() || !confirmed_.empty() || !confirming_.empty() ||
      !dead_.empty())
    return false;
  return released_ || outbox_ == nullptr;  // without a database, leases have ended with its session
}

bool Relay::BrokerOverdue() const {
  if (publisher_ == nullptr || blocked_ || window_.empty()) return false;
  return clock_.Now() >= std::max(last_answer_, window_.OldestSentAt()) + options_.confirm_timeout;
}

bool Relay::Stalled(Duration limit) const {
  return oldest_id_ && clock_.Now() - oldest_since_ >= limit;
}

Relay::Entry& Relay::Insert(Message message) {
  ++live_entries_;
  live_bytes_ += static_cast<std::int64_t>(message.body.size());
  Entry& entry = entries_[message.id];
  entry.message = std::move(message);
  return entry;
}

void Relay::SetState(Entry& entry, State state) {
  const auto live = [](State s) { return s != State::kFailed && s != State::kUndeliverable; };
  const auto bytes = static_cast<std::int64_t>(entry.message.body.size());
  failed_entries_ += (state == State::kFailed ? 1 : 0) - (entry.state == State::kFailed ? 1 : 0);
  if (live(entry.state) && !live(state)) {
    --live_entries_;
    live_bytes_ -= bytes;
  } else if (!live(entry.state) && live(state)) {
    ++live_entries_;
    live_bytes_ += bytes;
  }
  entry.state = state;
}

void Relay::Erase(std::int64_t id) {
  const auto entry = entries_.find(id);
  if (entry == entries_.end()) return;
  SetState(entry->second, State::kUndeliverable);  // so that it counts no more
  if (id < 0) --heartbeats_;
  entries_.erase(entry);
}

// Forgets what is not on its way and has the leases released, so that anyone can claim it again.
// What is confirmed is deleted before the release, and what is undeliverable is moved to the dead
// letters: StartCommand sees to the order.
void Relay::GiveBack() {
  if (ready_.empty() && failed_entries_ == 0) return;
  for (const std::int64_t id : ready_) Erase(id);
  ready_.clear();
  for (const std::int64_t id : held_.Failed()) {
    Entry& entry = entries_.at(id);
    if (entry.state != State::kFailed) continue;
    held_.Remove(entry.message.checker_id, id);
    held_.TakeRetry(entry.message.checker_id);
    Erase(id);
  }
  rewinds_.clear();
  release_wanted_ = true;
}

}  // namespace pg_checker::relay
