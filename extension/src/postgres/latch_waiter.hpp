// How a backend waits for checker-compile: on its latch, so that a cancel ends the compilation at
// once.
#pragma once

#include "engine/compiler_process.hpp"

namespace pg_checker::postgres {

class LatchWaiter : public engine::ProcessWaiter {
 public:
  // kStop when an interrupt is pending; the caller raises it with CHECK_FOR_INTERRUPTS once the
  // helper is gone.
  Outcome Wait(int fd, bool for_write, std::chrono::milliseconds timeout) override;
};

}  // namespace pg_checker::postgres
