// What checker-compile answers (the protocol in compiler_process.hpp), read with the distrust that
// is due to a process that has just read a stranger's bytes.
#pragma once

#include <string>

#include "engine/compiler_process.hpp"
#include "engine/result.hpp"

namespace pg_checker::engine {

// `reply` is all that stood on standard output, `wait_status` what waitpid(2) said. A refusal
// becomes its Error; a reply that is none becomes kCompileFailed, with how the process ended.
Result<CompileResult> ReadCompilerReply(const std::string& reply, int wait_status,
                                        const CompileOptions& options);

}  // namespace pg_checker::engine
