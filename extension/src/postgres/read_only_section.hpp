// Around all reading of one run or preview: a read-only subtransaction with one snapshot for every
// scan. It is always rolled back: what a query's functions do in spite of it (a notification, a
// large object, rows of a temporary table) is undone.
#pragma once

#include "postgres/error_bridge.hpp"

namespace pg_checker::postgres {

struct ReadOnlySection {
  MemoryContext context;
  ResourceOwner owner;
};

// The pieces of InReadOnlySection.
ReadOnlySection BeginReadOnly();
// Rolls the subtransaction back. Returns `error`, if there is one, copied to where it outlives the
// subtransaction, or the error that rolling back has met.
ErrorData* EndReadOnly(const ReadOnlySection& section, const ErrorData* error);

// Calls `body` inside the section. What it makes that is to outlive the section is C++'s, or in the
// memory context that was current before. An exception goes on behind the rollback: a session whose
// statement ended inside a subtransaction of ours would be left in an aborted transaction block
// that nobody began.
template <typename Body>
void InReadOnlySection(Body&& body) {
  ReadOnlySection section;
  Protect([&] { section = BeginReadOnly(); });
  try {
    body();
  } catch (const PostgresError& error) {
    throw PostgresError(EndReadOnly(section, error.data()));
  } catch (...) {
    EndReadOnly(section, nullptr);
    throw;
  }
  if (ErrorData* error = EndReadOnly(section, nullptr)) throw PostgresError(error);
}

}  // namespace pg_checker::postgres
