// Calling host functions: one entry for generated code, and the functions of module `checker`
// behind it.
#pragma once

#include <cstdint>

#include "engine/host_call.hpp"
#include "engine/instance.hpp"
#include "engine/result.hpp"

namespace pg_checker::engine {

// Calls number `function` of abi.def for `instance`; arguments and results in `slots` as
// checker_runtime.call says. Returns 0, or the code that the guest has to trap with; why is kept in
// the instance. Never throws.
int DispatchHostCall(Instance& instance, uint32_t function, uint64_t* slots) noexcept;

// Calls one of module `checker`. An Error stops the guest.
Result<void> CallChecker(HostCall& call);

}  // namespace pg_checker::engine
