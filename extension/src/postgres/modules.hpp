// Compiled modules of this backend: the one artifact cache, with the backend's settings and way of
// waiting.
#pragma once

#include "engine/artifact_cache.hpp"
#include "postgres/checker_definition.hpp"

namespace pg_checker::postgres {

// The module of a checker's current version, compiled on a miss. An Error of kind kStopped when an
// interrupt is pending. Throws PostgresError for errors of the server.
engine::Result<std::shared_ptr<engine::Module>> ModuleOf(const CheckerDefinition& checker);

// Compiles source or binary at creation; the result has the digest and, for source, the binary.
// Throws PostgresError, also for the source's faults; `label` names the checker in them.
engine::CompileResult CompileOrThrow(const std::string& label, std::string_view source,
                                     engine::SourceFormat format);

// Pages of memory with which a compiled module begins. Throws PostgresError; `label` names the
// checker.
uint64_t MemoryPages(const std::string& label, const std::string& digest,
                     const std::string& module_bytes);

// Counts a run for checker.engine_stats; tells the cluster of this session's counts now and then.
void CountRun();

// Compiles a small module from scratch, to see whether this server can; throws PostgresError with
// what is missing. Returns what it took, in microseconds. Leaves nothing behind.
int64_t ProbeCompiler();

// What checker.engine_stats shows: counts of the whole cluster, and of this session what it has
// loaded.
struct EngineState {
  engine::EngineCounts counts;
  int64_t artifacts = 0;
  int64_t artifact_bytes = 0;
  int running = 0;
  int loaded_modules = 0;
};
EngineState LookAtEngine();

// Compiles a checker's module unless its artifact is there.
enum class Warmth { kPresent, kCompiled, kFailed };
struct WarmModule {
  Warmth warmth;
  std::string error;  // of kFailed
};
// Throws PostgresError for interrupts and errors of the server.
WarmModule WarmUp(const CheckerDefinition& checker);

}  // namespace pg_checker::postgres
