// What kind of value a type has, as far as telling its values apart goes.
#pragma once

#include "postgres/canonical_value.hpp"

namespace pg_checker::postgres {

enum class CanonicalKind : uint8 {
  kInteger,  // by value: integers, dates, times, enums
  kFloat4,
  kFloat8,
  kTimeTz,
  kInterval,
  kNumeric,
  kFixed,  // by reference, of fixed length
  kVarlena,
  kBlankPadded,
  kJsonb,
  kArray,
  kRecord,
  kRange,
  kMultirange,
  kHash,    // by the type's hash function
  kOutput,  // by its output function
};

struct Canonical {
  CanonicalKind kind;
  int16 length;  // as pg_type.typlen
  Oid type;
  Oid collation;
  bool by_bytes;          // of texts: what is equal has equal bytes
  FmgrInfo function;      // of kHash and kOutput
  Canonical* element;     // of arrays, ranges and multiranges
  TypeCacheEntry* entry;  // of ranges and multiranges
  // Of records: their columns, for the row type that was seen last, in a context of its own.
  MemoryContext row_context;
  Oid row_type;
  int32 row_typmod;
  int columns;
  Canonical** column;
};

}  // namespace pg_checker::postgres
