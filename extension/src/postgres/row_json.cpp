#include "postgres/row_json.hpp"

#include "postgres/error_bridge.hpp"
#include "postgres/redaction.hpp"
#include "postgres/settings.hpp"

extern "C" {
#include "access/detoast.h"
#include "nodes/makefuncs.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
}

namespace pg_checker::postgres {

namespace {

constexpr int16 kVarlena = -1;
constexpr int16 kCString = -2;

// to_json asks its call for the type of the argument.
void PrepareToJson(FmgrInfo* function, Oid type) {
  Param* argument = makeNode(Param);
  argument->paramkind = PARAM_EXTERN;
  argument->paramtype = type;
  argument->paramtypmod = -1;
  FuncExpr* call = makeFuncExpr(F_TO_JSON, JSONOID, list_make1(argument), InvalidOid, InvalidOid,
                                COERCE_EXPLICIT_CALL);
  fmgr_info(F_TO_JSON, function);
  fmgr_info_set_expr(reinterpret_cast<Node*>(call), function);
}

size_t ValueBytes(const RowJsonColumn& column, Datum value) {
  if (column.length == kVarlena) return toast_raw_datum_size(value) - VARHDRSZ;
  if (column.length == kCString) return strlen(DatumGetCString(value));
  return 0;
}

// The beginning of `length` bytes of text, and an ellipsis, as a JSON string.
void AppendBeginning(StringInfo out, const char* text, int length) {
  const int limit = Min(length, static_cast<int>(kShownValueBytes));
  const int shown = pg_mbcliplen(text, length, limit);
  char* beginning = static_cast<char*>(palloc(shown + 4));
  memcpy(beginning, text, shown);
  strcpy(beginning + shown, "...");
  escape_json(out, beginning);
  pfree(beginning);
}

// What stands for a long value, of which no more is read than is shown.
void AppendLongValue(StringInfo out, const RowJsonColumn& column, Datum value, size_t bytes) {
  switch (getBaseType(column.type)) {
    case TEXTOID:
    case VARCHAROID:
    case BPCHAROID:
    case JSONOID:
    case XMLOID: {
      // A few bytes more, so that the cut is one of this function's own.
      text* start = DatumGetTextPSlice(value, 0, kShownValueBytes + MAX_MULTIBYTE_CHAR_LEN);
      AppendBeginning(out, VARDATA_ANY(start), VARSIZE_ANY_EXHDR(start));
      return;
    }
    default:
      escape_json(out, psprintf("... (%zu bytes of %s)", bytes, format_type_be(column.type)));
  }
}

// Without a subtransaction: jsonb's input function touches nothing but memory, as xml's in
// xml_is_document.
bool JsonbTakes(const char* json) {
  ErrorData* error = CatchIn([&] { DirectFunctionCall1(jsonb_in, CStringGetDatum(json)); });
  if (error == nullptr) return true;
  if (IsRethrown(*error)) ReThrowError(error);
  FreeErrorData(error);
  return false;
}

void AppendValue(StringInfo out, RowJsonColumn& column, Datum value) {
  if (column.redacted) {
    appendStringInfoString(out, "\"redacted\"");
    return;
  }
  if (const size_t bytes = ValueBytes(column, value); bytes > kShownValueBytes) {
    AppendLongValue(out, column, value, bytes);
    return;
  }
  text* json = DatumGetTextPP(FunctionCall1(&column.to_json, value));
  const int length = VARSIZE_ANY_EXHDR(json);
  // A short value may have a long text: 10 ^ 131000, an array of such.
  if (static_cast<size_t>(length) > kShownRowBytes) {
    AppendBeginning(out, VARDATA_ANY(json), length);
    return;
  }
  char* shown = text_to_cstring(json);
  if (JsonbTakes(shown)) {
    appendBinaryStringInfo(out, shown, length);
  } else {
    escape_json(out, shown);
  }
}

}  // namespace

RowJson PrepareRowJson(TupleDesc columns, bool redact) {
  RowJson json;
  json.count = columns->natts;
  json.columns = static_cast<RowJsonColumn*>(palloc0(sizeof(RowJsonColumn) * (json.count + 1)));
  const bool any = redact && settings.redact_columns[0] != '\0';
  for (int i = 0; i < json.count; i++) {
    Form_pg_attribute attribute = TupleDescAttr(columns, i);
    RowJsonColumn& column = json.columns[i];
    StringInfoData key;
    initStringInfo(&key);
    escape_json(&key, NameStr(attribute->attname));
    appendStringInfoChar(&key, ':');
    column.key = key.data;
    column.type = attribute->atttypid;
    column.length = attribute->attlen;
    column.redacted = any && IsRedacted(NameStr(attribute->attname));
    PrepareToJson(&column.to_json, column.type);
  }
  return json;
}

char* RowToJson(const RowJson& json, const Datum* values, const bool* nulls) {
  StringInfoData out;
  initStringInfo(&out);
  MemoryContext outer = CurrentMemoryContext;
  MemoryContext value_context =
      AllocSetContextCreate(outer, "pg_checker JSON value", ALLOCSET_DEFAULT_SIZES);
  MemoryContextSwitchTo(value_context);
  appendStringInfoChar(&out, '{');
  for (int i = 0; i < json.count; i++) {
    if (i > 0) appendStringInfoChar(&out, ',');
    appendStringInfoString(&out, json.columns[i].key);
    if (nulls[i]) {
      appendStringInfoString(&out, "null");
    } else if (static_cast<size_t>(out.len) > kShownRowBytes) {
      appendStringInfoString(&out, "\"...\"");
    } else {
      AppendValue(&out, json.columns[i], values[i]);
      MemoryContextReset(value_context);
    }
  }
  appendStringInfoChar(&out, '}');
  MemoryContextSwitchTo(outer);
  MemoryContextDelete(value_context);
  return out.data;
}

char* RowToJson(const RowJson& json, TupleTableSlot* slot) {
  slot_getallattrs(slot);
  return RowToJson(json, slot->tts_values, slot->tts_isnull);
}

size_t RowBytes(const RowJson& json, TupleTableSlot* slot) {
  slot_getallattrs(slot);
  size_t bytes = 0;
  for (int i = 0; i < json.count; i++) {
    if (!slot->tts_isnull[i]) bytes += ValueBytes(json.columns[i], slot->tts_values[i]);
  }
  return bytes;
}

}  // namespace pg_checker::postgres
