#include "http/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>

namespace pg_checker::http {
namespace {

prometheus::Counter& Counter(prometheus::Registry& registry, const std::string& name,
                             const std::string& help, const prometheus::Labels& labels = {}) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels);
}

prometheus::Gauge& Gauge(prometheus::Registry& registry, const std::string& name,
                         const std::string& help, const prometheus::Labels& labels = {}) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
}

// Seconds. The interesting part is between half a millisecond and a few; the rest tells outages
// apart.
const prometheus::Histogram::BucketBoundaries kLatencyBuckets = {
    0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
    0.5,    1,     2.5,   5,     10,    30,   60,    300,  1800};

constexpr const char* kUpName = "checkerd_up";
constexpr const char* kUpHelp = "Whether the peer is connected.";
constexpr const char* kReconnectsName = "checkerd_reconnects_total";
constexpr const char* kReconnectsHelp = "Connections made anew after the first.";

}  // namespace

Metrics::Metrics(const std::string& version)
    : published_(Counter(registry_, "checkerd_published_total",
                         "Messages handed to the broker, repeated ones too.")),
      confirmed_(Counter(registry_, "checkerd_confirmed_total",
                         "Messages that the broker has confirmed and routed.")),
      returned_(Counter(registry_, "checkerd_returned_total",
                        "Messages that the broker returned as unroutable.")),
      refused_(Counter(registry_, "checkerd_refused_total",
                       "Messages that the broker did not accept (nack).")),
      retried_(Counter(registry_, "checkerd_retried_total",
                       "Publications of a message after its first.")),
      dropped_(Counter(registry_, "checkerd_dropped_total",
                       "Unroutable messages that were deleted because of their type.")),
      dead_lettered_(Counter(registry_, "checkerd_dead_lettered_total",
                             "Messages moved to the dead letters.")),
      pending_(Gauge(registry_, "checkerd_outbox_pending",
                     "Messages in the outbox; an estimate above 10,000.")),
      age_(Gauge(registry_, "checkerd_outbox_age_seconds",
                 "Age of the oldest message in the outbox, 0 if it is empty.")),
      in_flight_(
          Gauge(registry_, "checkerd_in_flight", "Messages that wait for the broker's answer.")),
      blocked_(
          Gauge(registry_, "checkerd_blocked", "Whether the broker has asked publishers to stop.")),
      latency_(prometheus::BuildHistogram()
                   .Name("checkerd_delivery_latency_seconds")
                   .Help("From the writing of a message to the broker's confirm.")
                   .Register(registry_)
                   .Add({}, kLatencyBuckets)),
      database_{Gauge(registry_, kUpName, kUpHelp, {{"peer", "database"}}),
                Counter(registry_, kReconnectsName, kReconnectsHelp, {{"peer", "database"}})},
      broker_{Gauge(registry_, kUpName, kUpHelp, {{"peer", "broker"}}),
              Counter(registry_, kReconnectsName, kReconnectsHelp, {{"peer", "broker"}})} {
  Gauge(registry_, "checkerd_build_info", "The version of this program; always 1.",
        {{"version", version}})
      .Set(1);
}

void Metrics::ObserveLatency(std::chrono::microseconds latency) {
  latency_.Observe(static_cast<double>(latency.count()) / 1e6);
}

void Metrics::SetUp(Peer peer, bool up) {
  PeerMetrics& metrics = peer == Peer::kDatabase ? database_ : broker_;
  metrics.up.Set(up ? 1 : 0);
  if (up && metrics.was_up) metrics.reconnects.Increment();
  metrics.was_up = metrics.was_up || up;
}

void Metrics::SetOutbox(std::int64_t pending, std::optional<std::int64_t> oldest_at) {
  pending_.Set(static_cast<double>(pending));
  oldest_at_ = oldest_at.value_or(0);
}

std::string Metrics::Exposition() {
  // The age grows while nobody measures; clocks may differ, and an age is never negative.
  const std::int64_t oldest_at = oldest_at_;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::int64_t now_us = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  age_.Set(oldest_at == 0
               ? 0
               : static_cast<double>(std::max<std::int64_t>(0, now_us - oldest_at)) / 1e6);
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

}  // namespace pg_checker::http
