#include "postgres/rules/row_aggregates.hpp"

#include "postgres/row_json.hpp"

extern "C" {
#include "utils/datum.h"
}

namespace pg_checker::postgres {

namespace {

// A sample ends after the row that brings it to so many bytes.
constexpr int kSampleBytes = 256 * 1024;

struct KeyColumn {
  bool by_value;
  int16 length;
  FmgrInfo equal;
  Datum last;
  bool has_last;
};

// Lives in the aggregate's memory context.
struct RowSample {
  MemoryContext context;
  MemoryContext row_context;  // reset for each row that is shown
  int64 rows;
  int max_samples;
  int samples;
  StringInfoData json;
  bool prepared;
  RowJson row_json;
  Oid row_type;  // that row_json is prepared for
  int32 row_modifier;
  int key_count;
  KeyColumn* keys;
  bool shown;  // the value that repeats now is in the sample
};

RowSample* SampleOf(FunctionCallInfo fcinfo) {
  MemoryContext context;
  if (AggCheckCallContext(fcinfo, &context) == 0) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("this function is called by its aggregate only")));
  }
  if (!PG_ARGISNULL(0)) return reinterpret_cast<RowSample*>(PG_GETARG_POINTER(0));
  MemoryContext old = MemoryContextSwitchTo(context);
  auto* sample = static_cast<RowSample*>(palloc0(sizeof(RowSample)));
  sample->context = context;
  sample->row_context =
      AllocSetContextCreate(context, "pg_checker sample row", ALLOCSET_DEFAULT_SIZES);
  initStringInfo(&sample->json);
  MemoryContextSwitchTo(old);
  return sample;
}

void Show(RowSample* sample, const Datum* values, const bool* nulls) {
  if (sample->samples >= sample->max_samples || sample->json.len > kSampleBytes) return;
  MemoryContext old = MemoryContextSwitchTo(sample->row_context);
  const char* row = RowToJson(sample->row_json, values, nulls);
  MemoryContextSwitchTo(sample->context);
  if (sample->samples++ > 0) appendStringInfoChar(&sample->json, ',');
  appendStringInfoString(&sample->json, row);
  MemoryContextSwitchTo(old);
  MemoryContextReset(sample->row_context);
}

void ShowRecord(RowSample* sample, HeapTupleHeader record) {
  const Oid type = HeapTupleHeaderGetTypeId(record);
  const int32 modifier = HeapTupleHeaderGetTypMod(record);
  TupleDesc columns = lookup_rowtype_tupdesc(type, modifier);
  if (!sample->prepared || sample->row_type != type || sample->row_modifier != modifier) {
    MemoryContext old = MemoryContextSwitchTo(sample->context);
    sample->row_json = PrepareRowJson(columns, true);
    MemoryContextSwitchTo(old);
    sample->prepared = true;
    sample->row_type = type;
    sample->row_modifier = modifier;
  }
  HeapTupleData tuple = {};
  tuple.t_len = HeapTupleHeaderGetDatumLength(record);
  tuple.t_data = record;
  auto* values = static_cast<Datum*>(palloc(sizeof(Datum) * (columns->natts + 1)));
  auto* nulls = static_cast<bool*>(palloc(sizeof(bool) * (columns->natts + 1)));
  heap_deform_tuple(&tuple, columns, values, nulls);
  Show(sample, values, nulls);
  pfree(values);
  pfree(nulls);
  ReleaseTupleDesc(columns);
}

constexpr int kFirstKey = 3;

