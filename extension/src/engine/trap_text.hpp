// What a trap's code means, as an Error for the reader.
#pragma once

#include "engine/result.hpp"

namespace pg_checker::engine {

// `code` is a wasm_rt_trap_t other than 0. Codes for which the instance keeps an Error of its own
// (fuel, host, memory) have none here: they come out as a kTrap that names the number.
Error TrapError(int code);

}  // namespace pg_checker::engine
