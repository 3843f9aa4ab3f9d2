// A module of binaryen's fuzzer as a guest under test: each of its functions is called with
// arguments that are boundary values, and what it logs, returns and leaves in globals and memory is
// recorded.
//
// Most values of a random program are lost on their way: dropped, compared with another, not taken
// by a branch. So the results of some instructions, chosen at random, are tapped: recorded as well.
// The others stay as they are, for the compiler to do with them what it does.
//
// A NaN's payload and sign are open where an instruction computes one. They are made equal, not
// where they arise, which would keep a compiler from what it does with floats, but where they
// become visible: before a store, a reinterpretation and the sign that copysign takes.
#pragma once

#include <cstdint>
#include <string_view>

#include "guest_text.hpp"

namespace pg_checker::conformance {

// `seed` chooses arguments and taps. Throws std::runtime_error if the module is not as
// fuzzed_module.hpp says.
GuestText FuzzedGuest(std::string_view wasm, uint64_t seed);

}  // namespace pg_checker::conformance
