// A guest under test in WABT's interpreter, in this process.
//
// The interpreter's headers are not C++20 (a destructor there has template arguments), so this and
// what it includes keep to C++17.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "recording.hpp"

namespace pg_checker::conformance {

class InterpretedGuest {
 public:
  // Throws std::runtime_error if the interpreter does not take the module.
  explicit InterpretedGuest(std::string_view wasm);
  ~InterpretedGuest();

  // Runs from a case, in a fresh instance.
  Recording RunFrom(uint32_t first_case);

 private:
  class Interpreter;
  std::unique_ptr<Interpreter> interpreter_;
};

}  // namespace pg_checker::conformance
