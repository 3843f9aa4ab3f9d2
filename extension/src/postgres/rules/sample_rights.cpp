#include "postgres/rules/sample_rights.hpp"

#include "postgres/error_bridge.hpp"

extern "C" {
#include "catalog/pg_proc.h"
}

namespace pg_checker::postgres {

namespace {

bool MayCall(Oid schema, const char* function, const oidvector* arguments, Oid role) {
  const Oid oid = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(function),
                                  PointerGetDatum(arguments), ObjectIdGetDatum(schema));
  return OidIsValid(oid) && pg_proc_aclcheck(oid, role, ACL_EXECUTE) == ACLCHECK_OK;
}

}  // namespace

bool MaySampleRows(Oid owner) {
  bool may = false;
  Protect([&] {
    const Oid failing[] = {RECORDOID, INT4OID};
    const Oid repeated[] = {INT4OID, TEXTARRAYOID, ANYOID};
    const Oid schema = get_namespace_oid("checker", false);
    may = pg_namespace_aclcheck(schema, owner, ACL_USAGE) == ACLCHECK_OK &&
          MayCall(schema, "sample_rows", buildoidvector(failing, 2), owner) &&
          MayCall(schema, "sample_repeats", buildoidvector(repeated, 3), owner);
  });
  return may;
}

}  // namespace pg_checker::postgres
