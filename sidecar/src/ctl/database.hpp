// The command line tool's connection: blocking, and every row as JSON, so that all three output
// formats show the same.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "result.hpp"

namespace pg_checker::ctl {

using Json = nlohmann::ordered_json;

class Database {
 public:
  // `dsn` is libpq's connection string or URI and may be empty. Any server will do, a standby too.
  static Result<Database> Connect(const std::string& dsn);

  // Rows of a query as objects, keys in the order of its columns. `parameters` are $1, $2, ...;
  // nullopt is NULL.
  Result<std::vector<Json>> Rows(const std::string& query,
                                 const std::vector<std::optional<std::string>>& parameters = {});

  Result<void> Execute(const std::string& statement);

  // True if a notification arrives within the time.
  bool AwaitNotification(int timeout_ms);

  int ServerVersion() const { return PQserverVersion(connection_.get()); }
  int BackendPid() const { return PQbackendPID(connection_.get()); }
  std::string Server() const;  // host:port/database

 private:
  using ConnectionPointer = std::unique_ptr<PGconn, void (*)(PGconn*)>;
  explicit Database(ConnectionPointer connection) : connection_(std::move(connection)) {}

  ConnectionPointer connection_;
};

// True if the server said that the role may not do this.
bool LacksPrivilege(const Failure& failure);

// The hint for a role that lacks a level of access.
std::string AskForLevel(const std::string& level);

}  // namespace pg_checker::ctl
