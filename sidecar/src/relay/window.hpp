// The messages that the broker has not answered yet, by delivery tag. A tag counts the publishes of
// one channel from 1 (RabbitMQ's publisher confirms), so a new channel needs a cleared window.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "relay/clock.hpp"
#include "relay/message.hpp"

namespace pg_checker::relay {

class Window {
 public:
  void Add(const Message& message, TimePoint now);

  // The ids that an answer is about, in the order of their sending; they leave the window.
  std::vector<std::int64_t> Take(std::uint64_t tag, bool multiple);

  // All ids in the order of their sending. Counts from 1 again.
  std::vector<std::int64_t> Clear();

  std::optional<std::int64_t> Find(std::string_view message_id) const;

  bool empty() const { return flights_.empty(); }
  std::size_t size() const { return flights_.size(); }
  // Only of a window that is not empty.
  TimePoint OldestSentAt() const { return flights_.begin()->second.sent_at; }

 private:
  struct Flight {
    std::int64_t id;
    std::string message_id;
    TimePoint sent_at;
  };

  std::map<std::uint64_t, Flight> flights_;
  std::unordered_map<std::string, std::int64_t> by_message_id_;
  std::uint64_t last_tag_ = 0;
};

}  // namespace pg_checker::relay
