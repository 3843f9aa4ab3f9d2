// How many instructions that need instrumenting the C writer will write, counted in the module
// itself. The text patches (instrumentation.hpp) are held to these numbers: no function may leave
// this process with one tick too few.
#pragma once

#include <wabt/ir.h>

#include <cstdint>
#include <vector>

namespace pg_checker::compile {

struct FunctionCensus {
  uint32_t loops = 0;
  uint32_t bulk_operations = 0;  // memory and table .fill, .copy, .init, .grow

  bool operator==(const FunctionCensus&) const = default;
};

// One entry for each defined function, in order. Counts what wasm2c writes: it leaves out the rest
// of a block behind an unconditional branch, and loops without a body.
std::vector<FunctionCensus> TakeCensus(const wabt::Module& module);

}  // namespace pg_checker::compile
