#include "relay/window.hpp"

namespace pg_checker::relay {

void Window::Add(const Message& message, TimePoint now) {
  flights_.emplace(++last_tag_, Flight{message.id, message.message_id, now});
  by_message_id_[message.message_id] = message.id;
}

std::vector<std::int64_t> Window::Take(std::uint64_t tag, bool multiple) {
  const auto end = flights_.upper_bound(tag);
  const auto begin = multiple ? flights_.begin() : flights_.lower_bound(tag);
  std::vector<std::int64_t> ids;
  for (auto flight = begin; flight != end; ++flight) {
    ids.push_back(flight->second.id);
    by_message_id_.erase(flight->second.message_id);
  }
  flights_.erase(begin, end);
  return ids;
}

std::vector<std::int64_t> Window::Clear() {
  std::vector<std::int64_t> ids;
  for (const auto& [tag, flight] : flights_) ids.push_back(flight.id);
  flights_.clear();
  by_message_id_.clear();
  last_tag_ = 0;
  return ids;
}

std::optional<std::int64_t> Window::Find(std::string_view message_id) const {
  const auto found = by_message_id_.find(std::string(message_id));
  if (found == by_message_id_.end()) return std::nullopt;
  return found->second;
}

}  // namespace pg_checker::relay
