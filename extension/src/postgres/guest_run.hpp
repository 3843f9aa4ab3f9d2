// A run of a program that a guest carries out: limits, surroundings, and the verdict from how it
// ended. The same for WebAssembly modules and for scripts, whose engines are guests as well.
#pragma once

#include "engine/run.hpp"
#include "postgres/language.hpp"

namespace pg_checker::postgres {

// The settings, with what a checker has of its own.
engine::RunLimits GuestLimits(std::optional<int64_t> fuel, std::optional<int> memory_limit_kb);

// Limits, input, environment and seed of the run. What it refers to lives as long as `run`.
engine::RunOptions GuestRunOptions(const ProgramRun& run);

// An Error if the stack has no room for a guest under these options.
engine::Result<void> RequireGuestStack(const engine::RunOptions& options);

// Takes fuel, output and log of a guest that has ended into the evaluation, and its exit code or
// the result of `check` into the verdict. An Error is how it failed.
engine::Result<void> TakeGuestReport(const ProgramRun& run, engine::RunReport report);

}  // namespace pg_checker::postgres
