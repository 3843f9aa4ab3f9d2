#include "postgres/modules.hpp"

#include <filesystem>
#include <system_error>

#include "engine/run_slots.hpp"
#include "postgres/error_bridge.hpp"
#include "postgres/latch_waiter.hpp"
#include "postgres/settings.hpp"

extern "C" {
#include "storage/ipc.h"
}

namespace pg_checker::postgres {

namespace {

engine::ArtifactCache& Cache();

// As the session ends: nobody catches an exception there.
void FlushAtExit(int, Datum) {
  try {
    Cache().stats().Flush(CacheDirectory());
  } catch (...) {
    // For lack of memory: these counts are lost.
  }
}

engine::ArtifactCache& Cache() {
  static auto* cache = [] {
    on_proc_exit(FlushAtExit, 0);
    return new engine::ArtifactCache(static_cast<size_t>(settings.loaded_modules));
  }();
  return *cache;
}

}  // namespace

engine::Result<std::shared_ptr<engine::Module>> ModuleOf(const CheckerDefinition& checker) {
  if (auto module = Cache().Loaded(checker.digest)) return module;
  const std::string bytes = LoadProgram(checker).module;
  LatchWaiter waiter;
  auto module = Cache().Get(checker.digest, bytes, CompileOptionsFromSettings(), waiter);
  Cache().stats().Flush(CacheDirectory());
  return module;
}

uint64_t MemoryPages(const std::string& label, const std::string& digest,
                     const std::string& module_bytes) {
  LatchWaiter waiter;
  auto module = Cache().Get(digest, module_bytes, CompileOptionsFromSettings(), waiter);
  if (module) return (*module)->descriptor().memory_min_pages;
  if (module.error().kind == engine::ErrorKind::kStopped) Protect([] { CHECK_FOR_INTERRUPTS(); });
  engine::Error error = module.error();
  error.message = "checker \"" + label + "\": " + error.message;
  Throw(error);
}

void CountRun() {
  Cache().stats().Count(engine::EngineCounts::kRuns);
  Cache().stats().FlushIfDue(CacheDirectory());
}

int64_t ProbeCompiler() {
  namespace fs = std::filesystem;
  engine::CompileOptions options = CompileOptionsFromSettings();
  // A folder of its own, so that it compiles, by a name that the helper removes should this process
  // be killed.
  std::error_code error;
  fs::create_directory(options.cache_directory, error);
  if (!error) fs::permissions(options.cache_directory, fs::perms::owner_all, error);
  options.cache_directory += "/.work-probe-" + std::to_string(MyProcPid);
  LatchWaiter waiter;
  const TimestampTz begin = GetCurrentTimestamp();
  auto compiled = engine::Compile("(module (func (export \"check\")))", engine::SourceFormat::kWat,
                                  options, waiter);
  const int64_t took = GetCurrentTimestamp() - begin;
  fs::remove_all(options.cache_directory, error);
  if (compiled) return took;
  if (compiled.error().kind == engine::ErrorKind::kStopped) Protect([] { CHECK_FOR_INTERRUPTS(); });
  Throw(compiled.error());
}

EngineState LookAtEngine() {
  EngineState state;
  const std::string directory = CacheDirectory();
  Cache().stats().Flush(directory);
  state.counts = engine::EngineStats::Read(directory);
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(directory, error)) {
    if (file.path().extension() != ".so") continue;
    const uint64_t bytes = file.file_size(error);
    if (error) continue;
    state.artifacts++;
    state.artifact_bytes += static_cast<int64_t>(bytes);
  }
  if (settings.max_concurrent_runs > 0) {
    const auto running = engine::RunSlot::CountTaken(directory, settings.max_concurrent_runs);
    if (running) state.running = *running;
  }
  state.loaded_modules = static_cast<int>(Cache().loaded_modules());
  return state;
}

WarmModule WarmUp(const CheckerDefinition& checker) {
  const std::string bytes = LoadProgram(checker).module;
  if (bytes.empty()) return {Warmth::kPresent, ""};
  LatchWaiter waiter;
  auto compiled =
      Cache().Compile(bytes, engine::SourceFormat::kWasm, CompileOptionsFromSettings(), waiter);
  if (!compiled && compiled.error().kind == engine::ErrorKind::kStopped)
    Protect([] { CHECK_FOR_INTERRUPTS(); });
  Cache().stats().Flush(CacheDirectory());
  if (!compiled) return {Warmth::kFailed, compiled.error().message};
  return {compiled->cached ? Warmth::kPresent : Warmth::kCompiled, ""};
}

engine::CompileResult CompileOrThrow(const std::string& label, std::string_view source,
                                     engine::SourceFormat format) {
  LatchWaiter waiter;
  auto compiled = Cache().Compile(source, format, CompileOptionsFromSettings(), waiter);
  Cache().stats().Flush(CacheDirectory());
  if (compiled) return std::move(*compiled);
  if (compiled.error().kind == engine::ErrorKind::kStopped) Protect([] { CHECK_FOR_INTERRUPTS(); });
  engine::Error error = compiled.error();
  error.message = "checker \"" + label + "\": " + error.message;
  Throw(error);
}

}  // namespace pg_checker::postgres
