#include "postgres/row_multiset.hpp"

#include <cstdlib>

extern "C" {
#include "common/hashfn.h"
}

namespace pg_checker::postgres {

namespace {

// Any two different seeds: a row's hash is two independent 64-bit hashes.
constexpr uint64_t kSeedHigh = 0x9E3779B97F4A7C15ull;
constexpr uint64_t kSeedLow = 0xD1B54A32D192ED03ull;

uint64_t Mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0xFF51AFD7ED558CCDull;
  return hash ^ (hash >> 32);
}

}  // namespace

void BalanceVisitor::Begin(TupleDesc columns) {
  row_context_ =
      AllocSetContextCreate(CurrentMemoryContext, "pg_checker hash row", ALLOCSET_DEFAULT_SIZES);
  columns_.resize(columns->natts);
  own_shape_.types.clear();
  for (int i = 0; i < columns->natts; i++) {
    Form_pg_attribute attribute = TupleDescAttr(columns, i);
    const Oid type = getBaseType(attribute->atttypid);
    own_shape_.types.push_back(type);
    TypeCacheEntry* entry = lookup_type_cache(type, TYPECACHE_HASH_EXTENDED_PROC_FINFO);
    Column& column = columns_[i];
    column.by_output = !OidIsValid(entry->hash_extended_proc);
    column.collation =
        OidIsValid(attribute->attcollation) ? attribute->attcollation : entry->typcollation;
    if (column.by_output) {
      Oid function;
      bool is_varlena;
      getTypeOutputInfo(type, &function, &is_varlena);
      fmgr_info(function, &column.function);
    } else {
      fmgr_info_copy(&column.function, &entry->hash_extended_proc_finfo, CurrentMemoryContext);
    }
  }
  if (gives_shape_) shape_ = own_shape_;
  comparable_ = shape_ == own_shape_;
}

RowHash BalanceVisitor::Hash(TupleTableSlot* slot) {
  slot_getallattrs(slot);
  RowHash hash = {kSeedHigh, kSeedLow};
  MemoryContext old = MemoryContextSwitchTo(row_context_);
  for (size_t i = 0; i < columns_.size(); i++) {
    uint64_t high = 0;
    uint64_t low = 0;
    if (!slot->tts_isnull[i]) {
      Column& column = columns_[i];
      const Datum value = slot->tts_values[i];
      if (column.by_output) {
        const char* text = OutputFunctionCall(&column.function, value);
        const int length = static_cast<int>(strlen(text));
        high = hash_bytes_extended(reinterpret_cast<const unsigned char*>(text), length, kSeedHigh);
        low = hash_bytes_extended(reinterpret_cast<const unsigned char*>(text), length, kSeedLow);
      } else {
        high = DatumGetUInt64(FunctionCall2Coll(&column.function, column.collation, value,
                                                UInt64GetDatum(kSeedHigh)));
        low = DatumGetUInt64(
            FunctionCall2Coll(&column.function, column.collation, value, UInt64GetDatum(kSeedLow)));
      }
    }
    // NULL is a value of its own.
    hash.high = Mix(Mix(hash.high, slot->tts_isnull[i] ? 1 : 2), high);
    hash.low = Mix(Mix(hash.low, slot->tts_isnull[i] ? 3 : 4), low);
    MemoryContextReset(row_context_);
  }
  MemoryContextSwitchTo(old);
  return hash;
}

bool BalanceVisitor::Row(TupleTableSlot* slot) {
  if (!comparable_) return false;
  rows_++;
  const RowHash hash = Hash(slot);
  const auto [entry, is_new] = balance_.try_emplace(hash, 0);
  if (is_new && balance_.size() > max_distinct_rows_) {
    over_limit_ = true;
    return false;
  }
  entry->second += weight_;
  // Equal rows on both sides leave nothing behind, which keeps the memory of sorted inputs small.
  if (entry->second == 0) balance_.erase(entry);
  return true;
}

void DifferenceVisitor::Begin(TupleDesc columns) {
  BalanceVisitor::Begin(columns);
  json_ = PrepareRowJson(columns, true);
}

bool DifferenceVisitor::Row(TupleTableSlot* slot) {
  auto entry = balance_.find(Hash(slot));
  if (entry == balance_.end() || entry->second * weight_ <= 0) return true;
  entry->second -= weight_;
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
