// Changes of a stored checker other than replacing it. All throw PostgresError: unknown checkers,
// those of other roles, a server that cannot write.
#pragma once

#include "postgres/object_name.hpp"

namespace pg_checker::postgres {

// A disabled checker is run by no schedule and by no call that runs all; `reason` shows beside it.
// Its alarm is resolved. Disabling a disabled one replaces the reason.
void EnableChecker(const ObjectName& name);
void DisableChecker(const ObjectName& name, const std::optional<std::string>& reason);

// Gives it another name, and namespace if `to` says so; its alarm is resolved under the old one. A
// taken name is an error (duplicate_object).
void RenameChecker(const ObjectName& from, const ObjectName& to);

// Makes an old version the current one; an unknown one is an error (undefined_object).
void RollbackChecker(const ObjectName& name, int version);

}  // namespace pg_checker::postgres
