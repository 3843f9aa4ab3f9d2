#include "postgres/frozen_clock.hpp"

namespace pg_checker::postgres {

// What a parallel worker calls to take over its leader's times: the one way to set both. It touches
// two variables and cannot fail.
FrozenClock::FrozenClock(TimestampTz at)
    : transaction_start_(GetCurrentTransactionStartTimestamp()),
      statement_start_(GetCurrentStatementStartTimestamp()) {
  SetParallelStartTimestamps(at, at);
}

FrozenClock::~FrozenClock() { SetParallelStartTimestamps(transaction_start_, statement_start_); }

}  // namespace pg_checker::postgres
