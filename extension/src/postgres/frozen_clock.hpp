// The clock of a trial: now(), current_date and what else PostgreSQL derives from the start of the
// transaction or statement stand at a time of the caller's choice, for guests and for queries
// alike. clock_timestamp() goes on.
#pragma once

#include "postgres/server.hpp"

namespace pg_checker::postgres {

// Sets both starts while it lives, and puts them back. Deadlines and statement_timeout are counted
// by the real clock.
class FrozenClock {
 public:
  explicit FrozenClock(TimestampTz at);
  ~FrozenClock();
  FrozenClock(const FrozenClock&) = delete;
  FrozenClock& operator=(const FrozenClock&) = delete;

 private:
  TimestampTz transaction_start_;
  TimestampTz statement_start_;
};

}  // namespace pg_checker::postgres
