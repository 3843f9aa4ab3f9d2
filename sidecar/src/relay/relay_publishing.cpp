// The relay towards the broker: what is published when, and what its answers mean.
#include <algorithm>

#include "relay/relay.hpp"

namespace pg_checker::relay {

bool Relay::MayPublish() const {
  return publisher_ != nullptr && !blocked_ && !would_block_ && !draining_;
}

void Relay::PublishDue() {
  if (!MayPublish()) return;
  PublishHeartbeat();
  if (!LeasesHold() || !PublishRetries()) return;
  std::vector<std::int64_t> passed_over;
  while (!ready_.empty()) {
    const std::int64_t id = ready_.front();
    Entry& entry = entries_.at(id);
    if (unproven_.contains(entry.message.checker_id)) {
      passed_over.push_back(id);
      ready_.pop_front();
      continue;
    }
    if (!RoomFor(entry) || !PublishEntry(entry)) break;
    ready_.pop_front();
  }
  // One that could not be sent at all has its checker's others held back, which may be among these.
  std::erase_if(passed_over, [&](std::int64_t id) { return !entries_.contains(id); });
  ready_.insert(ready_.begin(), passed_over.begin(), passed_over.end());
}

bool Relay::RoomFor(const Entry& entry) const {
  if (!LeasesHold() || alone_in_flight_) return false;
  return entry.alone ? window_.empty() : window_.size() < static_cast<std::size_t>(options_.window);
}

// False if a retry that is due finds no room, so that nothing else takes the room from it: a
// suspect waits until nothing is in flight.
bool Relay::PublishRetries() {
  const TimePoint now = clock_.Now();
  while (const auto retry = held_.NextRetry()) {
    if (retry->when > now) break;
    Entry& entry = entries_.at(retry->id);
    if (!RoomFor(entry)) return false;
    held_.TakeRetry(retry->checker_id);
    if (!PublishEntry(entry)) {
      held_.RetryAt(retry->checker_id, retry->when);
      return false;
    }
  }
  return true;
}

void Relay::PublishHeartbeat() {
  const TimePoint now = clock_.Now();
  if (!heartbeat_source_ || options_.heartbeat_message.count() == 0 || now < heartbeat_at_) return;
  heartbeat_at_ = now + options_.heartbeat_message;
  Message message = heartbeat_source_();
  message.id = --last_heartbeat_id_;
  ++heartbeats_;
  if (!PublishEntry(Insert(std::move(message)))) Erase(last_heartbeat_id_);
}

// False if the broker takes nothing for now.
bool Relay::PublishEntry(Entry& entry) {
  const Sent sent = publisher_->Publish(entry.message);
  if (sent == Sent::kWouldBlock || sent == Sent::kLost) {
    would_block_ = true;  // a lost connection ends with BrokerDown(), which clears it
    return false;
  }
  entry.returned.clear();
  ++entry.attempts;
  if (sent == Sent::kInvalid) {
    Fail(entry, "no AMQP message can be made of it");
    return true;
  }
  window_.Add(entry.message, clock_.Now());
  SetState(entry, State::kInFlight);
  alone_in_flight_ = entry.alone;
  if (entry.message.id > 0 && !proven_types_.contains(entry.message.type)) {
    unproven_[entry.message.checker_id] = entry.message.id;
  }
  observer_.Published(entry.message, entry.attempts);
  return true;
}

void Relay::OnAck(std::uint64_t tag, bool multiple) {
  last_answer_ = clock_.Now();
  for (const std::int64_t id : window_.Take(tag, multiple)) Settle(id, true);
}

void Relay::OnNack(std::uint64_t tag, bool multiple) {
  last_answer_ = clock_.Now();
  for (const std::int64_t id : window_.Take(tag, multiple)) Settle(id, false);
}

void Relay::OnReturn(std::string_view message_id, int code, std::string_view text) {
  if (const auto id = window_.Find(message_id)) {
    entries_.at(*id).returned =
        "returned by the broker: " + std::to_string(code) + " " + std::string(text);
  }
}

void Relay::OnBlocked(std::string_view reason) {
  blocked_ = true;
  observer_.Blocked(reason);
}

void Relay::OnUnblocked() {
  blocked_ = false;
  last_answer_ = clock_.Now();
  claim_wanted_ = true;
  observer_.Unblocked();
}

void Relay::Settle(std::int64_t id, bool accepted) {
  Entry& entry = entries_.at(id);
  if (entry.alone) alone_in_flight_ = false;
  if (const auto unproven = unproven_.find(entry.message.checker_id);
      unproven != unproven_.end() && unproven->second == id) {
    unproven_.erase(unproven);
  }
  if (!accepted) {
    const std::string reason = "refused by the broker";
    observer_.Refused(entry.message, reason);
    Fail(entry, reason);
  } else if (entry.returned.empty()) {
    std::optional<std::chrono::microseconds> latency;
    if (id > 0) {
      // The two clocks may differ, or jump.
      latency = std::chrono::microseconds(
          std::max<std::int64_t>(0, clock_.WallMicroseconds() - entry.message.created_at));
    }
    observer_.Confirmed(entry.message, latency);
    Confirm(entry);
  } else {
    observer_.Returned(entry.message, entry.returned);
    if (options_.drop_unroutable.contains(entry.message.type)) {
      observer_.Dropped(entry.message, entry.returned);
      Confirm(entry);
    } else {
      observer_.Unroutable(entry.message, entry.returned);
      Fail(entry, entry.returned);
    }
  }
}

// The broker has it, or it is of no matter: the row can go.
void Relay::Confirm(Entry& entry) {
  const std::int64_t id = entry.message.id;
  const std::int64_t checker_id = entry.message.checker_id;
  if (id < 0) {
    Erase(id);
    return;
  }
  proven_types_.insert(entry.message.type);
  if (confirmed_.empty()) confirmed_since_ = clock_.Now();
  confirmed_.push_back(id);
  live_bytes_ -= static_cast<std::int64_t>(entry.message.body.size());
  entry.message.body = std::string();
  SetState(entry, State::kConfirmed);
  LetGo(checker_id, id);
}

void Relay::Fail(Entry& entry, const std::string& reason) {
  const std::int64_t id = entry.message.id;
  const std::int64_t checker_id = entry.message.checker_id;
  const bool tried_before = entry.first_failure.has_value();
  if (id < 0 || entry.foreign || draining_) {
    LetGo(checker_id, id);
    Erase(id);
    return;
  }
  const TimePoint now = clock_.Now();
  entry.failure = reason;
  if (!tried_before) entry.first_failure = now;
  if (now >= *entry.first_failure + options_.grace) {
    SetState(entry, State::kUndeliverable);
    dead_.push_back(id);
  } else {
    SetState(entry, State::kFailed);
  }
  if (held_.Add(checker_id, id)) HoldBack(checker_id);
  ScheduleRetry(checker_id, false);
}

// The other messages of the checker wait in the database from now on.
void Relay::HoldBack(std::int64_t checker_id) {
  std::int64_t kept = 0;
  std::vector<std::int64_t> waiting;
  for (const auto& [id, entry] : entries_) {
    if (entry.message.checker_id != checker_id || id < 0) continue;
    if (entry.state == State::kWaiting) {
      waiting.push_back(id);
    } else {
      kept = std::max(kept, id);
    }
  }
  for (const std::int64_t id : waiting) Erase(id);
  std::erase_if(ready_, [&](std::int64_t id) { return !entries_.contains(id); });
  rewinds_.emplace_back(checker_id, kept);
}

// The message needs no further attempt. If it was what its checker is held for, the next failed one
// is due, or the checker is free.
void Relay::LetGo(std::int64_t checker_id, std::int64_t id) {
  if (!held_.Holds(checker_id, id)) return;
  if (held_.Remove(checker_id, id)) {
    claim_wanted_ = true;
  } else {
    ScheduleRetry(checker_id, true);
  }
}

void Relay::ScheduleRetry(std::int64_t checker_id, bool at_once) {
  const Entry& first = entries_.at(held_.First(checker_id));
  if (first.state != State::kFailed) {  // on its way, or about to be moved to the dead letters
    held_.TakeRetry(checker_id);
    return;
  }
  const TimePoint now = clock_.Now();
  if (at_once) {
    held_.RetryAt(checker_id, now);
  } else {
    held_.RetryLater(checker_id, now,
                     std::max(now, first.first_failure.value_or(now) + options_.grace));
  }
}

// What was in flight on a lost connection is sent again, in the same order, before all else.
void Relay::Requeue(const std::vector<std::int64_t>& ids) {
  std::vector<std::int64_t> again;
  for (const std::int64_t id : ids) {
    Entry& entry = entries_.at(id);
    const std::int64_t checker_id = entry.message.checker_id;
    entry.returned.clear();
    if (id < 0 || entry.foreign || draining_) {
      LetGo(checker_id, id);
      Erase(id);
    } else if (held_.Holds(checker_id)) {
      SetState(entry, State::kFailed);
      held_.Add(checker_id, id);
      ScheduleRetry(checker_id, true);
    } else {
      SetState(entry, State::kWaiting);
      again.push_back(id);
    }
  }
  ready_.insert(ready_.begin(), again.begin(), again.end());
}

}  // namespace pg_checker::relay
