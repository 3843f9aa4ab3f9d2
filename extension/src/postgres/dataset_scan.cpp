#include "postgres/dataset_scan.hpp"

#include "postgres/dataset_plan.hpp"

namespace pg_checker::postgres {

namespace {

// The executor's receiver, with the visitor behind it.
struct VisitingReceiver {
  DestReceiver base;
  RowVisitor* visitor;
  bool* any_row;
};

bool ReceiveSlot(TupleTableSlot* slot, DestReceiver* self) {
  auto* receiver = reinterpret_cast<VisitingReceiver*>(self);
  *receiver->any_row = true;
  return receiver->visitor->Row(slot);
}

void StartReceiver(DestReceiver* self, int, TupleDesc columns) {
  reinterpret_cast<VisitingReceiver*>(self)->visitor->Begin(columns);
}

void StopReceiver(DestReceiver* self) { reinterpret_cast<VisitingReceiver*>(self)->visitor->End(); }

void DestroyReceiver(DestReceiver*) {}

// How far a query got, and with what plan.
struct Attempt {
  bool old_plan = false;
  bool any_row = false;
};

void RunQuery(const Dataset& dataset, bool first_rows, RowVisitor& visitor, Attempt& attempt) {
  VisitingReceiver receiver = {};
  receiver.base.receiveSlot = ReceiveSlot;
  receiver.base.rStartup = StartReceiver;
  receiver.base.rShutdown = StopReceiver;
  receiver.base.rDestroy = DestroyReceiver;
  receiver.base.mydest = DestNone;
  receiver.visitor = &visitor;
  receiver.any_row = &attempt.any_row;
  SPIExecuteOptions execute = {};
  execute.read_only = true;
  execute.dest = &receiver.base;
  const PlanPurpose purpose = first_rows ? PlanPurpose::kFirstRows : PlanPurpose::kAllRows;
  SPIPlanPtr plan = PlanOf(dataset, purpose, &attempt.old_plan);
  const int code = SPI_execute_plan_extended(plan, &execute);
  if (code < 0) elog(ERROR, "could not execute dataset: %s", SPI_result_code_string(code));
}

}  // namespace

engine::Result<void> Scan(const Dataset& dataset, const ScanOptions& options, RowVisitor& visitor,
                          const Deadline* deadline, ScanFailure* failure) {
  for (;;) {
    Attempt attempt;
    auto scanned = InDatasetSection(dataset, options.params, deadline, failure, [&] {
      RunQuery(dataset, options.first_rows, visitor, attempt);
    });
    // With a new plan it fails for good, or says what is wrong in a way that a user can mend.
    const bool again = !scanned && attempt.old_plan && !attempt.any_row && IsInternal(*failure);
    if (!again) return scanned;
    failure->rethrown = nullptr;
  }
}

}  // namespace pg_checker::postgres
