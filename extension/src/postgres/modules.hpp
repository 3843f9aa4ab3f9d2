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

}  // namespace pg_checker::postgres
