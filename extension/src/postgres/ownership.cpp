#include "postgres/ownership.hpp"

#include "postgres/error_bridge.hpp"
#include "postgres/identity.hpp"

namespace pg_checker::postgres {

void RequireOwnership(const char* kind, const ObjectName& name, Oid owned_by) {
  bool allowed = false;
  Protect([&] { allowed = MayActFor(GetUserId(), owned_by); });
  if (allowed) return;
  Throw({engine::ErrorKind::kDataset,
         "must be owner of " + std::string(kind) + " \"" + name.Qualified() + "\"", "",
         "Ask its owner, or become a member of the role that owns it.", "42501"});
}

void RequireUse(const ObjectName& dataset, Oid owner, Oid user) {
  bool allowed = false;
  bool same = false;
  Protect([&] {
    allowed = MayActFor(user, owner);
    same = user == GetUserId();
  });
  if (allowed) return;
  Throw({engine::ErrorKind::kDataset,
         same ? "must be owner of dataset \"" + dataset.Qualified() + "\""
              : "the checker's owner may not read dataset \"" + dataset.Qualified() + "\"",
         "", "The checker's owner must be a member of the role that owns the dataset.", "42501"});
}

Oid OwnerAfter(const std::optional<Oid>& existing) {
  bool exists = false;
  Protect([&] { exists = existing && RoleExists(*existing); });
  return exists ? *existing : GetUserId();
}

void RequireWritable(const char* kind, const ObjectName& name) {
  if (!XactReadOnly) return;
  Throw({engine::ErrorKind::kDataset,
         "cannot change " + std::string(kind) + " \"" + name.Qualified() +
             "\" in a read-only transaction",
         "", "Change it on the primary, in a transaction that may write.", "25006"});
}

}  // namespace pg_checker::postgres
