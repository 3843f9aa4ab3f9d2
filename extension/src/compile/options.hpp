// The command line of checker-compile.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "compile/failure.hpp"
#include "compile/translation.hpp"

namespace pg_checker::compile {

struct Options {
  SourceFormat format = SourceFormat::kWasm;
  std::string cache_directory;
  std::string work_directory;  // for the C compiler; empty for one of the helper's own
  std::string c_compiler;
  std::chrono::milliseconds timeout{30000};
  uint64_t module_limit_bytes = 4u << 20;
  uint64_t artifact_limit_bytes = 64u << 20;
  uint64_t cache_limit_bytes = 1u << 30;
  std::string keep_c;          // copy of the generated C, for debugging; empty for none
  bool validate_only = false;  // stop before the C compiler
  // Translates an interpreter and writes its shared object here, when pg_checker is built; empty
  // for a guest.
  std::string interpreter_output;
  bool help = false;
  bool version = false;
};

extern const std::string_view kUsage;

// A value, or what is wrong with the command line.
std::variant<Options, std::string> ParseOptions(int argc, char** argv);

}  // namespace pg_checker::compile
