// The bridge between PostgreSQL's errors (longjmp) and C++ (destructors). Two rules make it safe:
//
//  1. Inside Protect's function only PostgreSQL is called, and no object with a destructor is
//  created there: ereport
//     leaves it by longjmp. Results go to variables of the caller.
//  2. PostgresError and every other exception ends at EnterFromSql, the one door through which SQL
//  enters C++, which
//     turns it back into ereport with the original ErrorData: SQLSTATE, detail, hint and context
//     intact.
//
// Code without destructors on its stack may ereport directly; that is PostgreSQL's own manner, and
// cheaper.
#pragma once

#include <exception>

#include "engine/result.hpp"
#include "postgres/server.hpp"

namespace pg_checker::postgres {

// An ERROR of PostgreSQL's on its way through C++ frames. The ErrorData lives in the memory context
// that was current when it was caught, and is rethrown before that context ends.
class PostgresError : public std::exception {
 public:
  explicit PostgresError(ErrorData* data) : data_(data) {}
  ErrorData* data() const { return data_; }
  const char* what() const noexcept override { return data_->message; }

 private:
  ErrorData* data_;
};

// Calls `function(argument)`; returns the error that it raised, copied into the current memory
// context, or null. The caller decides what becomes of the transaction: without a subtransaction
// around the call, the error must be rethrown.
ErrorData* Catch(void (*function)(void*), void* argument);

template <typename Function>
ErrorData* CatchIn(Function&& function) {
  return Catch(
      [](void* argument) { (*static_cast<std::remove_reference_t<Function>*>(argument))(); },
      &function);
}

// Calls `function` and turns an ERROR into PostgresError.
template <typename Function>
void Protect(Function&& function) {
  if (ErrorData* error = CatchIn(function)) throw PostgresError(error);
}

// Whether an error is not the checker's to own: cancels, shutdown, serialization failures and
// faults of the server (57014, 57P0x, classes 40, 53, 58 and XX) are rethrown, never recorded.
bool IsRethrown(const ErrorData& error);

// The SQLSTATE of an engine error, and raising one. Never returns; call it without destructors on
// the stack.
int SqlState(const engine::Error& error);
std::string SqlStateText(int sqlstate);
[[noreturn]] void Raise(ErrorData* error);

// An engine error as ErrorData in the current memory context.
ErrorData* ToErrorData(const engine::Error& error);

// Throws PostgresError made from an engine error.
[[noreturn]] void Throw(const engine::Error& error);

// Runs the body of an SQL function. The lambda may have objects with destructors and may throw;
// what comes out of it is raised here, where none are left.
template <typename Body>
Datum EnterFromSql(Body&& body) {
  ErrorData* raised = nullptr;
  Datum result = 0;
  try {
    result = body();
  } catch (const PostgresError& error) {
    raised = error.data();
  } catch (const std::bad_alloc&) {
    raised = ToErrorData({engine::ErrorKind::kStopped, "out of memory", "", "", "53200"});
  } catch (const std::exception& error) {
    raised = ToErrorData({engine::ErrorKind::kStopped, error.what(), "", "", "XX000"});
  }
  if (raised != nullptr) Raise(raised);
  return result;
}

}  // namespace pg_checker::postgres
