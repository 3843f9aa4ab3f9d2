// A language of scripts, over an interpreter of languages/: one that has Load, Check, Prepare and
// Run as languages::JavaScript and languages::Python have them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "postgres/script_run.hpp"

namespace pg_checker::postgres {

template <typename Interpreter>
class ScriptLanguage : public Language {
 public:
  // `file` names the interpreter's shared object. Both live as long as the program.
  ScriptLanguage(std::string_view name, const char* file) : name_(name), file_(file) {}

  std::string_view name() const override { return name_; }

  void Check(const ProgramSite& site, CheckerProgram& program) const override {
    auto interpreter = Loaded();
    if (!interpreter) ThrowCheckError(site, interpreter.error());
    ScriptCheckHost host;
    const engine::RunOptions options = ScriptCheckOptions(site);
    auto checked = (*interpreter)->Check({*program.source, site.checker}, host, options);
    if (!checked) ThrowCheckError(site, checked.error(), host.rethrown());
    if (*checked) ThrowSyntaxFault(site, *program.source, **checked);
    program.digest = SourceDigest(program);
  }

  engine::Result<void> Run(const ProgramRun& run) const override {
    const CheckerProgram program = LoadProgram(run.checker);
    const engine::RunOptions options = ScriptRunOptions(run);
    auto room = RequireGuestStack(options);
    if (!room) return room.error();
    // What is done once in a backend is not the checker's time.
    run.deadline.Pause();
    auto interpreter = Loaded();
    auto ready = interpreter ? (*interpreter)->Prepare(run.host, options.limits)
                             : engine::Result<void>(interpreter.error());
    run.deadline.Resume();
    if (!ready) return ready.error();
    const std::string name = run.checker.name.Qualified();
    return TakeGuestReport(run, (*interpreter)->Run({*program.source, name}, run.host, options));
  }

 private:
  // Loaded with this backend's first script.
  engine::Result<Interpreter*> Loaded() const {
    if (interpreter_ == nullptr) {
      auto loaded = Interpreter::Load(InterpreterPath(file_));
      if (!loaded) return loaded.error();
      interpreter_ = std::move(*loaded);
    }
    return interpreter_.get();
  }

  const std::string_view name_;
  const char* const file_;
  mutable std::unique_ptr<Interpreter> interpreter_;
};

}  // namespace pg_checker::postgres
