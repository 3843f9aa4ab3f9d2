// Who owns checkers and datasets, and may change them.
#pragma once

#include "postgres/object_name.hpp"
#include "postgres/server.hpp"

namespace pg_checker::postgres {

// Throws PostgresError (insufficient_privilege) unless the current user may act for the role that
// owns the object. `kind` is "checker" or "dataset".
void RequireOwnership(const char* kind, const ObjectName& name, Oid owned_by);

// Throws PostgresError (insufficient_privilege) unless a checker of role `user` may read a dataset
// of role `owner`.
void RequireUse(const ObjectName& dataset, Oid owner, Oid user);

// The owner of an object once it is created, or replaced: whoever owned it, if that role still
// exists, else the current user.
Oid OwnerAfter(const std::optional<Oid>& existing);

// Throws PostgresError (read_only_sql_transaction) where nothing can be written: on a standby, or
// in a read-only transaction.
void RequireWritable(const char* kind, const ObjectName& name);

}  // namespace pg_checker::postgres
