// What a module wants from the host and offers to it, checked against the guest ABI
// (engine/abi.def).
#pragma once

#include <wabt/ir.h>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "compile/failure.hpp"
#include "engine/guest_runtime.h"
#include "engine/host_functions.hpp"

namespace pg_checker::compile {

struct ModuleInterface {
  // Indexed by function index: all imports are functions, and they come first.
  std::vector<engine::HostFunction> imports;
  // Function index of each role of enum checker_export.
  std::array<std::optional<uint32_t>, CHECKER_EXPORT_COUNT> exports;
  uint32_t flags = 0;           // enum checker_module_flags
  bool exports_memory = false;  // under the name "memory"
  uint32_t memory_min_pages = 0;
  uint32_t memory_max_pages = 0;
};

// Fails with kUnknownImport or kMissingEntry. The start section is a role like an export's.
Outcome<ModuleInterface> CheckInterface(const wabt::Module& module);

}  // namespace pg_checker::compile
