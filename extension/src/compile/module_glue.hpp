// The C that ties a translated module to the artifact format: its imports, which go to the host's
// table, and the one exported symbol with what the host may call.
#pragma once

#include <wabt/ir.h>

#include <string>

#include "compile/module_interface.hpp"

namespace pg_checker::compile {

// To stand behind the C of wasm2c for the same module, whose exports and names are gone by then.
std::string WriteGlue(const wabt::Module& module, const ModuleInterface& interface);

}  // namespace pg_checker::compile
