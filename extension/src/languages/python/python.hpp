// Checkers in Python, by MicroPython in the sandbox. docs/reference/python.md says what a script
// sees.
//
// A script is a module's text, run from top to bottom. Each run starts from a snapshot of the
// booted interpreter, so nothing survives it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/host.hpp"
#include "engine/interpreter.hpp"
#include "engine/result.hpp"
#include "engine/run.hpp"
#include "languages/python/micropython.hpp"
#include "languages/python/python_host.hpp"
#include "languages/script.hpp"

namespace pg_checker::languages {

class Python {
 public:
  // `path` is that of the interpreter's shared object.
  static engine::Result<std::unique_ptr<Python>> Load(const std::string& path);

  // Boots, if it has not been done in this process; else nothing. Check and Run do it themselves.
  engine::Result<void> Prepare(engine::Host& host, const engine::RunLimits& limits);

  // Whether the script parses. A fault of its syntax is the value; an Error is anything else. Of
  // the host only Continue is asked.
  engine::Result<std::optional<SyntaxFault>> Check(const Script& script, engine::Host& host,
                                                   const engine::RunOptions& options);

  // Runs the script once. The options' datasets, params and input are what it sees.
  engine::RunReport Run(const Script& script, engine::Host& host,
                        const engine::RunOptions& options);

 private:
  Python(std::unique_ptr<engine::Interpreter> interpreter, const MicroPythonFunctions& functions)
      : interpreter_(std::move(interpreter)),
        functions_(functions),
        handlers_(PythonHost::HandlersOf(*interpreter_->descriptor().interpreter)) {}

  std::unique_ptr<engine::Interpreter> interpreter_;
  MicroPythonFunctions functions_;
  std::vector<PythonHost::Handler> handlers_;
  std::unique_ptr<engine::Snapshot> snapshot_;
  MicroPythonAddresses addresses_;
};

}  // namespace pg_checker::languages
