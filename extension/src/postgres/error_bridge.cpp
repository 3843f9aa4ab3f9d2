#include "postgres/error_bridge.hpp"

namespace pg_checker::postgres {

ErrorData* Catch(void (*function)(void*), void* argument) {
  MemoryContext context = CurrentMemoryContext;
  // volatile: set between setjmp and longjmp.
  ErrorData* volatile caught = nullptr;
  // A C++ exception must not cross PG_TRY's frame, or PostgreSQL's handler stack would point into a
  // dead one.
  std::exception_ptr thrown;
  PG_TRY();
  {
    try {
      function(argument);
    } catch (...) {
      thrown = std::current_exception();
    }
  }
  PG_CATCH();
  {
    MemoryContextSwitchTo(context);
    caught = CopyErrorData();
    FlushErrorState();
  }
  PG_END_TRY();
  if (thrown) std::rethrow_exception(thrown);
  return caught;
}

bool IsRethrown(const ErrorData& error) {
  const int code = error.sqlerrcode;
  if (error.elevel > ERROR) return true;
  switch (ERRCODE_TO_CATEGORY(code)) {
    case MAKE_SQLSTATE('4', '0', '0', '0', '0'):
    case MAKE_SQLSTATE('5', '3', '0', '0', '0'):
    case MAKE_SQLSTATE('5', '8', '0', '0', '0'):
    case MAKE_SQLSTATE('X', 'X', '0', '0', '0'):
    case MAKE_SQLSTATE('5', '7', '0', '0', '0'):
      return true;
    default:
      return false;
  }
}

int SqlState(const engine::Error& error) {
  if (error.sqlstate.size() == 5) {
    const char* s = error.sqlstate.c_str();
    return MAKE_SQLSTATE(s[0], s[1], s[2], s[3], s[4]);
  }
  using engine::ErrorKind;
  switch (error.kind) {
    case ErrorKind::kInvalidModule:
      return MAKE_SQLSTATE('P', 'C', '0', '1', '0');
    case ErrorKind::kUnknownImport:
      return MAKE_SQLSTATE('P', 'C', '0', '1', '1');
    case ErrorKind::kMissingEntry:
      return MAKE_SQLSTATE('P', 'C', '0', '1', '2');
    case ErrorKind::kSyntax:
      return ERRCODE_SYNTAX_ERROR;
    case ErrorKind::kModuleTooLarge:
      return ERRCODE_PROGRAM_LIMIT_EXCEEDED;
    case ErrorKind::kCompilerUnavailable:
      return MAKE_SQLSTATE('P', 'C', '0', '2', '0');
    case ErrorKind::kCompileTimeout:
      return MAKE_SQLSTATE('P', 'C', '0', '2', '1');
    case ErrorKind::kCompileFailed:
      return MAKE_SQLSTATE('P', 'C', '0', '2', '2');
    case ErrorKind::kCache:
      return MAKE_SQLSTATE('P', 'C', '0', '2', '3');
    case ErrorKind::kTrap:
      return MAKE_SQLSTATE('P', 'C', '0', '3', '0');
    case ErrorKind::kUndeclared:
      return MAKE_SQLSTATE('P', 'C', '0', '3', '1');
    case ErrorKind::kFuel:
      return MAKE_SQLSTATE('P', 'C', '0', '3', '2');
    case ErrorKind::kTimeout:
      return MAKE_SQLSTATE('P', 'C', '0', '3', '3');
    case ErrorKind::kMemory:
      return MAKE_SQLSTATE('P', 'C', '0', '3', '4');
    case ErrorKind::kStack:
      return MAKE_SQLSTATE('P', 'C', '0', '3', '5');
    case ErrorKind::kScript:
      return MAKE_SQLSTATE('P', 'C', '0', '3', '9');
    case ErrorKind::kOutput:
      return MAKE_SQLSTATE('P', 'C', '0', '3', '6');
    case ErrorKind::kAssertionLimit:
      return MAKE_SQLSTATE('P', 'C', '0', '3', '7');
    case ErrorKind::kDataset:
      return MAKE_SQLSTATE('P', 'C', '0', '3', '8');
    case ErrorKind::kStopped:
      return ERRCODE_QUERY_CANCELED;
  }
  return ERRCODE_INTERNAL_ERROR;
}

std::string SqlStateText(int sqlstate) { return unpack_sql_state(sqlstate); }

void Raise(ErrorData* error) {
  // The error context of where it was caught would be added a second time by ReThrowError's
  // callers; it keeps its own.
  ReThrowError(error);
  pg_unreachable();
}

ErrorData* ToErrorData(const engine::Error& error) {
  auto* data = static_cast<ErrorData*>(palloc0(sizeof(ErrorData)));
  data->elevel = ERROR;
  data->output_to_server = true;
  data->output_to_client = true;
  data->sqlerrcode = SqlState(error);
  data->message = pstrdup(error.message.c_str());
  if (!error.detail.empty()) data->detail = pstrdup(error.detail.c_str());
  if (!error.hint.empty()) data->hint = pstrdup(error.hint.c_str());
  data->filename = "pg_checker";
  data->funcname = "Raise";
  data->domain = "pg_checker";
  data->context_domain = "pg_checker";
  data->assoc_context = CurrentMemoryContext;
  return data;
}

void Throw(const engine::Error& error) { throw PostgresError(ToErrorData(error)); }

}  // namespace pg_checker::postgres
