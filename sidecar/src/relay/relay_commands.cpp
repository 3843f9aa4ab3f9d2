// The relay towards the database: which command is next, and what its outcome means. One command is
// under way at a time; while it is, confirms gather, so that under load deletions become batches by
// themselves.
#include <algorithm>

#include "relay/relay.hpp"

namespace pg_checker::relay {
namespace {

constexpr std::size_t kDeletionBatch = 256;

}  // namespace

bool Relay::CommandPossible() const {
  return outbox_ != nullptr && command_ == Command::kNone && outbox_->Idle();
}

void Relay::Start(Command command) {
  command_ = command;
  command_started_ = clock_.Now();
}

void Relay::StartCommand() {
  if (!CommandPossible()) return;
  const TimePoint now = clock_.Now();
  if (HasRows() && now >= leases_until_)
    joined_ = false;  // we were away for long: who holds what now?
  if (!joined_ && !draining_) {
    Start(Command::kJoin);
    outbox_->Join();
  } else if (!rewinds_.empty()) {
    const auto [checker_id, claimed_id] = rewinds_.back();
    rewinds_.pop_back();
    Start(Command::kRewind);
    outbox_->Rewind(checker_id, claimed_id);
  } else if (StartDeletion()) {
    return;
  } else if (!dead_.empty()) {
    const Entry& entry = entries_.at(dead_.front());
    Start(Command::kDeadLetter);
    outbox_->DeadLetter(dead_.front(), entry.failure, entry.attempts);
  } else if (release_wanted_ && window_.empty() && confirmed_.empty()) {
    Start(Command::kRelease);
    outbox_->Release();
  } else if (HasRows() && now >= renew_at_) {
    Start(Command::kRenew);
    outbox_->Renew();
  } else if (depth_wanted_ && !draining_) {
    depth_wanted_ = false;
    Start(Command::kDepth);
    outbox_->MeasureDepth();
  } else {
    StartClaim();
  }
}

bool Relay::StartDeletion() {
  if (confirmed_.empty()) return false;
  const bool due = confirmed_.size() >= kDeletionBatch || release_wanted_ ||
                   clock_.Now() >= confirmed_since_ + kDeletionDelay;
  if (!due) return false;
  confirming_ = std::move(confirmed_);
  confirmed_.clear();
  Start(Command::kConfirm);
  outbox_->Confirm(confirming_);
  return true;
}

bool Relay::StartClaim() {
  // Without a broker the messages are left to sidecars that have one.
  if (!claim_wanted_ || draining_ || release_wanted_ || publisher_ == nullptr || blocked_)
    return false;
  // Room for the window and one batch beyond it, so that the broker is kept busy while the next
  // batch is fetched; not claimed in small pieces.
  const auto batch = static_cast<std::size_t>(options_.batch);
  const std::size_t capacity = batch + static_cast<std::size_t>(options_.window);
  const std::size_t room = capacity - std::min(capacity, live_entries_);
  const std::int64_t room_bytes = 2 * options_.batch_bytes - live_bytes_;
  if (live_entries_ > heartbeats_ &&
      (room < (batch + 1) / 2 || room_bytes < options_.batch_bytes / 2))
    return false;
  claim_wanted_ = false;
  Start(Command::kClaim);
  outbox_->Claim(static_cast<int>(std::min(std::max<std::size_t>(room, 1), batch)),
                 std::clamp<std::int64_t>(room_bytes, 1, options_.batch_bytes), held_.Checkers());
  return true;
}

void Relay::OnJoined(std::span<const std::int64_t> held_checkers) {
  CompleteCommand();
  joined_ = true;
  claim_wanted_ = true;
  leases_until_ = command_started_ + options_.lease;
  renew_at_ = command_started_ + options_.lease / 3;
  rewinds_.clear();  // joining has set all cursors back; what is known is recognised when it is
                     // claimed again
  const std::unordered_set<std::int64_t> ours(held_checkers.begin(), held_checkers.end());
  std::vector<std::int64_t> lost;
  std::size_t lost_messages = 0;
  for (auto& [id, entry] : entries_) {
    if (id < 0 || entry.state == State::kConfirmed || ours.contains(entry.message.checker_id))
      continue;
    ++lost_messages;
    if (entry.state == State::kInFlight) {
      entry.foreign = true;
    } else {
      lost.push_back(id);
    }
  }
  for (const std::int64_t id : lost) {
    held_.Remove(entries_.at(id).message.checker_id, id);
    Erase(id);
  }
  const auto gone = [&](std::int64_t id) { return !entries_.contains(id); };
  std::erase_if(ready_, gone);
  std::erase_if(dead_, gone);
  if (lost_messages > 0) observer_.LeasesLost(lost_messages);
}

void Relay::OnClaimed(std::vector<Message> messages, bool more) {
  CompleteCommand();
  if (draining_) return;
  if (!HasRows()) {
    leases_until_ = command_started_ + options_.lease;
    renew_at_ = command_started_ + options_.lease / 3;
  }
  claim_wanted_ = claim_wanted_ || more;
  for (Message& message : messages) {
    // Known ones come again after a lost connection. A checker that has become held meanwhile is
    // about to be rewound.
    const std::int64_t id = message.id;
    if (entries_.contains(id) || held_.Holds(message.checker_id)) continue;
    Insert(std::move(message));
    ready_.push_back(id);
  }
}

void Relay::OnConfirmed() {
  CompleteCommand();
  for (const std::int64_t id : confirming_) Erase(id);
  confirming_.clear();
}

void Relay::OnDeadLettered() {
  CompleteCommand();
  const std::int64_t id = dead_.front();
  dead_.pop_front();
  const Entry& entry = entries_.at(id);
  const std::int64_t checker_id = entry.message.checker_id;
  observer_.DeadLettered(entry.message, entry.failure, entry.attempts);
  LetGo(checker_id, id);
  Erase(id);
}

void Relay::OnRewound() { CompleteCommand(); }

void Relay::OnRenewed() {
  CompleteCommand();
  leases_until_ = command_started_ + options_.lease;
  renew_at_ = command_started_ + options_.lease / 3;
}

void Relay::OnReleased() {
  CompleteCommand();
  release_wanted_ = false;
  released_ = draining_;
  claim_wanted_ = true;
}

void Relay::OnDepth(const Depth& depth) {
  CompleteCommand();
  if (depth.oldest_id != oldest_id_) {
    oldest_id_ = depth.oldest_id;
    oldest_since_ = clock_.Now();
  }
  observer_.DepthMeasured(depth);
}

}  // namespace pg_checker::relay
