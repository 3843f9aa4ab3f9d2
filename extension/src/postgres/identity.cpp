#include "postgres/identity.hpp"

namespace pg_checker::postgres {

Oid ExtensionOwner() {
  HeapTuple tuple = SearchSysCache1(NAMESPACENAME, CStringGetDatum("checker"));
  if (!HeapTupleIsValid(tuple)) {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_SCHEMA), errmsg("schema \"checker\" does not exist"),
                    errhint("Run CREATE EXTENSION pg_checker.")));
  }
  const Oid owner = reinterpret_cast<Form_pg_namespace>(GETSTRUCT(tuple))->nspowner;
  ReleaseSysCache(tuple);
  return owner;
}

bool MayActFor(Oid user, Oid role) {
  return superuser_arg(user) || has_privs_of_role(user, role) ||
         has_privs_of_role(user, ExtensionOwner());
}

bool RoleExists(Oid role) { return SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(role)); }

SavedIdentity BecomeExtension() {
  SavedIdentity saved;
  const Oid owner = ExtensionOwner();
  GetUserIdAndSecContext(&saved.user, &saved.security_context);
  OverrideSearchPath path = {};
  path.schemas = NIL;
  path.addCatalog = true;
  path.addTemp = false;
  PushOverrideSearchPath(&path);
  SetUserIdAndSecContext(owner, saved.security_context | SECURITY_LOCAL_USERID_CHANGE);
  return saved;
}

void LeaveExtension(const SavedIdentity& saved) {
  SetUserIdAndSecContext(saved.user, saved.security_context);
  PopOverrideSearchPath();
}

}  // namespace pg_checker::postgres
