#include "postgres/read_only_section.hpp"

namespace pg_checker::postgres {

namespace {

char* CopyText(const char* text) { return text == nullptr ? nullptr : pstrdup(text); }

// As CopyErrorData, which copies from the error stack only.
ErrorData* CopyError(const ErrorData& error) {
  auto* copy = static_cast<ErrorData*>(palloc(sizeof(ErrorData)));
  *copy = error;
  copy->message = CopyText(error.message);
  copy->detail = CopyText(error.detail);
  copy->detail_log = CopyText(error.detail_log);
  copy->hint = CopyText(error.hint);
  copy->context = CopyText(error.context);
  copy->backtrace = CopyText(error.backtrace);
  copy->schema_name = CopyText(error.schema_name);
  copy->table_name = CopyText(error.table_name);
  copy->column_name = CopyText(error.column_name);
  copy->datatype_name = CopyText(error.datatype_name);
  copy->constraint_name = CopyText(error.constraint_name);
  copy->internalquery = CopyText(error.internalquery);
  copy->assoc_context = CurrentMemoryContext;
  return copy;
}

}  // namespace

ReadOnlySection BeginReadOnly() {
  ReadOnlySection section = {CurrentMemoryContext, CurrentResourceOwner};
  BeginInternalSubTransaction(nullptr);
  MemoryContextSwitchTo(section.context);
  // The end of the subtransaction, good or bad, restores it.
  XactReadOnly = true;
  PushActiveSnapshot(GetTransactionSnapshot());
  return section;
}

ErrorData* EndReadOnly(const ReadOnlySection& section, const ErrorData* error) {
  MemoryContextSwitchTo(section.context);
  ErrorData* kept = nullptr;
  // A cancel that arrives meanwhile waits until the subtransaction is gone.
  HOLD_INTERRUPTS();
  ErrorData* second = CatchIn([&] {
    if (error != nullptr) kept = CopyError(*error);
    RollbackAndReleaseCurrentSubTransaction();
  });
  RESUME_INTERRUPTS();
  MemoryContextSwitchTo(section.context);
  CurrentResourceOwner = section.owner;
  return second != nullptr ? second : kept;
}

}  // namespace pg_checker::postgres
