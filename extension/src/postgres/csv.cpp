#include "postgres/csv.hpp"

namespace pg_checker::postgres {

void AppendCsvValue(std::string& out, std::string_view value, bool alone) {
  bool quote = value.empty() || (alone && value == "\\.");
  for (size_t i = 0; !quote && i < value.size(); i++) {
    const char c = value[i];
    quote = c == ',' || c == '"' || c == '\n' || c == '\r';
  }
  if (!quote) {
    out.append(value);
    return;
  }
  out.push_back('"');
  for (char c : value) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

void CsvVisitor::Begin(TupleDesc columns) {
  row_context_ =
      AllocSetContextCreate(CurrentMemoryContext, "pg_checker CSV row", ALLOCSET_DEFAULT_SIZES);
  output_functions_.resize(columns->natts);
  for (int i = 0; i < columns->natts; i++) {
    Oid function;
    bool is_varlena;
    getTypeOutputInfo(TupleDescAttr(columns, i)->atttypid, &function, &is_varlena);
    fmgr_info(function, &output_functions_[i]);
    if (i > 0) out_.push_back(',');
    AppendCsvValue(out_, NameStr(TupleDescAttr(columns, i)->attname), columns->natts == 1);
  }
  out_.push_back('\n');
}

bool CsvVisitor::Row(TupleTableSlot* slot) {
  slot_getallattrs(slot);
  const int count = slot->tts_tupleDescriptor->natts;
  MemoryContext old = MemoryContextSwitchTo(row_context_);
  for (int i = 0; i < count; i++) {
    if (i > 0) out_.push_back(',');
    if (slot->tts_isnull[i]) continue;
    AppendCsvValue(out_, OutputFunctionCall(&output_functions_[i], slot->tts_values[i]),
                   count == 1);
    MemoryContextReset(row_context_);
    // Not only after the row: a thousand columns may be one large value each.
    if (over_limit()) break;
  }
  out_.push_back('\n');
  MemoryContextSwitchTo(old);
  rows_++;
  return !over_limit();
}

}  // namespace pg_checker::postgres
