// Who acts. SQL functions of the extension run as their caller; around statements of their own they
// become the role that owns the extension, with nothing but pg_catalog in the search path, so that
// no object of the caller's is found.
#pragma once

#include "postgres/server.hpp"

namespace pg_checker::postgres {

// The role that owns schema checker, and with it the extension. Raises if the schema is gone.
Oid ExtensionOwner();

// Whether the current user is a superuser, or a member of `role` or of the extension's owner.
bool MayActFor(Oid user, Oid role);

// Whether a role with this oid exists: what is stored may name one that was dropped.
bool RoleExists(Oid role);

// Plain state, restored by LeaveExtension, or by the abort of the (sub)transaction if an error
// comes first.
struct SavedIdentity {
  Oid user;
  int security_context;
};

// Becomes the extension's owner with a pinned search path; may raise. Pairs nest.
SavedIdentity BecomeExtension();
void LeaveExtension(const SavedIdentity& saved);

}  // namespace pg_checker::postgres
