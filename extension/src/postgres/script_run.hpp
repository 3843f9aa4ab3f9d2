// What languages of scripts share here: options of a run, a script's check at creation, and where
// their interpreters lie.
#pragma once

#include <chrono>
#include <string>

#include "engine/idle_host.hpp"
#include "languages/script.hpp"
#include "postgres/guest_run.hpp"

namespace pg_checker::postgres {

// The shared object of the interpreter `name`, installed with the extension.
std::string InterpreterPath(const std::string& name);

// GuestRunOptions, and the datasets and parameters that the script sees.
engine::RunOptions ScriptRunOptions(const ProgramRun& run);

// For looking at a script that is being created: the limits that its runs will have.
engine::RunOptions ScriptCheckOptions(const ProgramSite& site);

// Goes on until an interrupt is pending, or checker.compile_timeout is up.
class ScriptCheckHost : public engine::IdleHost {
 public:
  ScriptCheckHost();
  engine::Result<void> Continue() override;
  const volatile int* StopFlag() const override;
  // What has stopped it and is to be raised; null if nothing has.
  ErrorData* rethrown() const { return rethrown_; }

 private:
  ErrorData* rethrown_ = nullptr;
  const std::chrono::steady_clock::time_point deadline_;
};

// Raises what the check of a script at its creation has found: what has stopped it, if anything
// has, an Error, naming the checker, or a fault of the syntax, with its position in the source.
[[noreturn]] void ThrowCheckError(const ProgramSite& site, engine::Error error,
                                  ErrorData* rethrown = nullptr);
[[noreturn]] void ThrowSyntaxFault(const ProgramSite& site, const std::string& source,
                                   const languages::SyntaxFault& fault);

}  // namespace pg_checker::postgres
