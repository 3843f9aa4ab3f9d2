#include "engine/trap_text.hpp"

#include <string>

#include "engine/guest_runtime.h"

namespace pg_checker::engine {

namespace {

Error Trap(const char* what, const char* hint = "") {
  return {ErrorKind::kTrap, std::string("wasm trap: ") + what, "", hint};
}

}  // namespace

Error TrapError(int code) {
  switch (code) {
    case WASM_RT_TRAP_OOB:
      return Trap("out of bounds memory or table access");
    case WASM_RT_TRAP_INT_OVERFLOW:
      return Trap("integer overflow");
    case WASM_RT_TRAP_DIV_BY_ZERO:
      return Trap("integer divide by zero");
    case WASM_RT_TRAP_INVALID_CONVERSION:
      return Trap("invalid conversion to integer");
    case WASM_RT_TRAP_UNREACHABLE:
      return Trap("unreachable executed",
                  "This is how most languages end after a panic, an abort or a failed allocation; "
                  "what they print before is in the run's output.");
    case WASM_RT_TRAP_CALL_INDIRECT:
      return Trap("indirect call to a null or wrong function type");
    case WASM_RT_TRAP_UNCAUGHT_EXCEPTION:
      return Trap("uncaught exception");
    case WASM_RT_TRAP_EXHAUSTION:
      return {ErrorKind::kStack, "the guest's call stack is over the stack limit", "",
              "Look for an endless recursion, or raise checker.stack_limit."};
    default:
      return Trap(("code " + std::to_string(code)).c_str());
  }
}

}  // namespace pg_checker::engine
