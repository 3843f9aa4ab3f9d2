// One libpq connection for the relay: opened in one go on a thread that may wait, then used without
// ever blocking on the main loop's thread. Owns the PGconn.
//
// The connection must not be pooled by transaction: LISTEN and the worker's advisory lock belong to
// a session. A pooler that breaks this is recognised by the backend's process id (Pooled()).
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "result.hpp"

namespace pg_checker::postgres {

struct SessionOptions {
  std::string dsn;       // may be empty: libpq's environment then says all
  std::string password;  // instead of the DSN's, if not empty
  std::string application_name = "checkerd";
};

class Session {
 public:
  // Blocks for as long as the connection takes (10 s unless connect_timeout says otherwise). Only a
  // server that takes writes will do, unless target_session_attrs is set.
  static Result<std::unique_ptr<Session>> Open(const SessionOptions& options);

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Blocking, for the time before the session is handed to the main loop. One value, the first of
  // the first row, or "".
  Result<std::string> Query(const char* sql);
  Result<void> Prepare(const char* name, const char* sql);

  // Starts a statement; parameters are text, nullptr is NULL. Prepared ones go by name unless the
  // session is pooled.
  Result<void> Send(const char* name, const char* sql, std::span<const char* const> parameters);

  // Reads and writes what the socket allows.
  Result<void> Exchange();
  bool WantsWrite() const { return wants_write_; }

  // The result of the statement under way if it has arrived whole, else null. Call until Done().
  using ResultPointer = std::unique_ptr<PGresult, void (*)(PGresult*)>;
  bool ResultReady() const { return PQisBusy(connection_.get()) == 0; }
  ResultPointer TakeResult() { return {PQgetResult(connection_.get()), PQclear}; }
  bool TakeNotification();

  int Socket() const { return PQsocket(connection_.get()); }
  bool Pooled() const { return pooled_; }
  std::string ServerText() const;  // host:port/database, for logs

  // A failure from a result or, without one, from the connection. One line.
  Failure Describe(const PGresult* result) const;

 private:
  using ConnectionPointer = std::unique_ptr<PGconn, void (*)(PGconn*)>;
  explicit Session(ConnectionPointer connection) : connection_(std::move(connection)) {}

  ConnectionPointer connection_;
  bool wants_write_ = false;
  bool pooled_ = false;
};

}  // namespace pg_checker::postgres
