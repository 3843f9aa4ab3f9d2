// Recording an evaluation: run, assertions, alarm and outbox in the caller's transaction, or not at
// all.
#pragma once

#include "postgres/checker_definition.hpp"
#include "postgres/evaluation.hpp"

namespace pg_checker::postgres {

// Throws PostgresError (read_only_sql_transaction) where nothing can be recorded: on a standby, or
// in a read-only transaction. To be asked before a run, which would be for nothing.
void RequireRecording();

// What becomes of a result that started before the last recorded one. Either way it is history, and
// the alarm stays as it is.
enum class LateResult {
  kTold,     // evaluated here and now: its run.* message goes out like any other's
  kHistory,  // evaluated elsewhere, some time ago: no message
};

// Records and returns the run's id; nothing if the checker was dropped meanwhile. Throws
// PostgresError.
std::optional<int64_t> Record(const CheckerDefinition& checker, const Evaluation& evaluation,
                              LateResult late);
// The same; a checker that was dropped is an error (undefined_object).
int64_t RecordOrThrow(const CheckerDefinition& checker, const Evaluation& evaluation,
                      LateResult late);

// The id of a recorded run, if there is one with this uuid.
std::optional<int64_t> FindRun(const std::string& run_uuid);

// Takes the alarm back to ok because its checker goes, or is not to run; if it was told, tells
// that, with `reason` as the message. Locks the alarm. False if the checker is gone already.
bool ResolveAlarm(const CheckerDefinition& checker, const std::string& reason);

}  // namespace pg_checker::postgres
