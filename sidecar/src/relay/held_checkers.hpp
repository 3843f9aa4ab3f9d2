// Checkers with a message that the broker has refused or returned. While one is held its other
// messages wait; its failed ones are tried again one at a time, lowest id first, at times that this
// class keeps.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "relay/backoff.hpp"
#include "relay/clock.hpp"

namespace pg_checker::relay {

class HeldCheckers {
 public:
  explicit HeldCheckers(std::uint32_t seed) : seed_(seed) {}

  bool Holds(std::int64_t checker_id) const { return held_.contains(checker_id); }
  bool Holds(std::int64_t checker_id, std::int64_t id) const;
  std::vector<std::int64_t> Checkers() const;
  std::vector<std::int64_t> Failed() const;  // ids of all checkers
  // The id that is tried next, of a checker that is held.
  std::int64_t First(std::int64_t checker_id) const { return *held_.at(checker_id).failed.begin(); }

  // Adds a failed message; true if the checker was not held before.
  bool Add(std::int64_t checker_id, std::int64_t id);
  // Takes a message off; true if it was the checker's last, which is free then.
  bool Remove(std::int64_t checker_id, std::int64_t id);
  void Forget(std::int64_t checker_id);

  // Sets when the checker's first failed message is tried next: at a given time, or, unless one is
  // set already, after a pause that grows from retry to retry, at `latest` at the latest.
  void RetryAt(std::int64_t checker_id, TimePoint when);
  void RetryLater(std::int64_t checker_id, TimePoint now, TimePoint latest);

  struct Retry {
    std::int64_t checker_id;
    std::int64_t id;
    TimePoint when;
  };
  // The earliest that is set; its checker has none set until RetryAt or RetryLater is called after
  // TakeRetry.
  std::optional<Retry> NextRetry() const;
  void TakeRetry(std::int64_t checker_id);

 private:
  struct Held {
    std::set<std::int64_t> failed;
    std::optional<TimePoint> retry_at;
    Backoff backoff;
  };

  std::unordered_map<std::int64_t, Held> held_;
  std::set<std::pair<TimePoint, std::int64_t>> retries_;  // when, checker
  std::uint32_t seed_;
};

}  // namespace pg_checker::relay
