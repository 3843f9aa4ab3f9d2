// checker-compile: a WebAssembly module on standard input to a native artifact in the cache
// directory. Started by a database backend for every module that is not in the cache
// (engine/compiler_process.hpp has the protocol), so that no reader of untrusted bytes ever runs
// inside a backend.

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "compile/artifact_store.hpp"
#include "compile/c_compiler.hpp"
#include "compile/options.hpp"
#include "compile/report.hpp"
#include "compile/resource_limits.hpp"
#include "compile/sandbox.hpp"
#include "compile/whole_file.hpp"
#include "engine/artifact_format.hpp"

namespace pg_checker::compile {
namespace {

// Text is longer than what it says; the binary module is held to the limit itself.
constexpr uint64_t kTextBytesPerModuleByte = 8;

// gcc's -O2 takes seconds for a module of this size.
constexpr size_t kOptimiseLessAboveBytes = 256u << 10;

Outcome<std::string> ReadSource(const Options& options) {
  uint64_t limit = options.module_limit_bytes;
  if (options.format == SourceFormat::kWat) limit *= kTextBytesPerModuleByte;
  uint64_t dropped = 0;
  Outcome<std::string> source = ReadDescriptor(STDIN_FILENO, limit, &dropped);
  if (source.ok() && dropped > 0) return ModuleTooLarge(limit + dropped, limit);
  return source;
}

Failure ArtifactTooLarge(uint64_t bytes, uint64_t limit_bytes) {
  return Failure{FailureKind::kModuleTooLarge,
                 "native code of the module has " + std::to_string(bytes) +
                     " bytes, the limit is " + std::to_string(limit_bytes),
                 {},
                 "Build it for size, or raise checker.artifact_size_limit."};
}

Outcome<Done> CompileArtifact(const ArtifactStore& store, const Options& options,
                              const Translation& translation, size_t module_bytes,
                              const std::string& artifact, const Deadline& deadline) {
  Outcome<WorkDirectory> work = WorkDirectory::Create(store, options.work_directory);
  if (!work.ok()) return work.failure();
  CCompilation compilation{options.c_compiler, work->path(),
                           module_bytes > kOptimiseLessAboveBytes};
  Outcome<Done> compiled = CompileC(translation.c, compilation, deadline);
  if (!compiled.ok()) return compiled;
  const std::string object = work->path() + "/" + std::string(kSharedObjectName);
  std::error_code error;
  const uint64_t object_bytes = std::filesystem::file_size(object, error);
  if (!error && object_bytes > options.artifact_limit_bytes)
    return ArtifactTooLarge(object_bytes, options.artifact_limit_bytes);
  Outcome<Done> published = store.Publish(object, artifact);
  if (published.ok()) store.Evict(options.cache_limit_bytes, artifact);
  return published;
}

// An interpreter belongs to pg_checker's own files: always as fast as gcc can make it, and without
// a trailer, like the extension's shared object beside it.
Outcome<Success> CompileInterpreter(const Options& options, const std::string& source,
                                    const Deadline& deadline) {
  Outcome<Translation> translation = TranslateInSandbox(
      source, options.format, ModuleKind::kInterpreter, options.module_limit_bytes, deadline);
  if (!translation.ok()) return translation.failure();
  if (!options.keep_c.empty()) {
    Outcome<Done> kept = WriteWholeFile(options.keep_c, translation->c);
    if (!kept.ok()) return kept.failure();
  }
  Outcome<ArtifactStore> store = ArtifactStore::Open(options.interpreter_output + ".work");
  if (!store.ok()) return store.failure();
  std::error_code error;
  {
    Outcome<WorkDirectory> work = WorkDirectory::Create(*store, options.work_directory);
    if (!work.ok()) return work.failure();
    Outcome<Done> compiled = CompileC(
        translation->c, {options.c_compiler, work->path(), /*optimise_less=*/false}, deadline);
    if (!compiled.ok()) return compiled.failure();
    std::filesystem::rename(work->path() + "/" + std::string(kSharedObjectName),
                            options.interpreter_output, error);
  }
  if (error) {
    return Failure{FailureKind::kCompileFailed,
                   "could not write \"" + options.interpreter_output + "\": " + error.message()};
  }
  std::filesystem::remove_all(store->directory(), error);
  return Success{engine::ModuleDigest(source), options.interpreter_output, false, {}};
}

Outcome<Success> Run(const Options& options) {
  Deadline deadline(options.timeout);
  Outcome<std::string> source = ReadSource(options);
  if (!source.ok()) return source.failure();
  if (!options.interpreter_output.empty()) return CompileInterpreter(options, *source, deadline);
  bool is_text = options.format == SourceFormat::kWat;

  if (!options.validate_only && !is_text && options.keep_c.empty()) {
    // A module that was compiled once has been validated; its bytes name the artifact.
    Outcome<ArtifactStore> store = ArtifactStore::Open(options.cache_directory);
    if (!store.ok()) return store.failure();
    std::string artifact = engine::ArtifactName(*source);
    if (store->Has(artifact)) return Success{engine::ModuleDigest(*source), artifact, true, {}};
  }

  Outcome<Translation> translation = TranslateInSandbox(*source, options.format, ModuleKind::kGuest,
                                                        options.module_limit_bytes, deadline);
  if (!translation.ok()) return translation.failure();
  if (!options.keep_c.empty()) {
    Outcome<Done> kept = WriteWholeFile(options.keep_c, translation->c);
    if (!kept.ok()) return kept.failure();
  }
  const std::string& module = is_text ? translation->wasm : *source;
  Success success{engine::ModuleDigest(module), engine::ArtifactName(module), false,
                  translation->wasm};
  if (options.validate_only) return success;

  Outcome<ArtifactStore> store = ArtifactStore::Open(options.cache_directory);
  if (!store.ok()) return store.failure();
  Outcome<ArtifactLock> lock = ArtifactLock::Acquire(*store, success.artifact, deadline);
  if (!lock.ok()) return lock.failure();
  if (store->Has(success.artifact)) {
    success.cached = true;
    return success;
  }
  Outcome<Done> compiled =
      CompileArtifact(*store, options, *translation, module.size(), success.artifact, deadline);
  if (!compiled.ok()) return compiled.failure();
  return success;
}

}  // namespace
}  // namespace pg_checker::compile

int main(int argc, char** argv) {
  using namespace pg_checker::compile;
  std::variant<Options, std::string> parsed = ParseOptions(argc, argv);
  if (const std::string* fault = std::get_if<std::string>(&parsed)) {
    fprintf(stderr, "checker-compile: %s\nTry --help.\n", fault->c_str());
    return 2;
  }
  const Options& options = std::get<Options>(parsed);
  if (options.help) return WriteDescriptor(STDOUT_FILENO, kUsage) ? 0 : 1;
  if (options.version)
    return printf("checker-compile (pg_checker) %s\n", PG_CHECKER_VERSION) > 0 ? 0 : 1;
  signal(SIGPIPE, SIG_IGN);
  AdoptDescendants();
  LimitSelf(options.timeout);
  Outcome<Success> outcome = Run(options);
  std::string report = outcome.ok() ? SuccessReport(*outcome) : FailureLine(outcome.failure());
  bool told = WriteDescriptor(STDOUT_FILENO, report);
  return outcome.ok() && told ? 0 : 1;
}
