// Turns what the relay tells into metrics and log lines. Owns nothing; both outlive it.
#pragma once

#include <chrono>
#include <string>
#include <unordered_map>
#include <utility>

#include "app/log.hpp"
#include "http/metrics.hpp"
#include "relay/observer.hpp"

namespace pg_checker::app {

class Watcher final : public relay::Observer {
 public:
  Watcher(http::Metrics& metrics, Log& log) : metrics_(metrics), log_(log) {}

  void Published(const relay::Message& message, int attempt) override;
  void Confirmed(const relay::Message& message,
                 std::optional<std::chrono::microseconds> latency) override;
  void Returned(const relay::Message& message, std::string_view reason) override;
  void Unroutable(const relay::Message& message, std::string_view reason) override;
  void Refused(const relay::Message& message, std::string_view reason) override;
  void Dropped(const relay::Message& message, std::string_view reason) override;
  void DeadLettered(const relay::Message& message, std::string_view reason, int attempts) override;
  void Blocked(std::string_view reason) override;
  void Unblocked() override;
  void DepthMeasured(const relay::Depth& depth) override;
  void LeasesLost(std::size_t messages) override;

  // Whether a message has been unroutable since the last call.
  bool TakeUnroutable() { return std::exchange(unroutable_, false); }

 private:
  http::Metrics& metrics_;
  Log& log_;
  bool unroutable_ = false;
  // When the log last had an unroutable message of a routing key.
  std::unordered_map<std::string, std::chrono::steady_clock::time_point> told_;
};

}  // namespace pg_checker::app
