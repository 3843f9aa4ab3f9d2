#include "app/watcher.hpp"

namespace pg_checker::app {
namespace {

// A message is returned at each of its retries, and one that has no queue is seldom alone.
constexpr std::chrono::minutes kSameKeyInterval(1);
constexpr std::size_t kMostKeys = 1000;

}  // namespace

void Watcher::Published(const relay::Message& message, int attempt) {
  metrics_.CountPublished();
  if (attempt > 1) metrics_.CountRetried();
  if (!log_.Enabled(Level::kDebug)) return;
  log_.Write(Level::kDebug, "published",
             {{"message_id", message.message_id},
              {"routing_key", message.routing_key},
              {"attempt", std::to_string(attempt)}});
}

void Watcher::Confirmed(const relay::Message& message,
                        std::optional<std::chrono::microseconds> latency) {
  metrics_.CountConfirmed();
  if (latency) metrics_.ObserveLatency(*latency);
  if (!log_.Enabled(Level::kDebug)) return;
  log_.Write(Level::kDebug, "confirmed", {{"message_id", message.message_id}});
}

void Watcher::Returned(const relay::Message& message, std::string_view reason) {
  metrics_.CountReturned();
  log_.Write(Level::kDebug, "returned",
             {{"message_id", message.message_id}, {"reason", std::string(reason)}});
}

void Watcher::Unroutable(const relay::Message& message, std::string_view reason) {
  unroutable_ = true;
  const auto now = std::chrono::steady_clock::now();
  if (told_.size() >= kMostKeys) told_.clear();
  const auto [told, first] = told_.try_emplace(message.routing_key, now);
  if (!first && now - told->second < kSameKeyInterval) return;
  told->second = now;
  log_.WriteSparingly(Level::kWarning, "unroutable",
                      {{"message_id", message.message_id},
                       {"routing_key", message.routing_key},
                       {"reason", std::string(reason)}});
}

void Watcher::Refused(const relay::Message& message, std::string_view reason) {
  metrics_.CountRefused();
  log_.WriteSparingly(Level::kWarning, "refused",
                      {{"message_id", message.message_id},
                       {"routing_key", message.routing_key},
                       {"reason", std::string(reason)}});
}

void Watcher::Dropped(const relay::Message& message, std::string_view reason) {
  metrics_.CountDropped();
  log_.Write(Level::kDebug, "dropped",
             {{"message_id", message.message_id}, {"reason", std::string(reason)}});
}

void Watcher::DeadLettered(const relay::Message& message, std::string_view reason, int attempts) {
  metrics_.CountDeadLettered();
  log_.WriteSparingly(Level::kError, "dead_lettered",
                      {{"message_id", message.message_id},
                       {"routing_key", message.routing_key},
                       {"reason", std::string(reason)},
                       {"attempts", std::to_string(attempts)}});
}

void Watcher::Blocked(std::string_view reason) {
  metrics_.SetBlocked(true);
  log_.Write(Level::kWarning, "broker_blocked", {{"reason", std::string(reason)}});
}

void Watcher::Unblocked() {
  metrics_.SetBlocked(false);
  log_.Write(Level::kInfo, "broker_unblocked");
}

void Watcher::DepthMeasured(const relay::Depth& depth) {
  std::optional<std::int64_t> oldest_at;
  if (depth.oldest_id) oldest_at = depth.oldest_at;
  metrics_.SetOutbox(depth.pending, oldest_at);
}

void Watcher::LeasesLost(std::size_t messages) {
  log_.Write(Level::kWarning, "leases_lost", {{"messages", std::to_string(messages)}});
}

}  // namespace pg_checker::app
