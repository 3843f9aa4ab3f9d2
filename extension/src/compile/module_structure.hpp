// What WABT 1.0.32 lets pass that is no module by the specification: functions whose blocks are not
// closed, custom sections without a name, segments and globals whose expression is not one value.
#pragma once

#include <wabt/ir.h>

#include <optional>
#include <string_view>

#include "compile/failure.hpp"

namespace pg_checker::compile {

// Of the binary form; what the reader itself finds wrong is not looked for. Names the byte.
std::optional<Failure> CheckBinaryStructure(std::string_view wasm);

// Of what was read: one constant instruction for each offset and each global.
std::optional<Failure> CheckConstants(const wabt::Module& module);

}  // namespace pg_checker::compile
