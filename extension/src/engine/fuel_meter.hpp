// Exact fuel: the guest spends slices, this counts what it spent and decides whether there is
// another one.
//
// Generated code subtracts from checker_context.fuel and asks for a new slice once it is below
// zero. A slice is never longer than what is left under the limit, so a run that needs exactly N
// ticks passes with a limit of N, and is stopped at the N-th with N - 1.
#pragma once

#include <cstdint>

namespace pg_checker::engine {

// Ticks between two questions to the host: 3 to 100 µs of guest code, so that a cancel is seen at
// once, and asking costs one part in a hundred at most.
inline constexpr int64_t kFuelSliceTicks = 5'000;

class FuelMeter {
 public:
  // limit 0: counted, not limited.
  explicit FuelMeter(int64_t limit) : limit_(limit), slice_(Next()) {}

  // Ticks that were handed out last; what context.fuel starts with.
  int64_t slice() const { return slice_; }

  // The guest comes back with `left` of its slice, below zero if it overdrew. Takes the account;
  // false if more than the limit is spent. After that, or after Stop, the account stands.
  [[nodiscard]] bool Settle(int64_t left);
  // The run ends here: what is spent until now is the result, whatever the counter says later.
  void Stop();

  // Ticks spent, if `left` of the current slice are left; never more than the limit.
  int64_t Used(int64_t left) const;
  int64_t limit() const { return limit_; }

 private:
  int64_t Next() const;

  int64_t limit_;
  int64_t settled_ = 0;  // spent in earlier slices
  bool stopped_ = false;
  int64_t slice_;
};

}  // namespace pg_checker::engine
