#include "relay/held_checkers.hpp"

#include <algorithm>

namespace pg_checker::relay {
namespace {

// The first retry comes soon, as most refusals are of the moment (a queue that elects its leader);
// later ones leave the broker in peace.
constexpr std::chrono::milliseconds kFirstPause(100);
constexpr std::chrono::milliseconds kLongestPause(5000);

}  // namespace

std::vector<std::int64_t> HeldCheckers::Checkers() const {
  std::vector<std::int64_t> checkers;
  checkers.reserve(held_.size());
  for (const auto& [checker_id, held] : held_) checkers.push_back(checker_id);
  return checkers;
}

std::vector<std::int64_t> HeldCheckers::Failed() const {
  std::vector<std::int64_t> ids;
  for (const auto& [checker_id, held] : held_)
    ids.insert(ids.end(), held.failed.begin(), held.failed.end());
  return ids;
}

bool HeldCheckers::Holds(std::int64_t checker_id, std::int64_t id) const {
  const auto held = held_.find(checker_id);
  return held != held_.end() && held->second.failed.contains(id);
}

bool HeldCheckers::Add(std::int64_t checker_id, std::int64_t id) {
  const auto [held, added] = held_.try_emplace(
      checker_id, Held{{}, std::nullopt, Backoff(kFirstPause, kLongestPause, ++seed_)});
  held->second.failed.insert(id);
  return added;
}

bool HeldCheckers::Remove(std::int64_t checker_id, std::int64_t id) {
  const auto held = held_.find(checker_id);
  if (held == held_.end()) return false;
  held->second.failed.erase(id);
  held->second.backoff.Reset();
  if (!held->second.failed.empty()) return false;
  Forget(checker_id);
  return true;
}

void HeldCheckers::Forget(std::int64_t checker_id) {
  TakeRetry(checker_id);
  held_.erase(checker_id);
}

void HeldCheckers::RetryAt(std::int64_t checker_id, TimePoint when) {
  TakeRetry(checker_id);
  const auto held = held_.find(checker_id);
  if (held == held_.end()) return;
  held->second.retry_at = when;
  retries_.emplace(when, checker_id);
}

void HeldCheckers::RetryLater(std::int64_t checker_id, TimePoint now, TimePoint latest) {
  const auto held = held_.find(checker_id);
  if (held == held_.end() || held->second.retry_at) return;
  RetryAt(checker_id, std::min<TimePoint>(now + held->second.backoff.Next(), latest));
}

std::optional<HeldCheckers::Retry> HeldCheckers::NextRetry() const {
  if (retries_.empty()) return std::nullopt;
  const auto& [when, checker_id] = *retries_.begin();
  return Retry{checker_id, *held_.at(checker_id).failed.begin(), when};
}

void HeldCheckers::TakeRetry(std::int64_t checker_id) {
  const auto held = held_.find(checker_id);
  if (held == held_.end() || !held->second.retry_at) return;
  retries_.erase({*held->second.retry_at, checker_id});
  held->second.retry_at.reset();
}

}  // namespace pg_checker::relay
