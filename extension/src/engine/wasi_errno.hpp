// Error numbers of WASI preview 1 (WebAssembly/WASI, phases/snapshot/docs.md, type errno), as far
// as they are answered.
#pragma once

#include <cstdint>

namespace pg_checker::engine {

enum class WasiErrno : uint32_t {
  kSuccess = 0,
  kBadDescriptor = 8,
  kInvalid = 28,
  kNotImplemented = 52,
  kSeekOnPipe = 70,
};

}  // namespace pg_checker::engine
