// Time as the relay sees it, so that a test can set it.
#pragma once

#include <chrono>
#include <cstdint>

namespace pg_checker::relay {

using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

class Clock {
 public:
  virtual ~Clock() = default;
  // Monotonic; all waiting is measured with it.
  virtual TimePoint Now() const = 0;
  // µs since 1970-01-01 UTC; may jump. Only to compare with the database's clock.
  virtual std::int64_t WallMicroseconds() const = 0;
};

class SystemClock final : public Clock {
 public:
  TimePoint Now() const override { return std::chrono::steady_clock::now(); }
  std::int64_t WallMicroseconds() const override {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
  }
};

}  // namespace pg_checker::relay
