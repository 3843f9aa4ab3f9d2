// How Emscripten's setjmp and longjmp come to run: an interpreter that was compiled by it calls,
// where C's setjmp stands further up, through imports "env.invoke_<types>", and leaves by
// "env._emscripten_throw_longjmp" to the innermost of them. Here both are C of the artifact's own.
#pragma once

#include <wabt/ir.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "compile/module_interface.hpp"

namespace pg_checker::compile {

// Whether the module is one that unwinds so: it imports _emscripten_throw_longjmp, exports
// setThrew, and its global 0 is the stack pointer, where Emscripten puts it.
bool Unwinds(const wabt::Module& module, const ModuleInterface& interface);

// What stands before the definitions of its imports.
std::string WriteUnwindingState();

// Whether the import, by the name in ModuleInterface::own_imports, is defined by WriteUnwinding.
bool IsUnwindingImport(std::string_view name);

// The body of that import: parameters are p0, p1, ... Empty if no function has a type that the
// import could call.
std::string WriteUnwinding(std::string_view name, const wabt::FuncSignature& signature,
                           const wabt::Module& module, const ModuleInterface& interface);

}  // namespace pg_checker::compile
