// JavaScript: scripts for QuickJS.
#include "languages/javascript/javascript.hpp"

#include "postgres/script_run.hpp"

namespace pg_checker::postgres {

namespace {

// Loaded with this backend's first script.
engine::Result<languages::JavaScript*> Loaded() {
  static std::unique_ptr<languages::JavaScript> javascript;
  if (javascript == nullptr) {
    auto loaded = languages::JavaScript::Load(InterpreterPath("quickjs"));
    if (!loaded) return loaded.error();
    javascript = std::move(*loaded);
  }
  return javascript.get();
}

class JavaScript : public Language {
 public:
  std::string_view name() const override { return "javascript"; }

  void Check(const ProgramSite& site, CheckerProgram& program) const override {
    auto javascript = Loaded();
    if (!javascript) ThrowCheckError(site, javascript.error());
    ScriptCheckHost host;
    const engine::RunOptions options = ScriptCheckOptions(site);
    auto checked = (*javascript)->Check({*program.source, site.checker}, host, options);
    if (!checked) ThrowCheckError(site, checked.error());
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
    auto javascript = Loaded();
    auto ready = javascript ? (*javascript)->Prepare(run.host, options.limits)
                            : engine::Result<void>(javascript.error());
    run.deadline.Resume();
    if (!ready) return ready.error();
    const std::string name = run.checker.name.Qualified();
    return TakeGuestReport(run, (*javascript)->Run({*program.source, name}, run.host, options));
  }
};

}  // namespace

const Language& JavaScriptLanguage() {
  static const JavaScript language;
  return language;
}

}  // namespace pg_checker::postgres
