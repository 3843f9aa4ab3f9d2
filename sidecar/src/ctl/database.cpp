#include "ctl/database.hpp"

#include <poll.h>

#include <array>
#include <cstdlib>
#include <string_view>

namespace pg_checker::ctl {
namespace {

using ResultPointer = std::unique_ptr<PGresult, void (*)(PGresult*)>;

std::string FirstLine(const char* text) {
  const std::string whole(text == nullptr ? "" : text);
  return whole.substr(0, whole.find('\n'));
}

// Where in a query that the server ran inside another one, such as a dataset's, the fault is.
std::string InnerPosition(const PGresult* result) {
  const char* const query = PQresultErrorField(result, PG_DIAG_INTERNAL_QUERY);
  const char* const position = PQresultErrorField(result, PG_DIAG_INTERNAL_POSITION);
  if (query == nullptr || position == nullptr) return "";
  int line = 1;
  int column = 0;
  int characters = std::atoi(position);
  for (const char* c = query; *c != '\0'; ++c) {
    if ((static_cast<unsigned char>(*c) & 0xc0U) == 0x80) continue;  // goes on with a character
    ++column;
    if (--characters == 0) break;
    if (*c == '\n') {
      ++line;
      column = 0;
    }
  }
  return "Line " + std::to_string(line) + ", column " + std::to_string(column) + " of the query.";
}

Failure Describe(const PGconn* connection, const PGresult* result) {
  const auto field = [&](int code) { return FirstLine(PQresultErrorField(result, code)); };
  Failure failure{field(PG_DIAG_MESSAGE_PRIMARY), field(PG_DIAG_MESSAGE_DETAIL),
                  field(PG_DIAG_MESSAGE_HINT), field(PG_DIAG_SQLSTATE)};
  if (const std::string position = InnerPosition(result); !position.empty()) {
    failure.detail = failure.detail.empty() ? position : position + " " + failure.detail;
  }
  if (failure.message.empty()) failure.message = FirstLine(PQerrorMessage(connection));
  // Something of the extension's is missing; what is missing elsewhere has the server's own hint.
  const bool missing =
      failure.code == "3F000" || failure.code == "42P01" || failure.code == "42883";
  const bool of_extension = failure.message.find("\"checker\"") != std::string::npos ||
                            failure.message.find("checker.") != std::string::npos;
  if (missing && of_extension && failure.hint.find("create it again") == std::string::npos) {
    failure.hint =
        "Run CREATE EXTENSION pg_checker in this database, or ALTER EXTENSION pg_checker UPDATE; "
        "checkerctl doctor says more.";
  }
  return failure;
}

}  // namespace

bool LacksPrivilege(const Failure& failure) { return failure.code == "42501"; }

std::string AskForLevel(const std::string& level) {
  return "Ask for level " + level + ": SELECT checker.grant_access('" + level + "', 'role').";
}

Result<Database> Database::Connect(const std::string& dsn) {
  std::vector<const char*> names = {"fallback_application_name", "client_encoding"};
  std::vector<const char*> values = {"checkerctl", "UTF8"};
  if (std::getenv("PGCONNECT_TIMEOUT") == nullptr) {
    names.push_back("connect_timeout");
    values.push_back("10");
  }
  names.insert(names.end(), {"dbname", nullptr});
  values.insert(values.end(), {dsn.c_str(), nullptr});
  ConnectionPointer connection(PQconnectdbParams(names.data(), values.data(), 1), PQfinish);
  if (connection == nullptr || PQstatus(connection.get()) != CONNECTION_OK) {
    return Failure{FirstLine(PQerrorMessage(connection.get())), "",
                   "Say where the server is with --dsn or with PGHOST, PGPORT, PGUSER and "
                   "PGDATABASE."};
  }
  PQsetNoticeProcessor(
      connection.get(), [](void*, const char*) {}, nullptr);
  return Database(std::move(connection));
}

Result<std::vector<Json>> Database::Rows(
    const std::string& query, const std::vector<std::optional<std::string>>& parameters) {
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const auto& parameter : parameters) {
    values.push_back(parameter ? parameter->c_str() : nullptr);
  }
  const std::string wrapped = "SELECT pg_catalog.row_to_json(q)::text FROM (" + query + ") q";
  const ResultPointer result(
      PQexecParams(connection_.get(), wrapped.c_str(), static_cast<int>(values.size()), nullptr,
                   values.data(), nullptr, nullptr, 0),
      PQclear);
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
    return Describe(connection_.get(), result.get());
  }
  std::vector<Json> rows;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    rows.push_back(Json::parse(PQgetvalue(result.get(), row, 0)));
  }
  return rows;
}

Result<void> Database::Execute(const std::string& statement) {
  const ResultPointer result(PQexec(connection_.get(), statement.c_str()), PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
  return Describe(connection_.get(), result.get());
}

bool Database::AwaitNotification(int timeout_ms) {
  const auto take = [&] {
    const std::unique_ptr<PGnotify, void (*)(void*)> notification(PQnotifies(connection_.get()),
                                                                  PQfreemem);
    return notification != nullptr;
  };
  if (take()) return true;
  pollfd descriptor = {PQsocket(connection_.get()), POLLIN, 0};
  if (poll(&descriptor, 1, timeout_ms) <= 0) return false;
  return PQconsumeInput(connection_.get()) == 1 && take();
}

std::string Database::Server() const {
  const PGconn* const raw = connection_.get();
  return std::string(PQhost(raw)) + ":" + PQport(raw) + "/" + PQdb(raw);
}

}  // namespace pg_checker::ctl
