// Starting checker-compile and waiting for it. The helper gets its own process group, default
// signals, an empty environment and no descriptor but its standard ones; cancelling or timing out
// ends the whole group.
//
// Protocol: arguments as in compile/main.cpp; the source on standard input; on standard output one
// line of JSON, then, if "wasm_bytes" is there and n, n raw bytes of the binary module (for source
// text).
//   {"ok":true,"digest":"<hex>","artifact":"<file name>","cached":false,"wasm_bytes":n}
//   {"ok":false,"kind":"unknown_import","message":"...","detail":"...","hint":"...","line":1,"column":2,"offset":3}
// Kinds: invalid_module, syntax, unknown_import, missing_entry, module_too_large,
// compiler_unavailable, compile_timeout, compile_failed, cache.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/result.hpp"

namespace pg_checker::engine {

// How a process waits: in a backend on its latch, elsewhere by poll(2).
class ProcessWaiter {
 public:
  enum class Outcome { kReady, kTimeout, kStop };
  virtual ~ProcessWaiter() = default;
  // Waits until `fd` can be read (or written), the time is up, or somebody wants this process to
  // stop.
  virtual Outcome Wait(int fd, bool for_write, std::chrono::milliseconds timeout) = 0;
};

// Waits by poll(2); never says kStop.
class PollWaiter : public ProcessWaiter {
 public:
  Outcome Wait(int fd, bool for_write, std::chrono::milliseconds timeout) override;
};

enum class SourceFormat { kWasm, kWat };

struct CompileOptions {
  std::string helper;           // path of checker-compile
  std::string c_compiler;       // path of gcc
  std::string cache_directory;  // created 0700 if missing
  std::chrono::milliseconds timeout{30000};
  uint64_t module_limit_bytes = 4ull << 20;
  uint64_t artifact_limit_bytes = 64ull << 20;  // of one artifact
  uint64_t cache_limit_bytes = 1ull << 30;      // of all; the least recently used go first
};

struct CompileResult {
  std::string digest;         // ModuleDigest of the binary module, hex
  std::string artifact_path;  // in the cache directory
  std::string wasm;           // the binary module, for source text; empty otherwise
  bool cached = false;        // the artifact was there already
};

// Validates and compiles `source`; leaves the artifact in the cache directory.
Result<CompileResult> Compile(std::string_view source, SourceFormat format,
                              const CompileOptions& options, ProcessWaiter& waiter);

}  // namespace pg_checker::engine
