// WebAssembly modules, as binaries and in the text format.
#include <algorithm>

#include "engine/guest_runtime.h"
#include "postgres/error_bridge.hpp"
#include "postgres/guest_run.hpp"
#include "postgres/modules.hpp"
#include "postgres/settings.hpp"

namespace pg_checker::postgres {

namespace {

// Refuses a module that begins with more memory than its runs may have.
void RequireMemory(const ProgramSite& site, const CheckerProgram& program) {
  const uint64_t pages = MemoryPages(site.checker, program.digest, program.module);
  const uint64_t needed_kb = pages * (CHECKER_PAGE_BYTES / 1024);
  const auto limit_kb = static_cast<uint64_t>(std::min(
      site.memory_limit_kb.value_or(settings.memory_limit_kb), settings.max_memory_limit_kb));
  if (needed_kb <= limit_kb) return;
  Throw({engine::ErrorKind::kMemory,
         "checker \"" + site.checker + "\": the module begins with " + std::to_string(needed_kb) +
             " kB of memory, and may have " + std::to_string(limit_kb),
         "", "Pass memory_limit, or build the module with less memory.", "54000"});
}

class Wasm : public Language {
 public:
  std::string_view name() const override { return "wasm"; }

  void Check(const ProgramSite& site, CheckerProgram& program) const override {
    program.digest =
        CompileOrThrow(site.checker, program.module, engine::SourceFormat::kWasm).digest;
    RequireMemory(site, program);
  }

  engine::Result<void> Run(const ProgramRun& run) const override {
    run.deadline.Pause();
    auto module = ModuleOf(run.checker);
    run.deadline.Resume();
    if (!module) return module.error();
    engine::RunOptions options = GuestRunOptions(run);
    if (run.checker.datasets.size() == 1) options.only_dataset = run.checker.datasets[0];
    auto room = RequireGuestStack(options);
    if (!room) return room.error();
    return TakeGuestReport(run, engine::Run(**module, run.host, options));
  }
};

class Wat : public Wasm {
 public:
  std::string_view name() const override { return "wat"; }

  void Check(const ProgramSite& site, CheckerProgram& program) const override {
    engine::CompileResult compiled =
        CompileOrThrow(site.checker, *program.source, engine::SourceFormat::kWat);
    program.module = std::move(compiled.wasm);
    program.digest = compiled.digest;
    RequireMemory(site, program);
  }
};

}  // namespace

const Language& WasmLanguage() {
  static const Wasm language;
  return language;
}

const Language& WatLanguage() {
  static const Wat language;
  return language;
}

}  // namespace pg_checker::postgres
