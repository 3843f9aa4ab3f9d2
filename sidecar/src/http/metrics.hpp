// What /metrics shows, under the names of docs and dashboards. Counted from the main loop, read by
// the server's thread; prometheus-cpp's values are atomic. Owns its registry.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace pg_checker::http {

enum class Peer { kDatabase, kBroker };

class Metrics {
 public:
  explicit Metrics(const std::string& version);

  void CountPublished() { published_.Increment(); }
  void CountConfirmed() { confirmed_.Increment(); }
  void CountReturned() { returned_.Increment(); }
  void CountRefused() { refused_.Increment(); }
  void CountRetried() { retried_.Increment(); }
  void CountDropped() { dropped_.Increment(); }
  void CountDeadLettered() { dead_lettered_.Increment(); }
  void ObserveLatency(std::chrono::microseconds latency);
  void SetUp(Peer peer, bool up);  // counts a reconnection when it goes from false to true again
  void SetBlocked(bool blocked) { blocked_.Set(blocked ? 1 : 0); }
  void SetInFlight(std::size_t messages) { in_flight_.Set(static_cast<double>(messages)); }
  // `oldest_at` in µs since 1970, absent if nothing waits.
  void SetOutbox(std::int64_t pending, std::optional<std::int64_t> oldest_at);

  // The text exposition format, version 0.0.4.
  std::string Exposition();

 private:
  struct PeerMetrics {
    prometheus::Gauge& up;
    prometheus::Counter& reconnects;
    bool was_up = false;
  };

  prometheus::Registry registry_;
  prometheus::Counter& published_;
  prometheus::Counter& confirmed_;
  prometheus::Counter& returned_;
  prometheus::Counter& refused_;
  prometheus::Counter& retried_;
  prometheus::Counter& dropped_;
  prometheus::Counter& dead_lettered_;
  prometheus::Gauge& pending_;
  prometheus::Gauge& age_;
  prometheus::Gauge& in_flight_;
  prometheus::Gauge& blocked_;
  prometheus::Histogram& latency_;
  PeerMetrics database_;
  PeerMetrics broker_;
  std::atomic<std::int64_t> oldest_at_{0};  // 0: none
};

}  // namespace pg_checker::http
