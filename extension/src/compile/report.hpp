// The protocol of checker-compile's standard output: see engine/compiler_process.hpp.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "compile/failure.hpp"

namespace pg_checker::compile {

struct Success {
  std::string digest;
  std::string artifact;
  bool cached = false;
  std::string wasm;  // the binary module, for source text; empty otherwise
};

// One line of JSON with its newline, and the bytes of the module behind it if there are any.
std::string SuccessReport(const Success& success);
std::string FailureLine(const Failure& failure);

// The reverse of FailureLine, for what comes out of the sandbox.
Failure ParseFailure(const nlohmann::json& line);

Failure CompileTimeout(std::string_view during);

}  // namespace pg_checker::compile
