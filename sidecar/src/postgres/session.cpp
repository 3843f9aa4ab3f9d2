#include "postgres/session.hpp"

#include <cstdlib>
#include <vector>

namespace pg_checker::postgres {
namespace {

// libpq's texts end with a newline and may have several lines; the first says what it is about.
std::string FirstLine(std::string_view text) {
  std::string line(text.substr(0, text.find('\n')));
  constexpr std::string_view kSeverities[] = {"ERROR:  ", "FATAL:  ", "PANIC:  "};
  for (const std::string_view severity : kSeverities) {
    if (line.starts_with(severity)) line.erase(0, severity.size());
  }
  return line;
}

std::string HintFor(std::string_view sqlstate) {
  if (sqlstate == "3F000" || sqlstate == "42883") {
    return "Connect to the database in which CREATE EXTENSION pg_checker has been run, in the "
           "version of this program.";
  }
  if (sqlstate == "42501")
    return "Grant the role of the sidecar the level operator with checker.grant_access.";
  return "";
}

}  // namespace

Result<std::unique_ptr<Session>> Session::Open(const SessionOptions& options) {
  std::vector<const char*> names;
  std::vector<const char*> values;
  const auto add = [&](const char* name, const char* value) {
    names.push_back(name);
    values.push_back(value);
  };
  // Defaults that the DSN, which comes after them, may override.
  if (std::getenv("PGTARGETSESSIONATTRS") == nullptr) add("target_session_attrs", "read-write");
  if (std::getenv("PGCONNECT_TIMEOUT") == nullptr) add("connect_timeout", "10");
  // A peer that vanishes without a word is noticed within 30 s, at rest and with data under way.
  add("keepalives_idle", "10");
  add("keepalives_interval", "5");
  add("keepalives_count", "3");
  add("tcp_user_timeout", "20000");
  add("fallback_application_name", options.application_name.c_str());
  add("client_encoding", "UTF8");
  add("dbname", options.dsn.c_str());
  if (!options.password.empty()) add("password", options.password.c_str());
  add(nullptr, nullptr);

  ConnectionPointer connection(PQconnectdbParams(names.data(), values.data(), 1), PQfinish);
  std::unique_ptr<Session> session(new Session(std::move(connection)));
  PGconn* const raw = session->connection_.get();
  if (raw == nullptr || PQstatus(raw) != CONNECTION_OK) return session->Describe(nullptr);
  PQsetNoticeProcessor(
      raw, [](void*, const char*) {}, nullptr);
  const Result<std::string> backend = session->Query("SELECT pg_catalog.pg_backend_pid()");
  if (!backend.ok()) return backend.failure();
  session->pooled_ = backend.value() != std::to_string(PQbackendPID(raw));
  return session;
}

Result<std::string> Session::Query(const char* sql) {
  const ResultPointer result(PQexec(connection_.get(), sql), PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK) return std::string();
  if (status != PGRES_TUPLES_OK) return Describe(result.get());
  return PQntuples(result.get()) > 0 ? std::string(PQgetvalue(result.get(), 0, 0)) : std::string();
}

Result<void> Session::Prepare(const char* name, const char* sql) {
  const ResultPointer result(PQprepare(connection_.get(), name, sql, 0, nullptr), PQclear);
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) return Describe(result.get());
  return {};
}

Result<void> Session::Send(const char* name, const char* sql,
                           std::span<const char* const> parameters) {
  PGconn* const raw = connection_.get();
  PQsetnonblocking(raw, 1);
  const int count = static_cast<int>(parameters.size());
  const int sent =
      pooled_ ? PQsendQueryParams(raw, sql, count, nullptr, parameters.data(), nullptr, nullptr, 0)
              : PQsendQueryPrepared(raw, name, count, parameters.data(), nullptr, nullptr, 0);
  if (sent != 1) return Describe(nullptr);
  const int left = PQflush(raw);
  if (left < 0) return Describe(nullptr);
  wants_write_ = left == 1;
  return {};
}

Result<void> Session::Exchange() {
  PGconn* const raw = connection_.get();
  // While data is waiting to be sent, input must be read as well, or both sides could wait for each
  // other.
  if (PQconsumeInput(raw) != 1) return Describe(nullptr);
  const int left = PQflush(raw);
  if (left < 0) return Describe(nullptr);
  wants_write_ = left == 1;
  return {};
}

bool Session::TakeNotification() {
  const std::unique_ptr<PGnotify, void (*)(void*)> notification(PQnotifies(connection_.get()),
                                                                PQfreemem);
  return notification != nullptr;
}

std::string Session::ServerText() const {
  const PGconn* const raw = connection_.get();
  const auto text = [](const char* part) { return std::string(part == nullptr ? "" : part); };
  return text(PQhost(raw)) + ":" + text(PQport(raw)) + "/" + text(PQdb(raw));
}

Failure Session::Describe(const PGresult* result) const {
  if (result == nullptr) return Failure{FirstLine(PQerrorMessage(connection_.get()))};
  const auto field = [&](int code) {
    const char* text = PQresultErrorField(result, code);
    return std::string(text == nullptr ? "" : text);
  };
  const std::string sqlstate = field(PG_DIAG_SQLSTATE);
  Failure failure{FirstLine(PQresultErrorMessage(result)), field(PG_DIAG_MESSAGE_DETAIL),
                  HintFor(sqlstate)};
  if (failure.message.empty()) failure.message = FirstLine(PQerrorMessage(connection_.get()));
  if (!sqlstate.empty()) failure.message += " (SQLSTATE " + sqlstate + ")";
  if (failure.hint.empty()) failure.hint = field(PG_DIAG_MESSAGE_HINT);
  return failure;
}

}  // namespace pg_checker::postgres
