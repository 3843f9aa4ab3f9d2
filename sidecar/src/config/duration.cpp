#include "config/duration.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace pg_checker::config {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};

constexpr std::array<Unit, 4> kUnits = {{{"h", 3600000}, {"min", 60000}, {"s", 1000}, {"ms", 1}}};
constexpr std::int64_t kMostMilliseconds = std::int64_t{365} * 24 * 3600 * 1000;

}  // namespace

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& known : kUnits) {
    if (unit != known.name) continue;
    if (number > kMostMilliseconds / known.milliseconds) return std::nullopt;
    return std::chrono::milliseconds(number * known.milliseconds);
  }
  return std::nullopt;
}

std::string ShowDuration(std::chrono::milliseconds duration) {
  for (const Unit& unit : kUnits) {
    if (duration.count() != 0 && duration.count() % unit.milliseconds == 0) {
      return std::to_string(duration.count() / unit.milliseconds) + std::string(unit.name);
    }
  }
  return "0s";
}

}  // namespace pg_checker::config
