#include "assertions/status.hpp"

namespace pg_checker::assertions {

namespace {

constexpr std::string_view kNames[] = {"ok", "warn", "fail", "no_data", "error"};

}  // namespace

std::string_view StatusName(Status status) { return kNames[static_cast<int>(status)]; }

std::optional<Status> StatusFromName(std::string_view name) {
  for (int i = 0; i < 5; i++) {
    if (kNames[i] == name) return static_cast<Status>(i);
  }
  return std::nullopt;
}

}  // namespace pg_checker::assertions
