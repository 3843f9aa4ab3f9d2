// Checkers in JavaScript: ES2023, by QuickJS in the sandbox. docs/reference/javascript.md says what
// a script sees.
//
// A script is the body of an async function `check`. Each run starts from a snapshot of the booted
// interpreter, so nothing survives it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/host.hpp"
#include "engine/interpreter.hpp"
#include "engine/result.hpp"
#include "engine/run.hpp"
#include "languages/javascript/quickjs.hpp"
#include "languages/script.hpp"

namespace pg_checker::languages {

class JavaScript {
 public:
  // `path` is that of the interpreter's shared object.
  static engine::Result<std::unique_ptr<JavaScript>> Load(const std::string& path);

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
  JavaScript(std::unique_ptr<engine::Interpreter> interpreter, const QuickJsFunctions& functions)
      : interpreter_(std::move(interpreter)), functions_(functions) {}

  struct Booted {
    QuickJsAddresses addresses;
    JsValue start, describe, parse_array;  // functions of the prelude
  };
  static Booted BootWithPrelude(QuickJs& quickjs);

  std::unique_ptr<engine::Interpreter> interpreter_;
  QuickJsFunctions functions_;
  std::unique_ptr<engine::Snapshot> snapshot_;
  Booted booted_{};
};

}  // namespace pg_checker::languages
