// The translation of untrusted bytes in a child process that can do nothing but compute and answer:
// no files, no descriptors but the answer's pipe, memory and CPU limited, system calls filtered. If
// the child dies, that is a refusal of the module.
#pragma once

#include <string_view>

#include "compile/child_process.hpp"
#include "compile/translation.hpp"

namespace pg_checker::compile {

Outcome<Translation> TranslateInSandbox(std::string_view source, SourceFormat format,
                                        ModuleKind kind, uint64_t module_limit_bytes,
                                        const Deadline& deadline);

}  // namespace pg_checker::compile
