#include "postgres/dataset_scan.hpp"

#include <exception>
#include <unordered_map>

#include "postgres/error_bridge.hpp"

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

// Plans of datasets, kept for the session; PostgreSQL itself plans anew when a table changes.
struct CachedPlan {
  std::string query;
  std::string search_path;
  SPIPlanPtr plan;
};

constexpr size_t kMaxCachedPlans = 256;

std::unordered_map<int64_t, CachedPlan>& CachedPlans() {
  static auto* plans = new std::unordered_map<int64_t, CachedPlan>;
  return *plans;
}

SPIPlanPtr PlanOf(const Dataset& dataset, bool first_rows) {
  auto& plans = CachedPlans();
  const int64_t key = dataset.id * 2 + (first_rows ? 1 : 0);
  auto found = plans.find(key);
  if (found != plans.end()) {
    if (found->second.query == dataset.query && found->second.search_path == dataset.search_path) {
      return found->second.plan;
    }
    SPI_freeplan(found->second.plan);
    plans.erase(found);
  }
  if (plans.size() >= kMaxCachedPlans) {
    for (auto& entry : plans) SPI_freeplan(entry.second.plan);
    plans.clear();
  }
  const int options = CURSOR_OPT_PARALLEL_OK | (first_rows ? CURSOR_OPT_FAST_PLAN : 0);
  SPIPlanPtr plan = SPI_prepare_cursor(dataset.query.c_str(), 0, nullptr, options);
  if (plan == nullptr)
    elog(ERROR, "could not prepare dataset: %s", SPI_result_code_string(SPI_result));
  SPI_keepplan(plan);
  plans[key] = CachedPlan{dataset.query, dataset.search_path, plan};
  return plan;
}

void Pin(const char* name, const char* value) {
  set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

// Output that does not depend on the session: as COPY would write it under the defaults.
void PinOutputFormat() {
  if (DateStyle != USE_ISO_DATES) Pin("datestyle", "ISO, YMD");
  if (IntervalStyle != INTSTYLE_POSTGRES) Pin("intervalstyle", "postgres");
  if (extra_float_digits < 1) Pin("extra_float_digits", "1");
  if (bytea_output != BYTEA_OUTPUT_HEX) Pin("bytea_output", "hex");
}

void RunQuery(const Dataset& dataset, const ScanOptions& options, RowVisitor& visitor) {
  Oid saved_user;
  int saved_security;
  GetUserIdAndSecContext(&saved_user, &saved_security);
  const int guc_level = NewGUCNestLevel();
  SetUserIdAndSecContext(
      dataset.owner, saved_security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
  Pin("search_path", dataset.search_path.c_str());
  PinOutputFormat();
  SetQueryParameters(options.params);

  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to SPI");
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
  const int code = SPI_execute_plan_extended(PlanOf(dataset, options.first_rows), &execute);
  if (code < 0) elog(ERROR, "could not execute dataset: %s", SPI_result_code_string(code));
  SPI_finish();

  SetQueryParameters(nullptr);
  // Whatever the query set is undone with the pinned settings.
  AtEOXact_GUC(false, guc_level);
  SetUserIdAndSecContext(saved_user, saved_security);
}

engine::Error TimeIsUp(const Dataset& dataset) {
  return {engine::ErrorKind::kTimeout, "dataset \"" + dataset.name.Qualified() +
                                           "\" was still running when the checker's time was up"};
}

engine::Error DatasetError(const Dataset& dataset, const ErrorData& error) {
  engine::Error result{
      engine::ErrorKind::kDataset,
      "dataset \"" + dataset.name.Qualified() + "\": " + (error.message ? error.message : "")};
  if (error.detail) result.detail = error.detail;
  if (error.hint) result.hint = error.hint;
  result.sqlstate = SqlStateText(error.sqlerrcode);
  return result;
}

}  // namespace

engine::Result<void> Scan(const Dataset& dataset, const ScanOptions& options, RowVisitor& visitor,
                          const Deadline* deadline, ScanFailure* failure) {
  MemoryContext context = CurrentMemoryContext;
  ResourceOwner owner = CurrentResourceOwner;
  Oid user;
  int security;
  GetUserIdAndSecContext(&user, &security);
  bool began = false;
  ErrorData* error = nullptr;
  std::exception_ptr thrown;  // lack of memory in a visitor
  auto scan = [&] {
    BeginInternalSubTransaction(nullptr);
    began = true;
    MemoryContextSwitchTo(context);
    Deadline::EnterQuery();
    RunQuery(dataset, options, visitor);
    Deadline::LeaveQuery();
    ReleaseCurrentSubTransaction();
    MemoryContextSwitchTo(context);
    CurrentResourceOwner = owner;
  };
  try {
    error = CatchIn(scan);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (error == nullptr && !thrown) {
    // Its functions may have caught the cancel.
    if (deadline != nullptr && deadline->passed()) return TimeIsUp(dataset);
    return {};
  }
  SetQueryParameters(nullptr);
  Deadline::LeaveQuery();
  // A cancel that arrives while the subtransaction is rolled back waits until it is.
  HOLD_INTERRUPTS();
  if (began) {
    ErrorData* second = CatchIn([&] { RollbackAndReleaseCurrentSubTransaction(); });
    if (second != nullptr) error = second;
  }
  RESUME_INTERRUPTS();
  MemoryContextSwitchTo(context);
  CurrentResourceOwner = owner;
  SetUserIdAndSecContext(user, security);
  if (thrown) std::rethrow_exception(thrown);
  if (deadline != nullptr && deadline->Caused(*error)) return TimeIsUp(dataset);
  if (IsRethrown(*error)) {
    failure->rethrown = error;
    return engine::Error{engine::ErrorKind::kStopped, error->message};
  }
  return DatasetError(dataset, *error);
}

}  // namespace pg_checker::postgres
