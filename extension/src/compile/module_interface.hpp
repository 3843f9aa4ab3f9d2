// What a module wants from the host and offers to it, checked against the guest ABI
// (engine/abi.def).
#pragma once

#include <wabt/ir.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compile/failure.hpp"
#include "compile/translation.hpp"
#include "engine/guest_runtime.h"
#include "engine/host_functions.hpp"

namespace pg_checker::compile {

struct ModuleInterface {
  // Number to call of each import, indexed by function index: all imports are functions, and they
  // come first. A host function's, or CHECKER_INTERPRETER_IMPORTS + index into own_imports.
  std::vector<uint32_t> imports;
  // Function index of each role of enum checker_export.
  std::array<std::optional<uint32_t>, CHECKER_EXPORT_COUNT> exports;
  uint32_t flags = 0;           // enum checker_module_flags
  bool exports_memory = false;  // under the name "memory"
  uint32_t memory_min_pages = 0;
  uint32_t memory_max_pages = 0;

  // Of an interpreter: its imports beyond the guest ABI ("env.host_call"), and its exported
  // functions by name.
  ModuleKind kind = ModuleKind::kGuest;
  std::vector<std::string> own_imports;
  struct NamedFunction {
    std::string name;
    uint32_t function;
  };
  std::vector<NamedFunction> named_exports;
};

// Fails with kUnknownImport or kMissingEntry. The start section is a role like an export's.
Outcome<ModuleInterface> CheckInterface(const wabt::Module& module, ModuleKind kind);

}  // namespace pg_checker::compile
