#include "postgres/row_json.hpp"

#include "postgres/settings.hpp"

extern "C" {
#include "utils/fmgrprotos.h"
#include "utils/varlena.h"
}

namespace pg_checker::postgres {

namespace {

bool IsRedacted(const char* column) {
  char* list = pstrdup(settings.redact_columns);
  List* names = NIL;
  bool found = false;
  if (SplitIdentifierString(list, ',', &names)) {
    ListCell* cell;
    foreach (cell, names) {
      if (strcmp(static_cast<const char*>(lfirst(cell)), column) == 0) found = true;
    }
  }
  list_free(names);
  pfree(list);
  return found;
}

}  // namespace

RowJson PrepareRowJson(TupleDesc columns, bool redact) {
  RowJson json;
  const int count = columns->natts;
  json.redacted = static_cast<bool*>(palloc0(sizeof(bool) * (count + 1)));
  json.columns = CreateTemplateTupleDesc(count);
  const bool any = redact && settings.redact_columns[0] != '\0';
  for (int i = 0; i < count; i++) {
    Form_pg_attribute column = TupleDescAttr(columns, i);
    json.redacted[i] = any && IsRedacted(NameStr(column->attname));
    TupleDescInitEntry(json.columns, static_cast<AttrNumber>(i + 1), NameStr(column->attname),
                       json.redacted[i] ? TEXTOID : column->atttypid,
                       json.redacted[i] ? -1 : column->atttypmod, 0);
  }
  BlessTupleDesc(json.columns);
  return json;
}

char* RowToJson(const RowJson& json, HeapTuple tuple, TupleDesc columns) {
  const int count = columns->natts;
  auto* values = static_cast<Datum*>(palloc(sizeof(Datum) * (count + 1)));
  auto* nulls = static_cast<bool*>(palloc(sizeof(bool) * (count + 1)));
  heap_deform_tuple(tuple, columns, values, nulls);
  for (int i = 0; i < count; i++) {
    if (json.redacted[i] && !nulls[i]) values[i] = CStringGetTextDatum("redacted");
  }
  HeapTuple shown = heap_form_tuple(json.columns, values, nulls);
  const Datum row = heap_copy_tuple_as_datum(shown, json.columns);
  return TextDatumGetCString(DirectFunctionCall1(row_to_json, row));
}

}  // namespace pg_checker::postgres
