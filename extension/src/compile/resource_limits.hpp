// Limits that checker-compile puts on itself and on its children, so that no module can use up the
// server.
#pragma once

#include <chrono>

namespace pg_checker::compile {

// For this process and all that it starts: CPU time a little over `timeout`, no core files, few
// descriptors, bounded files, no new privileges, files private to the owner.
void LimitSelf(std::chrono::milliseconds timeout);

// For the sandboxed reader. False if it could not be set up.
bool LimitSandbox();

// For the C compiler, between fork and exec. False if it could not be set up.
bool LimitCCompiler();

}  // namespace pg_checker::compile
