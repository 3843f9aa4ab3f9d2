// Around all reading of one run or preview: a read-only subtransaction with one snapshot for every
// scan.
#pragma once

#include "postgres/error_bridge.hpp"

namespace pg_checker::postgres {

struct ReadOnlySection {
  MemoryContext context;
  ResourceOwner owner;
};

// The pieces of InReadOnlySection.
ReadOnlySection BeginReadOnly();
void EndReadOnly(const ReadOnlySection& section);
// Rolls the subtransaction back. Returns `error`, if there is one, copied to where it outlives the
// subtransaction.
ErrorData* AbandonReadOnly(const ReadOnlySection& section, const ErrorData* error);

// Calls `body` inside the section. An exception rolls the subtransaction back before it goes on: a
// session whose statement ended inside a subtransaction of ours would be left in an aborted
// transaction block that nobody began.
template <typename Body>
void InReadOnlySection(Body&& body) {
  ReadOnlySection section;
  Protect([&] { section = BeginReadOnly(); });
  try {
    body();
    Protect([&] { EndReadOnly(section); });
  } catch (const PostgresError& error) {
    throw PostgresError(AbandonReadOnly(section, error.data()));
  } catch (...) {
    AbandonReadOnly(section, nullptr);
    throw;
  }
}

}  // namespace pg_checker::postgres
