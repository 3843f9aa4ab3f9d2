#include "postgres/canonical_value.hpp"

#include <cmath>

#include "postgres/canonical_type.hpp"

extern "C" {
#include "common/hashfn.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/multirangetypes.h"
#include "utils/numeric.h"
#include "utils/rangetypes.h"
}

namespace pg_checker::postgres {

namespace {

constexpr size_t kLongBytes = 1024;          // from here on a hash stands for the bytes
constexpr size_t kPieceBytes = 1024 * 1024;  // hashed between two looks at interrupts

template <typename Number>
void AppendNumber(StringInfo out, Number number) {
  appendBinaryStringInfo(out, reinterpret_cast<const char*>(&number), sizeof(number));
}

uint64 HashOf(const char* bytes, size_t length, uint64 key) {
  uint64 hash = key;
  for (size_t done = 0; done < length; done += kPieceBytes) {
    const size_t piece = Min(kPieceBytes, length - done);
    hash = hash_bytes_extended(reinterpret_cast<const unsigned char*>(bytes + done),
                               static_cast<int>(piece), hash);
    CHECK_FOR_INTERRUPTS();
  }
  return hash;
}

// With the length in front, so that what follows cannot be taken for a part of it.
void AppendBytes(StringInfo out, const char* bytes, size_t length, const HashKeys& keys) {
  AppendNumber(out, static_cast<uint32>(length));
  if (length <= kLongBytes) {
    appendBinaryStringInfo(out, bytes, static_cast<int>(length));
    return;
  }
  AppendNumber(out, HashOf(bytes, length, keys.high));
  AppendNumber(out, HashOf(bytes, length, keys.low));
}

void AppendFloat(StringInfo out, double number) {
  // -0 equals 0, and NaN itself.
  if (number == 0) number = 0;
  AppendNumber(out, std::isnan(number) ? get_float8_nan() : number);
}

void AppendInterval(StringInfo out, const Interval& interval) {
  const __int128 days = static_cast<__int128>(interval.month) * DAYS_PER_MONTH + interval.day;
  AppendNumber(out, days * USECS_PER_DAY + interval.time);
}

// numeric_send: number of digits, weight, sign, scale for display, digits; two bytes each. All but
// the scale tell numbers apart.
void AppendNumeric(StringInfo out, Datum value, const HashKeys& keys) {
  constexpr size_t kScaleAt = 6;
  constexpr size_t kDigitsAt = 8;
  bytea* sent = DatumGetByteaPP(DirectFunctionCall1(numeric_send, value));
  const char* bytes = VARDATA_ANY(sent);
  appendBinaryStringInfo(out, bytes, kScaleAt);
  AppendBytes(out, bytes + kDigitsAt, VARSIZE_ANY_EXHDR(sent) - kDigitsAt, keys);
}

void AppendText(StringInfo out, const Canonical& canonical, const char* text, size_t length,
                const HashKeys& keys) {
  if (canonical.by_bytes) {
    AppendBytes(out, text, length, keys);
    return;
  }
  const Datum value = PointerGetDatum(cstring_to_text_with_len(text, static_cast<int>(length)));
  for (const uint64 key : {keys.high, keys.low}) {
    AppendNumber(out, DatumGetUInt64(DirectFunctionCall2Coll(hashtextextended, canonical.collation,
                                                             value, UInt64GetDatum(key))));
  }
}

void AppendJsonb(StringInfo out, Datum value, const HashKeys& keys) {
  Jsonb* json = DatumGetJsonbP(value);
  JsonbIterator* iterator = JsonbIteratorInit(&json->root);
  JsonbValue part;
  JsonbIteratorToken token;
  while ((token = JsonbIteratorNext(&iterator, &part, false)) != WJB_DONE) {
    CHECK_FOR_INTERRUPTS();
    AppendNumber(out, static_cast<uint8>(token));
    // A scalar is stored as an array of one.
    if (token == WJB_BEGIN_ARRAY) AppendNumber(out, static_cast<uint8>(part.val.array.rawScalar));
    if (token != WJB_KEY && token != WJB_VALUE && token != WJB_ELEM) continue;
    AppendNumber(out, static_cast<uint8>(part.type));
    if (part.type == jbvString) {
      AppendBytes(out, part.val.string.val, static_cast<size_t>(part.val.string.len), keys);
    } else if (part.type == jbvNumeric) {
      AppendNumeric(out, NumericGetDatum(part.val.numeric), keys);
    } else if (part.type == jbvBool) {
      AppendNumber(out, static_cast<uint8>(part.val.boolean));
    }
  }
}

void AppendArray(StringInfo out, const Canonical& canonical, Datum value, const HashKeys& keys) {
  ArrayType* array = DatumGetArrayTypeP(value);
  AppendNumber(out, static_cast<int32>(ARR_NDIM(array)));
  for (int i = 0; i < ARR_NDIM(array); i++) {
    AppendNumber(out, static_cast<int32>(ARR_DIMS(array)[i]));
    AppendNumber(out, static_cast<int32>(ARR_LBOUND(array)[i]));
  }
  ArrayIterator iterator = array_create_iterator(array, 0, nullptr);
  Datum element;
  bool is_null;
  while (array_iterate(iterator, &element, &is_null)) {
    CHECK_FOR_INTERRUPTS();
    AppendCanonical(out, canonical.element, element, is_null, keys);
  }
  array_free_iterator(iterator);
}

// Rows of the type record may alternate between types: what was known of the last one goes.
void DescribeRow(Canonical& canonical, TupleDesc row) {
  if (canonical.row_context == nullptr) {
    canonical.row_context = AllocSetContextCreate(GetMemoryChunkContext(&canonical),
                                                  "pg_checker row type", ALLOCSET_SMALL_SIZES);
  }
  canonical.column = nullptr;
  MemoryContextReset(canonical.row_context);
  MemoryContext old = MemoryContextSwitchTo(canonical.row_context);
  canonical.columns = row->natts;
  canonical.column = static_cast<Canonical**>(palloc0(sizeof(Canonical*) * (row->natts + 1)));
  for (int i = 0; i < row->natts; i++) {
    Form_pg_attribute attribute = TupleDescAttr(row, i);
    if (!attribute->attisdropped)
      canonical.column[i] = MakeCanonical(attribute->atttypid, attribute->attcollation);
  }
  MemoryContextSwitchTo(old);
}

void AppendRecord(StringInfo out, Canonical& canonical, Datum value, const HashKeys& keys) {
  check_stack_depth();
  HeapTupleHeader header = DatumGetHeapTupleHeader(value);
  const Oid row_type = HeapTupleHeaderGetTypeId(header);
  const int32 typmod = HeapTupleHeaderGetTypMod(header);
  // An error gives it back with the subtransaction.
  TupleDesc row = lookup_rowtype_tupdesc(row_type, typmod);
  if (canonical.column == nullptr || row_type != canonical.row_type ||
      typmod != canonical.row_typmod || row->natts != canonical.columns) {
    DescribeRow(canonical, row);
    canonical.row_type = row_type;
    canonical.row_typmod = typmod;
  }
  HeapTupleData tuple = {};
  tuple.t_len = HeapTupleHeaderGetDatumLength(header);
  tuple.t_data = header;
  auto* values = static_cast<Datum*>(palloc(sizeof(Datum) * (row->natts + 1)));
  auto* nulls = static_cast<bool*>(palloc(sizeof(bool) * (row->natts + 1)));
  heap_deform_tuple(&tuple, row, values, nulls);
  for (int i = 0; i < row->natts; i++) {
    if (canonical.column[i] != nullptr)
      AppendCanonical(out, canonical.column[i], values[i], nulls[i], keys);
  }
  ReleaseTupleDesc(row);
}

void AppendBound(StringInfo out, const Canonical& canonical, const RangeBound& bound,
                 const HashKeys& keys) {
  AppendNumber(out, static_cast<uint8>(bound.inclusive));
  AppendCanonical(out, canonical.element, bound.val, bound.infinite, keys);
}

void AppendRange(StringInfo out, const Canonical& canonical, TypeCacheEntry* range_type,
                 RangeType* range, const HashKeys& keys) {
  RangeBound lower, upper;
  bool empty;
  range_deserialize(range_type, range, &lower, &upper, &empty);
  AppendNumber(out, static_cast<uint8>(empty));
  if (empty) return;
  AppendBound(out, canonical, lower, keys);
  AppendBound(out, canonical, upper, keys);
}

void AppendMultirange(StringInfo out, const Canonical& canonical, Datum value,
                      const HashKeys& keys) {
  int32 count;
  RangeType** ranges;
  TypeCacheEntry* range_type = canonical.entry->rngtype;
  multirange_deserialize(range_type, DatumGetMultirangeTypeP(value), &count, &ranges);
  AppendNumber(out, count);
  for (int32 i = 0; i < count; i++) AppendRange(out, canonical, range_type, ranges[i], keys);
}

void AppendValue(StringInfo out, Canonical& canonical, Datum value, const HashKeys& keys) {
  switch (canonical.kind) {
    case CanonicalKind::kInteger:
      // Not more than the type has: the rest of a Datum says nothing.
      appendBinaryStringInfo(out, reinterpret_cast<const char*>(&value), canonical.length);
      return;
    case CanonicalKind::kFloat4:
      AppendFloat(out, DatumGetFloat4(value));
      return;
    case CanonicalKind::kFloat8:
      AppendFloat(out, DatumGetFloat8(value));
      return;
    case CanonicalKind::kTimeTz:
      AppendNumber(out, DatumGetTimeTzADTP(value)->time);
      AppendNumber(out, DatumGetTimeTzADTP(value)->zone);
      return;
    case CanonicalKind::kInterval:
      AppendInterval(out, *DatumGetIntervalP(value));
      return;
    case CanonicalKind::kNumeric:
      AppendNumeric(out, value, keys);
      return;
    case CanonicalKind::kFixed:
      appendBinaryStringInfo(out, DatumGetPointer(value), canonical.length);
      return;
    case CanonicalKind::kVarlena: {
      struct varlena* text = PG_DETOAST_DATUM_PACKED(value);
      AppendText(out, canonical, VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text), keys);
      return;
    }
    case CanonicalKind::kBlankPadded: {
      struct varlena* text = PG_DETOAST_DATUM_PACKED(value);
      AppendText(out, canonical, VARDATA_ANY(text),
                 static_cast<size_t>(bpchartruelen(VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text))),
                 keys);
      return;
    }
    case CanonicalKind::kJsonb:
      AppendJsonb(out, value, keys);
      return;
    case CanonicalKind::kArray:
      AppendArray(out, canonical, value, keys);
      return;
    case CanonicalKind::kRecord:
      AppendRecord(out, canonical, value, keys);
      return;
    case CanonicalKind::kRange:
      AppendRange(out, canonical, canonical.entry, DatumGetRangeTypeP(value), keys);
      return;
    case CanonicalKind::kMultirange:
      AppendMultirange(out, canonical, value, keys);
      return;
    case CanonicalKind::kHash:
      for (const uint64 key : {keys.high, keys.low}) {
        AppendNumber(out, DatumGetUInt64(FunctionCall2Coll(&canonical.function, canonical.collation,
                                                           value, UInt64GetDatum(key))));
      }
      return;
    case CanonicalKind::kOutput: {
      const char* text = OutputFunctionCall(&canonical.function, value);
      AppendBytes(out, text, strlen(text), keys);
      return;
    }
  }
}

}  // namespace

void AppendCanonical(StringInfo out, Canonical* canonical, Datum value, bool is_null,
                     const HashKeys& keys) {
  AppendNumber(out, static_cast<uint8>(is_null));
  if (!is_null) AppendValue(out, *canonical, value, keys);
}

}  // namespace pg_checker::postgres
