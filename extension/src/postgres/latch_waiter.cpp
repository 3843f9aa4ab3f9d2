#include "postgres/latch_waiter.hpp"

#include "postgres/error_bridge.hpp"

namespace pg_checker::postgres {

LatchWaiter::Outcome LatchWaiter::Wait(int fd, bool for_write, std::chrono::milliseconds timeout) {
  const TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), timeout.count());
  for (;;) {
    if (QueryCancelPending || ProcDiePending) return Outcome::kStop;
    const long left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), end);
    if (left <= 0) return Outcome::kTimeout;
    int events = 0;
    const int wanted = WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH |
                       (for_write ? WL_SOCKET_WRITEABLE : WL_SOCKET_READABLE);
    ErrorData* error =
        CatchIn([&] { events = WaitLatchOrSocket(MyLatch, wanted, fd, left, PG_WAIT_EXTENSION); });
    if (error != nullptr) return Outcome::kStop;
    if (events & WL_LATCH_SET) ResetLatch(MyLatch);
    if (events & (for_write ? WL_SOCKET_WRITEABLE : WL_SOCKET_READABLE)) return Outcome::kReady;
  }
}

}  // namespace pg_checker::postgres
