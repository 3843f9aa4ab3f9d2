#include "postgres/rules/spool.hpp"

extern "C" {
#include "utils/queryenvironment.h"
#include "utils/tuplestore.h"
}

namespace pg_checker::postgres {

void Spool::Begin(TupleDesc columns) {
  MemoryContext context = MemoryContextSwitchTo(context_);
  // The dataset's own subtransaction ends before the rows are read again.
  ResourceOwner owner = CurrentResourceOwner;
  CurrentResourceOwner = owner_;
  if (store_ != nullptr) tuplestore_end(store_);
  columns_ = CreateTupleDescCopy(columns);
  store_ = tuplestore_begin_heap(true, false, work_mem);
  rows_ = 0;
  CurrentResourceOwner = owner;
  MemoryContextSwitchTo(context);
}

bool Spool::Row(TupleTableSlot* slot) {
  tuplestore_puttupleslot(store_, slot);
  rows_++;
  return true;
}

void Spool::Replay(RowVisitor& visitor) {
  visitor.Begin(columns_);
  TupleTableSlot* slot = MakeSingleTupleTableSlot(columns_, &TTSOpsMinimalTuple);
  tuplestore_rescan(store_);
  while (tuplestore_gettupleslot(store_, true, false, slot)) {
    CHECK_FOR_INTERRUPTS();
    if (!visitor.Row(slot)) break;
  }
  ExecDropSingleTupleTableSlot(slot);
  visitor.End();
}

void Spool::Register(const char* name) {
  auto* relation = static_cast<EphemeralNamedRelation>(palloc0(sizeof(EphemeralNamedRelationData)));
  relation->md.name = pstrdup(name);
  relation->md.reliddesc = InvalidOid;
  relation->md.tupdesc = columns_;
  relation->md.enrtype = ENR_NAMED_TUPLESTORE;
  relation->md.enrtuples = static_cast<double>(rows_);
  relation->reldata = store_;
  const int code = SPI_register_relation(relation);
  if (code < 0) elog(ERROR, "could not register rows: %s", SPI_result_code_string(code));
}

void Spool::Discard() {
  if (store_ != nullptr) tuplestore_end(store_);
  store_ = nullptr;
}

}  // namespace pg_checker::postgres
