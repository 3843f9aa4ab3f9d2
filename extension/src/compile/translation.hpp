// Source of a module to C: read, check against the ABI, take every name of the user's away, write,
// instrument. Runs on untrusted bytes and therefore in the sandbox (sandbox.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "compile/failure.hpp"

namespace pg_checker::compile {

enum class SourceFormat { kWasm, kWat };

// A guest is a checker's module, held to the guest ABI. An interpreter is one of ours, translated
// when pg_checker is built: it may import what it likes, and its host calls its exports by name.
enum class ModuleKind { kGuest, kInterpreter };

struct Translation {
  std::string wasm;  // the binary module, for source text; empty otherwise
  std::string c;     // complete: runtime, module, glue
};

Outcome<Translation> Translate(std::string_view source, SourceFormat format, ModuleKind kind,
                               uint64_t module_limit_bytes);

Failure ModuleTooLarge(uint64_t bytes, uint64_t limit_bytes);

}  // namespace pg_checker::compile
