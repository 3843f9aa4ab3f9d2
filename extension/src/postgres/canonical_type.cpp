#include "postgres/canonical_type.hpp"

extern "C" {
#include "utils/pg_locale.h"
#include "utils/rangetypes.h"
}

namespace pg_checker::postgres {

namespace {

// The kind of a type that the server brings along and that is no container; kOutput for others.
CanonicalKind KindOfBuiltIn(Oid type) {
  switch (type) {
    case BOOLOID:
    case CHAROID:
    case INT2OID:
    case INT4OID:
    case INT8OID:
    case OIDOID:
    case REGCLASSOID:
    case DATEOID:
    case TIMEOID:
    case TIMESTAMPOID:
    case TIMESTAMPTZOID:
    case MONEYOID:
      return CanonicalKind::kInteger;
    case FLOAT4OID:
      return CanonicalKind::kFloat4;
    case FLOAT8OID:
      return CanonicalKind::kFloat8;
    case TIMETZOID:
      return CanonicalKind::kTimeTz;
    case INTERVALOID:
      return CanonicalKind::kInterval;
    case NUMERICOID:
      return CanonicalKind::kNumeric;
    case UUIDOID:
    case NAMEOID:
    case MACADDROID:
    case MACADDR8OID:
    case TIDOID:
      return CanonicalKind::kFixed;
    case TEXTOID:
    case VARCHAROID:
    case BYTEAOID:
    case BITOID:
    case VARBITOID:
    case INETOID:
    case CIDROID:
      return CanonicalKind::kVarlena;
    case BPCHAROID:
      return CanonicalKind::kBlankPadded;
    case JSONBOID:
      return CanonicalKind::kJsonb;
    default:
      return CanonicalKind::kOutput;
  }
}

// Whether a collation, if there is one, tells apart all that is not the same bytes.
bool ComparesBytes(Oid collation) {
  if (!OidIsValid(collation) || lc_collate_is_c(collation)) return true;
  const pg_locale_t locale = pg_newlocale_from_collation(collation);
  return locale == nullptr || locale->deterministic;
}

// Containers first, then what has a hash function of its own, then the output form.
void ChooseKind(Canonical& canonical) {
  const Oid type = canonical.type;
  canonical.kind = KindOfBuiltIn(type);
  if (canonical.kind != CanonicalKind::kOutput) return;
  if (const Oid element = get_base_element_type(type); OidIsValid(element)) {
    canonical.kind = CanonicalKind::kArray;
    canonical.element = MakeCanonical(element, canonical.collation);
    return;
  }
  switch (get_typtype(type)) {
    case TYPTYPE_ENUM:
      canonical.kind = CanonicalKind::kInteger;
      return;
    case TYPTYPE_COMPOSITE:
      canonical.kind = CanonicalKind::kRecord;
      return;
    case TYPTYPE_RANGE:
      canonical.kind = CanonicalKind::kRange;
      canonical.entry = lookup_type_cache(type, TYPECACHE_RANGE_INFO);
      canonical.element =
          MakeCanonical(canonical.entry->rngelemtype->type_id, canonical.entry->rng_collation);
      return;
    case TYPTYPE_MULTIRANGE:
      canonical.kind = CanonicalKind::kMultirange;
      canonical.entry = lookup_type_cache(type, TYPECACHE_MULTIRANGE_INFO);
      canonical.element = MakeCanonical(canonical.entry->rngtype->rngelemtype->type_id,
                                        canonical.entry->rngtype->rng_collation);
      return;
    default:
      break;
  }
  if (type == RECORDOID) {
    canonical.kind = CanonicalKind::kRecord;
    return;
  }
  TypeCacheEntry* entry = lookup_type_cache(type, TYPECACHE_HASH_EXTENDED_PROC_FINFO);
  if (OidIsValid(entry->hash_extended_proc)) {
    canonical.kind = CanonicalKind::kHash;
    if (!OidIsValid(canonical.collation)) canonical.collation = entry->typcollation;
    fmgr_info(entry->hash_extended_proc, &canonical.function);
    return;
  }
  Oid output;
  bool is_varlena;
  getTypeOutputInfo(type, &output, &is_varlena);
  fmgr_info(output, &canonical.function);
}

}  // namespace

Canonical* MakeCanonical(Oid type, Oid collation) {
  check_stack_depth();
  auto* canonical = static_cast<Canonical*>(palloc0(sizeof(Canonical)));
  canonical->type = getBaseType(type);
  canonical->collation = collation;
  canonical->length = get_typlen(canonical->type);
  canonical->by_bytes = ComparesBytes(collation);
  ChooseKind(*canonical);
  return canonical;
}

}  // namespace pg_checker::postgres
