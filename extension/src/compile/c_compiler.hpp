// C to a shared object, by the gcc of the server.
#pragma once

#include <string>
#include <string_view>

#include "compile/child_process.hpp"
#include "compile/failure.hpp"

namespace pg_checker::compile {

struct CCompilation {
  std::string compiler;        // path of gcc
  std::string work_directory;  // private to this compilation; all files go there
  bool optimise_less = false;  // -O1, for large modules
};

// Compiles `c` to <work_directory>/module.so and checks the stack frames of its functions. Fails
// with kCompilerUnavailable (no compiler, no assembler, no linker, not gcc), kCompileTimeout,
// kCompileFailed, or kInvalidModule for a function whose frame is over the limit.
Outcome<Done> CompileC(const std::string& c, const CCompilation& compilation,
                       const Deadline& deadline);

inline constexpr std::string_view kSharedObjectName = "module.so";

}  // namespace pg_checker::compile
