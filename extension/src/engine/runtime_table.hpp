// The table of services that generated code gets from the host: one for the process, since the
// instance that they act for is the thread's current one.
#pragma once

#include "engine/guest_runtime.h"

namespace pg_checker::engine {

const checker_runtime& RuntimeTable();

}  // namespace pg_checker::engine
