// What the relay tells those who watch it: metrics and the log. Calls come on the thread of the
// main loop and must not call back into the relay.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "relay/message.hpp"
#include "relay/outbox.hpp"

namespace pg_checker::relay {

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void Published(const Message& message, int attempt) = 0;
  // `latency` is from the row's creation; absent for messages without a row.
  virtual void Confirmed(const Message& message,
                         std::optional<std::chrono::microseconds> latency) = 0;
  virtual void Returned(const Message& message, std::string_view reason) = 0;
  // Returned, and of a type that is tried again.
  virtual void Unroutable(const Message& message, std::string_view reason) = 0;
  virtual void Refused(const Message& message, std::string_view reason) = 0;
  // Unroutable, and of a type for which that is no matter.
  virtual void Dropped(const Message& message, std::string_view reason) = 0;
  virtual void DeadLettered(const Message& message, std::string_view reason, int attempts) = 0;
  virtual void Blocked(std::string_view reason) = 0;
  virtual void Unblocked() = 0;
  virtual void DepthMeasured(const Depth& depth) = 0;
  // Leases that ran out meanwhile: another sidecar may have sent these messages too.
  virtual void LeasesLost(std::size_t messages) = 0;
};

}  // namespace pg_checker::relay
