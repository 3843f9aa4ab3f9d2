// The host functions of the guest ABI as a table: one entry for each line of abi.def.
#pragma once

#include <cstdint>
#include <string_view>

namespace pg_checker::engine {

enum HostFunction : uint32_t {
#define CHECKER_HOST_FUNCTION(identifier, module, name, type) identifier,
#include "engine/abi.def"
#undef CHECKER_HOST_FUNCTION
  kHostFunctionCount
};

struct HostFunctionEntry {
  std::string_view module;  // "checker" or "wasi"
  std::string_view name;
  std::string_view type;  // parameters ':' results; i = i32, I = i64, f = f32, F = f64
};

// Indexed by HostFunction.
inline constexpr HostFunctionEntry kHostFunctions[] = {
#define CHECKER_HOST_FUNCTION(identifier, module, name, type) {module, name, type},
#include "engine/abi.def"
#undef CHECKER_HOST_FUNCTION
};

}  // namespace pg_checker::engine
