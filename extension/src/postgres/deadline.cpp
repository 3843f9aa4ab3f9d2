#include "postgres/deadline.hpp"

#include "postgres/error_bridge.hpp"

namespace pg_checker::postgres {

namespace {

volatile sig_atomic_t deadline_passed = false;
volatile sig_atomic_t in_query = false;
volatile sig_atomic_t cancel_is_ours = false;
bool running = false;

// Runs in the SIGALRM handler.
void OnDeadline() {
  deadline_passed = true;
  if (in_query && !QueryCancelPending) {
    cancel_is_ours = true;
    QueryCancelPending = true;
  }
  InterruptPending = true;
  SetLatch(MyLatch);
}

// A function of a dataset's may catch query_canceled. The subtransaction that ends then brings the
// cancel back, which meets the function outside of the block that caught it.
void OnSubtransaction(SubXactEvent event, SubTransactionId, SubTransactionId, void*) {
  if (event != SUBXACT_EVENT_ABORT_SUB || !in_query || !deadline_passed) return;
  if (QueryCancelPending) return;
  cancel_is_ours = true;
  QueryCancelPending = true;
  InterruptPending = true;
}

TimeoutId DeadlineTimeout() {
  // RegisterTimeout hands out a slot for the life of the process.
  static const TimeoutId id = [] {
    RegisterSubXactCallback(OnSubtransaction, nullptr);
    return RegisterTimeout(USER_TIMEOUT, OnDeadline);
  }();
  return id;
}

}  // namespace

void Deadline::RequireNone() {
  if (!running) return;
  Throw({engine::ErrorKind::kDataset,
         "a checker or dataset cannot be run from inside a dataset's query", "",
         "Run them one after the other.", "55000"});
}

Deadline::Deadline(int timeout_ms) {
  running = true;
  deadline_passed = false;
  cancel_is_ours = false;
  in_query = false;
  end_ = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), timeout_ms);
  enable_timeout_at(DeadlineTimeout(), end_);
}

Deadline::~Deadline() {
  disable_timeout(DeadlineTimeout(), false);
  LeaveQuery();
  deadline_passed = false;
  running = false;
}

bool Deadline::passed() const { return deadline_passed; }

bool Deadline::Caused(const ErrorData& error) const {
  return deadline_passed && cancel_is_ours && error.sqlerrcode == ERRCODE_QUERY_CANCELED &&
         !get_timeout_indicator(STATEMENT_TIMEOUT, false) &&
         !get_timeout_indicator(LOCK_TIMEOUT, false);
}

void Deadline::EnterQuery() {
  in_query = true;
  // It may have passed just before.
  if (deadline_passed && !QueryCancelPending) {
    cancel_is_ours = true;
    QueryCancelPending = true;
    InterruptPending = true;
  }
}

void Deadline::LeaveQuery() {
  in_query = false;
  // A cancel of ours that nobody took must not hit the next statement.
  if (cancel_is_ours && QueryCancelPending) QueryCancelPending = false;
}

void Deadline::Pause() {
  disable_timeout(DeadlineTimeout(), false);
  long seconds;
  int microseconds;
  TimestampDifference(GetCurrentTimestamp(), end_, &seconds, &microseconds);
  remaining_ms_ = static_cast<int>(seconds * 1000 + microseconds / 1000) + 1;
}

void Deadline::Resume() {
  if (deadline_passed) return;
  end_ = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), remaining_ms_);
  enable_timeout_at(DeadlineTimeout(), end_);
}

}  // namespace pg_checker::postgres
