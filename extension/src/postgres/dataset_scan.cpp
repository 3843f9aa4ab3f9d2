#include "postgres/dataset_scan.hpp"

#include "postgres/dataset_plan.hpp"

namespace pg_checker::postgres {

namespace {

// The executor's receiver, with the visitor behind it.
struct VisitingReceiver {
  DestReceiver base;
  RowVisitor* visitor;
};

bool ReceiveSlot(TupleTableSlot* slot, DestReceiver* self) {
  return reinterpret_cast<VisitingReceiver*>(self)->visitor->Row(slot);
}

void StartReceiver(DestReceiver* self, int, TupleDesc columns) {
  reinterpret_cast<VisitingReceiver*>(self)->visitor->Begin(columns);
}

void StopReceiver(DestReceiver* self) { reinterpret_cast<VisitingReceiver*>(self)->visitor->End(); }

void DestroyReceiver(DestReceiver*) {}

void RunQuery(const Dataset& dataset, bool first_rows, RowVisitor& visitor) {
  VisitingReceiver receiver = {};
  receiver.base.receiveSlot = ReceiveSlot;
  receiver.base.rStartup = StartReceiver;
  receiver.base.rShutdown = StopReceiver;
  receiver.base.rDestroy = DestroyReceiver;
  receiver.base.mydest = DestNone;
  receiver.visitor = &visitor;
  SPIExecuteOptions execute = {};
  execute.read_only = true;
  execute.dest = &receiver.base;
  const PlanPurpose purpose = first_rows ? PlanPurpose::kFirstRows : PlanPurpose::kAllRows;
  const int code = SPI_execute_plan_extended(PlanOf(dataset, purpose), &execute);
  if (code < 0) elog(ERROR, "could not execute dataset: %s", SPI_result_code_string(code));
}

}  // namespace

engine::Result<void> Scan(const Dataset& dataset, const ScanOptions& options, RowVisitor& visitor,
                          const Deadline* deadline, ScanFailure* failure) {
  return InDatasetSection(dataset, options.params, deadline, failure,
                          [&] { RunQuery(dataset, options.first_rows, visitor); });
}

}  // namespace pg_checker::postgres
