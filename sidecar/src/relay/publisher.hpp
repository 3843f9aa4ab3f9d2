// The broker's side of the relay: one channel in confirm mode. amqp/ implements this, and so does a
// fake in the tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "relay/message.hpp"

namespace pg_checker::relay {

enum class Sent {
  kYes,
  kWouldBlock,  // the socket is full: try again when it is writable
  kInvalid,     // no AMQP message can be made of it
  kLost,        // the connection has failed: its owner will tell the relay with BrokerDown()
};

// All on the thread of the main loop.
class Publisher {
 public:
  virtual ~Publisher() = default;
  // Hands the message over, persistent and mandatory. The n-th that returned kYes on this channel
  // has delivery tag n (AMQP 0-9-1 with RabbitMQ's confirms), by which BrokerEvents speaks of it.
  virtual Sent Publish(const Message& message) = 0;
};

// What the broker says. `multiple` means the tag and all unanswered ones before it.
class BrokerEvents {
 public:
  virtual ~BrokerEvents() = default;
  virtual void OnAck(std::uint64_t tag, bool multiple) = 0;
  virtual void OnNack(std::uint64_t tag, bool multiple) = 0;
  // Comes before the ack of the same message.
  virtual void OnReturn(std::string_view message_id, int code, std::string_view text) = 0;
  virtual void OnBlocked(std::string_view reason) = 0;
  virtual void OnUnblocked() = 0;
};

}  // namespace pg_checker::relay
