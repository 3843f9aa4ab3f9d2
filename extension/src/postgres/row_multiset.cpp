#include "postgres/row_multiset.hpp"

#include "postgres/error_bridge.hpp"

extern "C" {
#include "common/hashfn.h"
}

namespace pg_checker::postgres {

RowShape NewRowShape() {
  RowShape shape;
  Protect([&] {
    if (!pg_strong_random(&shape.keys, sizeof(shape.keys)))
      ereport(ERROR, (errcode(ERRCODE_SYSTEM_ERROR), errmsg("could not generate random keys")));
  });
  return shape;
}

void BalanceVisitor::Begin(TupleDesc columns) {
  row_context_ =
      AllocSetContextCreate(CurrentMemoryContext, "pg_checker hash row", ALLOCSET_DEFAULT_SIZES);
  initStringInfo(&row_);
  columns_.clear();
  own_types_.clear();
  for (int i = 0; i < columns->natts; i++) {
    Form_pg_attribute attribute = TupleDescAttr(columns, i);
    own_types_.push_back(getBaseType(attribute->atttypid));
    columns_.push_back(MakeCanonical(attribute->atttypid, attribute->attcollation));
  }
  if (gives_shape_) shape_.types = own_types_;
  comparable_ = shape_.types == own_types_;
}

RowHash BalanceVisitor::Hash(TupleTableSlot* slot) {
  slot_getallattrs(slot);
  resetStringInfo(&row_);
  MemoryContext old = MemoryContextSwitchTo(row_context_);
  for (size_t i = 0; i < columns_.size(); i++)
    AppendCanonical(&row_, columns_[i], slot->tts_values[i], slot->tts_isnull[i], shape_.keys);
  MemoryContextSwitchTo(old);
  MemoryContextReset(row_context_);
  const auto* bytes = reinterpret_cast<const unsigned char*>(row_.data);
  return {hash_bytes_extended(bytes, row_.len, shape_.keys.high),
          hash_bytes_extended(bytes, row_.len, shape_.keys.low)};
}

bool BalanceVisitor::Row(TupleTableSlot* slot) {
  if (!comparable_) return false;
  rows_++;
  balance_.Add(Hash(slot), weight_);
  over_limit_ = balance_.rows() > max_distinct_rows_;
  return !over_limit_;
}

void DifferenceVisitor::Begin(TupleDesc columns) {
  BalanceVisitor::Begin(columns);
  json_ = PrepareRowJson(columns, true);
}

bool DifferenceVisitor::Row(TupleTableSlot* slot) {
  const RowHash hash = Hash(slot);
  if (balance_.Of(hash) * weight_ <= 0) return true;
  balance_.Add(hash, -weight_);
  sample_.push_back("");
  std::string& text = sample_.back();
  text += "{\"side\":\"";
  text += side_;
  text += "\",\"row\":";
  text += RowToJson(json_, slot);
  text += "}";
  return sample_.size() < max_samples_;
}

}  // namespace pg_checker::postgres
