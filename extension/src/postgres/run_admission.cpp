#include "postgres/run_admission.hpp"

#include <algorithm>

#include "postgres/error_bridge.hpp"
#include "postgres/settings.hpp"

namespace pg_checker::postgres {

namespace {

// Most runs take less; nobody tells those who wait that one has ended.
constexpr long kPollMs = 5;

}  // namespace

std::optional<engine::RunSlot> AdmitRun(int timeout_ms) {
  const int limit = settings.max_concurrent_runs;
  if (limit == 0) return std::nullopt;
  const TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), timeout_ms);
  for (;;) {
    auto slot = engine::RunSlot::TryTake(CacheDirectory(), limit);
    if (!slot) Throw(slot.error());
    if (slot->has_value()) return std::move(*slot);
    const long left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), end);
    if (left <= 0) break;
    Protect([&] {
      (void)WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
                      std::min(left, kPollMs), PG_WAIT_EXTENSION);
      ResetLatch(MyLatch);
      CHECK_FOR_INTERRUPTS();
    });
  }
  Throw({engine::ErrorKind::kStopped, "too many checkers run at the same time",
         "In this cluster " + std::to_string(limit) + " may, and none has ended within " +
             std::to_string(timeout_ms) + " ms.",
         "Try again later, or raise checker.max_concurrent_runs.", "53400"});
}

}  // namespace pg_checker::postgres
