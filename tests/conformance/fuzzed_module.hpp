// Random modules, made by binaryen's fuzzer: wasm-opt --translate-to-fuzz turns any bytes into a
// valid module. A seed stands for the bytes, and so for the module.
#pragma once

#include <cstdint>
#include <string>

namespace pg_checker::conformance {

// A binary module that is valid with the features that the engine offers. It imports the fuzzer's
// functions for logging, and exports a function "hangLimitInitializer": each call and each round of
// a loop counts a global down from what that sets, and traps at 0. Throws std::runtime_error if
// wasm-opt fails.
std::string FuzzedModule(uint64_t seed);

}  // namespace pg_checker::conformance
