// The checker's own deadline. When it passes, guests are stopped at their next poll; a query of a
// dataset is cancelled with 57014, which functions in it cannot swallow.
#pragma once

#include "postgres/server.hpp"

namespace pg_checker::postgres {

// One at a time in a session: evaluations do not nest (RequireNone).
class Deadline {
 public:
  // Starts the clock; `timeout_ms` > 0.
  explicit Deadline(int timeout_ms);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  bool passed() const;
  // Whether `error` is this deadline's cancel, not somebody else's.
  bool Caused(const ErrorData& error) const;

  // Throws PostgresError (object_not_in_prerequisite_state) while a deadline runs: a checker or
  // preview inside a dataset's query would share its deadline and parameters.
  static void RequireNone();

  // Queries are cancelled only between these two.
  static void EnterQuery();
  static void LeaveQuery();

  // While compiling, the clock stands still: a compile on a cache miss does not count.
  void Pause();
  void Resume();

 private:
  TimestampTz end_;
  int remaining_ms_ = 0;
};

}  // namespace pg_checker::postgres
