// Boundary values of each type, as bit patterns, and their text.
#pragma once

#include <wabt/type.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pg_checker::conformance {

// 0, extremes, powers of two and their neighbours; of floats also subnormals, infinities, quiet and
// signalling NaNs with several payloads, halves, and the borders of all conversions.
const std::vector<uint64_t>& BoundaryValues(wabt::Type type);

// A dozen of them: what a compiler might fold, as the constant operand of an instruction.
const std::vector<uint64_t>& ConstantValues(wabt::Type type);

// All powers of two and their neighbours besides the boundary values.
std::vector<uint64_t> WideValues(wabt::Type type);

// "(f32.const -0x1.8p+1)", to the bit.
std::string ConstantText(wabt::Type type, uint64_t bits);

// "i32", "f64", "funcref".
std::string TypeText(wabt::Type type);

}  // namespace pg_checker::conformance
