#include "postgres/dataset_section.hpp"

#include <exception>

#include "postgres/dataset_plan.hpp"
#include "postgres/dataset_settings.hpp"
#include "postgres/error_bridge.hpp"

namespace pg_checker::postgres {

namespace {

void RunAsOwner(const Dataset& dataset, const JsonMembers* params, void (*body)(void*),
                void* argument) {
  Oid saved_user;
  int saved_security;
  GetUserIdAndSecContext(&saved_user, &saved_security);
  const int guc_level = NewGUCNestLevel();
  SetUserIdAndSecContext(
      dataset.owner, saved_security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
  PinSetting("search_path", dataset.search_path.c_str());
  PinDatasetSettings(dataset.settings);
  SetQueryParameters(params);

  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to SPI");
  body(argument);
  SPI_finish();

  SetQueryParameters(nullptr);
  // Whatever the query set is undone with the pinned settings.
  AtEOXact_GUC(false, guc_level);
  SetUserIdAndSecContext(saved_user, saved_security);
}

engine::Error TimeIsUp(const Dataset& dataset) {
  return {engine::ErrorKind::kTimeout,
          dataset.Shown() + " was still running when the checker's time was up"};
}

engine::Error DatasetError(const Dataset& dataset, const ErrorData& error) {
  engine::Error result{engine::ErrorKind::kDataset,
                       dataset.Shown() + ": " + (error.message ? error.message : "")};
  if (error.detail) result.detail = error.detail;
  if (error.hint) result.hint = error.hint;
  result.sqlstate = SqlStateText(error.sqlerrcode);
  return result;
}

// A value over a gigabyte, which the server reports as a fault of its own.
bool IsTooLarge(const ErrorData& error) {
  constexpr std::string_view kAllocation = "invalid memory alloc request size";
  return error.sqlerrcode == ERRCODE_INTERNAL_ERROR && error.message_id != nullptr &&
         std::string_view(error.message_id).starts_with(kAllocation);
}

}  // namespace

bool IsInternal(const ScanFailure& failure) {
  return failure.rethrown != nullptr && ERRCODE_TO_CATEGORY(failure.rethrown->sqlerrcode) ==
                                            ERRCODE_TO_CATEGORY(ERRCODE_INTERNAL_ERROR);
}

engine::Result<void> RunInDatasetSection(const Dataset& dataset, const JsonMembers* params,
                                         const Deadline* deadline, ScanFailure* failure,
                                         void (*body)(void*), void* argument) {
  MemoryContext context = CurrentMemoryContext;
  ResourceOwner owner = CurrentResourceOwner;
  Oid user;
  int security;
  GetUserIdAndSecContext(&user, &security);
  bool began = false;
  ErrorData* error = nullptr;
  std::exception_ptr thrown;  // lack of memory in a visitor
  auto section = [&] {
    BeginInternalSubTransaction(nullptr);
    began = true;
    MemoryContextSwitchTo(context);
    Deadline::EnterQuery();
    RunAsOwner(dataset, params, body, argument);
    Deadline::LeaveQuery();
    ReleaseCurrentSubTransaction();
    MemoryContextSwitchTo(context);
    CurrentResourceOwner = owner;
  };
  try {
    error = CatchIn(section);
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
  if (IsTooLarge(*error)) {
    return engine::Error{engine::ErrorKind::kDataset, dataset.Shown() + ": " + error->message,
                         "A value may have one gigabyte.", "Let the query return less of it.",
                         "54000"};
  }
  if (IsRethrown(*error)) {
    failure->rethrown = error;
    if (IsInternal(*failure)) ForgetPlans(dataset);
    return engine::Error{engine::ErrorKind::kStopped, error->message};
  }
  return DatasetError(dataset, *error);
}

}  // namespace pg_checker::postgres
