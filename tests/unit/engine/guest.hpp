// Guests for tests: WAT compiled by the real checker-compile into a folder of the test program's
// own.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/compiler_process.hpp"
#include "engine/module.hpp"
#include "engine/run.hpp"

namespace pg_checker::engine {

// A fresh folder under TMPDIR, mode 0700, removed with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The real helper and compiler, artifacts in `folder`.
CompileOptions OptionsFor(const std::string& folder);

// Compiles and loads a guest. Text that does not compile is a bug of the test: it throws
// std::runtime_error with the error's message and detail.
std::shared_ptr<Module> Guest(std::string_view wat);
std::shared_ptr<Module> GuestFromWasm(std::string_view wasm);

// Default limits, and half a megabyte of stack below the caller.
RunOptions Options();

// engine::Run under another name, because a TEST has a Run of its own.
RunReport RunGuest(Module& module, Host& host, const RunOptions& options = Options());

// The error of a run in one line, "kind message (detail)", or "none".
std::string Describe(const RunReport& report);

std::string ReadFile(const std::string& path);

}  // namespace pg_checker::engine
