#include "postgres/csv.hpp"

#include "engine/csv_value.hpp"

extern "C" {
#include "access/detoast.h"
}

namespace pg_checker::postgres {

namespace {

// Whether the output form of a type is at least as long as what is stored.
bool ShowsEveryByte(Oid type) {
  switch (type) {
    case TEXTOID:
    case VARCHAROID:
    case BPCHAROID:
    case BYTEAOID:
    case JSONOID:
    case XMLOID:
      return true;
    default:
      return false;
  }
}

}  // namespace

void CsvVisitor::Begin(TupleDesc columns) {
  out_.clear();
  row_context_ =
      AllocSetContextCreate(CurrentMemoryContext, "pg_checker CSV row", ALLOCSET_DEFAULT_SIZES);
  output_functions_.resize(columns->natts);
  shows_every_byte_.resize(columns->natts);
  for (int i = 0; i < columns->natts; i++) {
    shows_every_byte_[i] = ShowsEveryByte(getBaseType(TupleDescAttr(columns, i)->atttypid));
    Oid function;
    bool is_varlena;
    getTypeOutputInfo(TupleDescAttr(columns, i)->atttypid, &function, &is_varlena);
    fmgr_info(function, &output_functions_[i]);
    if (i > 0) out_.push_back(',');
    engine::AppendCsvValue(out_, NameStr(TupleDescAttr(columns, i)->attname), columns->natts == 1);
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
    // What cannot fit is not even made: it may be longer than the server can hold.
    if (shows_every_byte_[i] &&
        toast_raw_datum_size(slot->tts_values[i]) - VARHDRSZ > limit_bytes_ - out_.size()) {
      too_long_ = true;
      break;
    }
    engine::AppendCsvValue(out_, OutputFunctionCall(&output_functions_[i], slot->tts_values[i]),
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
