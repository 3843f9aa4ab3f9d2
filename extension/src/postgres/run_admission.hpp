// How many checkers run at a time, over the whole cluster: checker.max_concurrent_runs.
#pragma once

#include "engine/run_slots.hpp"
#include "postgres/server.hpp"

namespace pg_checker::postgres {

// A place among those that run, or nothing where there is no limit. Waits for one while all are
// taken, but for no longer than `timeout_ms`; then throws PostgresError
// (configuration_limit_exceeded). Can be interrupted.
std::optional<engine::RunSlot> AdmitRun(int timeout_ms);

}  // namespace pg_checker::postgres
