// Durations as people write them: "500ms", "30s", "5min", "1h". A unit is required, so that nobody
// has to guess it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pg_checker::config {

// nullopt unless `text` is a whole number followed by ms, s, min or h, and fits.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

// In the largest unit that needs no fraction; ParseDuration reads it back.
std::string ShowDuration(std::chrono::milliseconds duration);

}  // namespace pg_checker::config