// Names, types and equality of the values that repeat; they stand behind the other arguments.
void PrepareKeys(RowSample* sample, FunctionCallInfo fcinfo) {
  MemoryContext old = MemoryContextSwitchTo(sample->context);
  Datum* names;
  int name_count;
  deconstruct_array(PG_GETARG_ARRAYTYPE_P(2), TEXTOID, -1, false, TYPALIGN_INT, &names, nullptr,
                    &name_count);
  sample->key_count = PG_NARGS() - kFirstKey;
  if (name_count != sample->key_count) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("%d values have %d names", sample->key_count, name_count)));
  }
  sample->keys = static_cast<KeyColumn*>(palloc0(sizeof(KeyColumn) * (sample->key_count + 1)));
  TupleDesc columns = CreateTemplateTupleDesc(sample->key_count);
  for (int i = 0; i < sample->key_count; i++) {
    const Oid type = get_fn_expr_argtype(fcinfo->flinfo, kFirstKey + i);
    TupleDescInitEntry(columns, static_cast<AttrNumber>(i + 1), TextDatumGetCString(names[i]), type,
                       -1, 0);
    KeyColumn& key = sample->keys[i];
    get_typlenbyval(type, &key.length, &key.by_value);
    TypeCacheEntry* entry = lookup_type_cache(type, TYPECACHE_EQ_OPR_FINFO);
    if (!OidIsValid(entry->eq_opr)) {
      ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION),
                      errmsg("type %s has no equality", format_type_be(type))));
    }
    fmgr_info_cxt(entry->eq_opr_finfo.fn_oid, &key.equal, sample->context);
  }
  sample->row_json = PrepareRowJson(columns, true);
  sample->prepared = true;
  MemoryContextSwitchTo(old);
}

bool Repeats(RowSample* sample, FunctionCallInfo fcinfo) {
  Oid collation = PG_GET_COLLATION();
  if (!OidIsValid(collation)) collation = DEFAULT_COLLATION_OID;
  for (int i = 0; i < sample->key_count; i++) {
    KeyColumn& key = sample->keys[i];
    if (!key.has_last || PG_ARGISNULL(kFirstKey + i)) return false;
    if (!DatumGetBool(
            FunctionCall2Coll(&key.equal, collation, key.last, PG_GETARG_DATUM(kFirstKey + i))))
      return false;
  }
  return true;
}

void Remember(RowSample* sample, FunctionCallInfo fcinfo) {
  MemoryContext old = MemoryContextSwitchTo(sample->context);
  for (int i = 0; i < sample->key_count; i++) {
    KeyColumn& key = sample->keys[i];
    if (key.has_last && !key.by_value) pfree(DatumGetPointer(key.last));
    key.has_last = !PG_ARGISNULL(kFirstKey + i);
    if (key.has_last)
      key.last = datumCopy(PG_GETARG_DATUM(kFirstKey + i), key.by_value, key.length);
  }
  MemoryContextSwitchTo(old);
  sample->shown = false;
}

}  // namespace

Datum AddSampleRow(FunctionCallInfo fcinfo) {
  RowSample* sample = SampleOf(fcinfo);
  sample->rows++;
  if (!PG_ARGISNULL(2)) sample->max_samples = PG_GETARG_INT32(2);
  if (!PG_ARGISNULL(1) && sample->samples < sample->max_samples)
    ShowRecord(sample, PG_GETARG_HEAPTUPLEHEADER(1));
  PG_RETURN_POINTER(sample);
}

Datum AddSampleRepeat(FunctionCallInfo fcinfo) {
  RowSample* sample = SampleOf(fcinfo);
  if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) PG_RETURN_POINTER(sample);
  sample->max_samples = PG_GETARG_INT32(1);
  if (!sample->prepared) PrepareKeys(sample, fcinfo);
  if (!Repeats(sample, fcinfo)) {
    Remember(sample, fcinfo);
    PG_RETURN_POINTER(sample);
  }
  sample->rows++;
  if (sample->shown) PG_RETURN_POINTER(sample);
  sample->shown = true;
  auto* values = static_cast<Datum*>(palloc(sizeof(Datum) * sample->key_count));
  auto* nulls = static_cast<bool*>(palloc0(sizeof(bool) * sample->key_count));
  for (int i = 0; i < sample->key_count; i++) values[i] = sample->keys[i].last;
  Show(sample, values, nulls);
  PG_RETURN_POINTER(sample);
}

Datum RowSampleResult(FunctionCallInfo fcinfo) {
  StringInfoData result;
  initStringInfo(&result);
  if (PG_ARGISNULL(0)) {
    appendStringInfoString(&result, "{\"rows\":0,\"sample\":[]}");
  } else {
    auto* sample = reinterpret_cast<RowSample*>(PG_GETARG_POINTER(0));
    appendStringInfo(&result, "{\"rows\":" INT64_FORMAT ",\"sample\":[%s]}", sample->rows,
                     sample->json.data);
  }
  PG_RETURN_DATUM(PointerGetDatum(cstring_to_text_with_len(result.data, result.len)));
}

}  // namespace pg_checker::postgres
