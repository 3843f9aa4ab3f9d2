// Patches to the C that wasm2c 1.0.32 writes: ticks of fuel, stack check, chunked bulk operations,
// the memory's place and size in local variables, constant type numbers. The writer has no hooks,
// but its output is made of a few fixed forms of lines; every patch but that of the memory's size,
// which may be out of date, is held to the counts of the census, and a difference is an internal
// failure, never an artifact that lacks a check.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compile/failure.hpp"
#include "compile/instruction_census.hpp"

namespace pg_checker::compile {

// Canonical numbers of the module's function types, by type index: equal types have equal numbers,
// from 1.
std::vector<uint32_t> TypeNumbers(const wabt::Module& module);

// The header without its own #include lines, with the context as the instance's first member.
Outcome<std::string> InstrumentHeader(std::string_view header);

// The source without its own #include lines. `bulk_runtime` is put in behind wasm2c's own
// declarations. `has_memory`: the module has one.
Outcome<std::string> InstrumentSource(std::string_view source,
                                      const std::vector<FunctionCensus>& census,
                                      const std::vector<uint32_t>& type_numbers, bool has_memory,
                                      std::string_view bulk_runtime);

}  // namespace pg_checker::compile
