#include "postgres/dataset_portal.hpp"

#include "postgres/dataset_plan.hpp"
#include "postgres/error_bridge.hpp"

extern "C" {
#include "tcop/pquery.h"
#include "utils/portal.h"
}

namespace pg_checker::postgres {

using engine::Result;

namespace {

void StartReceiver(DestReceiver*, int, TupleDesc) {}
void StopReceiver(DestReceiver*) {}

}  // namespace

Result<std::unique_ptr<engine::DatasetReader>> DatasetPortal::Open(
    const PortalSurroundings& surroundings) {
  auto reader = std::make_unique<DatasetPortal>(surroundings);
  DatasetPortal& self = *reader;
  TupleDesc shape = nullptr;
  // What the columns' functions keep has to outlive the section's own contexts.
  MemoryContext context = CurrentMemoryContext;
  bool old_plan = false;
  auto open = [&] {
    SPIPlanPtr plan = PlanOf(surroundings.dataset, PlanPurpose::kBatches, &old_plan);
    Portal portal = SPI_cursor_open(nullptr, plan, nullptr, nullptr, true);
    MemoryContextSwitchTo(context);
    shape = portal->tupDesc;
    self.name_ = portal->name;
    self.row_context_ =
        AllocSetContextCreate(context, "pg_checker batch row", ALLOCSET_DEFAULT_SIZES);
    self.conversions_.resize(shape->natts);
    for (int i = 0; i < shape->natts; i++)
      self.conversions_[i] = DescribeColumn(TupleDescAttr(shape, i));
  };
  auto opened = self.Section(open);
  if (!opened && old_plan && IsInternal(surroundings.failure)) {
    surroundings.failure.rethrown = nullptr;
    opened = self.Section(open);
  }
  if (!opened) return opened.error();
  for (int i = 0; i < shape->natts; i++) {
    const ArrowColumn& column = self.conversions_[i];
    self.columns_.push_back({column.name, FormatOf(TupleDescAttr(shape, i), column), column.type});
  }
  return std::unique_ptr<engine::DatasetReader>(std::move(reader));
}

// False if the batch has no room for the row.
bool DatasetPortal::Append(engine::Batch& batch, TupleTableSlot* slot) {
  slot_getallattrs(slot);
  const Datum* values = slot->tts_values;
  const bool* nulls = slot->tts_isnull;
  const size_t count = conversions_.size();
  bool allocated = false;
  bool fits = true;
  MemoryContext old = MemoryContextSwitchTo(row_context_);
  for (size_t i = 0; i < count && fits; i++) {
    if (nulls[i]) {
      batch.PutNull(i);
    } else {
      fits = PutValue(batch, i, conversions_[i], values[i], rows_ + 1, &allocated);
    }
  }
  MemoryContextSwitchTo(old);
  if (allocated) MemoryContextReset(row_context_);
  if (!fits) {
    batch.AbandonRow();
    return false;
  }
  batch.EndRow();
  rows_++;
  return true;
}

void DatasetPortal::NoteLengths(engine::Batch& batch, TupleTableSlot* slot) {
  MemoryContext old = MemoryContextSwitchTo(row_context_);
  for (size_t i = 0; i < conversions_.size(); i++) {
    const ArrowConversion conversion = conversions_[i].conversion;
    if (conversion != ArrowConversion::kBytes && conversion != ArrowConversion::kOutput) continue;
    batch.NoteRowBytes(
        i, slot->tts_isnull[i] ? 0 : VariableBytes(conversions_[i], slot->tts_values[i]));
    MemoryContextReset(row_context_);
  }
  MemoryContextSwitchTo(old);
}

bool DatasetPortal::ReceiveSlot(TupleTableSlot* slot, DestReceiver* base) {
  auto* self = reinterpret_cast<Receiver*>(base);
  if (!self->portal->Append(*self->batch, slot)) {
    self->portal->waiting_ = slot;
    self->stopped = true;
    return false;
  }
  if (self->batch->full()) self->stopped = true;
  return !self->stopped;
}

Result<engine::DatasetReader::Progress> DatasetPortal::Fill(engine::Batch& batch) {
  Receiver receiver = {};
  receiver.base.receiveSlot = ReceiveSlot;
  receiver.base.rStartup = StartReceiver;
  receiver.base.rShutdown = StopReceiver;
  receiver.base.rDestroy = StopReceiver;
  receiver.base.mydest = DestNone;
  receiver.portal = this;
  receiver.batch = &batch;
  auto filled = Section([&] {
    if (waiting_ != nullptr) {
      if (!Append(batch, waiting_)) {
        NoteLengths(batch, waiting_);
        receiver.stopped = true;
        return;
      }
      waiting_ = nullptr;
      if (batch.full()) {
        receiver.stopped = true;
        return;
      }
    }
    Portal portal = GetPortalByName(name_.c_str());
    if (!PortalIsValid(portal)) elog(ERROR, "portal \"%s\" is gone", name_.c_str());
    PortalRunFetch(portal, FETCH_FORWARD, FETCH_ALL, &receiver.base);
    // A receiver that stops early looks like the end to the portal.
    if (receiver.stopped) portal->atEnd = false;
    if (waiting_ != nullptr && batch.rows() == 0) NoteLengths(batch, waiting_);
  });
  if (!filled) return filled.error();
  run_.facts.rows = std::max(run_.facts.rows, rows_);
  if (receiver.stopped) return Progress::kMore;
  run_.facts.rows = rows_;
  run_.facts.exact = true;
  return Progress::kEnded;
}

Result<void> DatasetPortal::Close() {
  if (name_.empty()) return {};
  // The whole run is rolled back then, and the portal with it.
  if (run_.failure.rethrown != nullptr) return {};
  auto closed = Section([&] {
    Portal portal = GetPortalByName(name_.c_str());
    if (PortalIsValid(portal)) PortalDrop(portal, false);
  });
  name_.clear();
  MemoryContextDelete(row_context_);
  return closed;
}

}  // namespace pg_checker::postgres
