#include "postgres/outbox_client.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <utility>
#include <vector>

namespace pg_checker::postgres {
namespace {

// No statement takes long; one that does not answer means a server that is not there any more. The
// server gives up somewhat earlier, so that a lock is an error with a text.
constexpr std::chrono::seconds kStatementTimeout(20);
constexpr const char* kSessionSettings =
    "SELECT pg_catalog.set_config('statement_timeout', '15s', false),"
    // A claim or deletion that a crash undoes is merely repeated: no need to wait for the disk at
    // each.
    " pg_catalog.set_config('synchronous_commit', 'off', false),"
    " pg_catalog.set_config('jit', 'off', false),"
    // Each statement is a transaction of its own. With a default such as serializable they would
    // fail whenever they meet another sidecar's, and each failure costs the connection.
    " pg_catalog.set_config('default_transaction_isolation', 'read committed', false)";

struct Statement {
  const char* name;
  const char* sql;
};

// By OutboxClient::Command.
constexpr std::array<Statement, 8> kStatements = {{
    {"join", "SELECT checker.join_outbox($1, $2::interval)"},
    {"claim",
     "SELECT id, checker_id, message_id, type, routing_key, body,"
     " (extract(epoch FROM created_at) * 1000000)::bigint, more"
     " FROM checker.claim_outbox($1, $2::int, $3::bigint, $4::interval, $5::bigint[])"},
    {"confirm", "SELECT checker.confirm_outbox($1, $2::bigint[])"},
    {"dead_letter", "SELECT checker.dead_letter_outbox($1, $2::bigint, $3, $4::int)"},
    {"rewind", "SELECT checker.rewind_outbox($1, $2::bigint, $3::bigint)"},
    {"renew", "SELECT checker.renew_outbox($1, $2::interval)"},
    {"release", "SELECT checker.release_outbox($1)"},
    {"depth",
     "SELECT pending, oldest_id, (extract(epoch FROM oldest_at) * 1000000)::bigint FROM "
     "checker.outbox_depth()"},
}};

const Statement& StatementOf(OutboxClient::Command command) {
  return kStatements[static_cast<std::size_t>(command)];
}

std::int64_t Number(const PGresult* result, int row, int column) {
  const char* const text = PQgetvalue(result, row, column);
  std::int64_t number = 0;
  std::from_chars(text, text + PQgetlength(result, row, column), number);
  return number;
}

std::string Text(const PGresult* result, int row, int column) {
  return {PQgetvalue(result, row, column),
          static_cast<std::size_t>(PQgetlength(result, row, column))};
}

std::string ArrayText(std::span<const std::int64_t> numbers) {
  std::string text = "{";
  for (const std::int64_t number : numbers) {
    if (text.size() > 1) text += ',';
    text += std::to_string(number);
  }
  return text + "}";
}

}  // namespace

OutboxClient::OutboxClient(std::unique_ptr<Session> session, const OutboxOptions& options)
    : session_(std::move(session)),
      worker_(options.worker),
      lease_(std::to_string(options.lease.count()) + " milliseconds") {}

Result<std::unique_ptr<OutboxClient>> OutboxClient::Open(const OutboxOptions& options) {
  Result<std::unique_ptr<Session>> session = Session::Open(options.session);
  if (!session.ok()) return session.failure();
  std::unique_ptr<OutboxClient> client(new OutboxClient(std::move(session.value()), options));
  Session& open = *client->session_;
  // LISTEN comes before the first scan, so that no message falls between the two.
  for (const char* sql : {kSessionSettings, "LISTEN checker_outbox"}) {
    const Result<std::string> done = open.Query(sql);
    if (!done.ok()) return done.failure();
  }
  const Result<std::string> source = open.Query(
      "SELECT '/pg_checker/' || system_identifier || '/' || pg_catalog.current_database()"
      " FROM pg_catalog.pg_control_system()");
  if (!source.ok()) return source.failure();
  client->source_ = source.value();
  for (const Statement& statement : kStatements) {
    if (open.Pooled()) break;
    const Result<void> prepared = open.Prepare(statement.name, statement.sql);
    if (!prepared.ok()) return prepared.failure();
  }
  return client;
}

Result<void> OutboxClient::Advance(relay::OutboxEvents& events) {
  if (broken_) return *broken_;
  const Result<void> exchanged = session_->Exchange();
  if (!exchanged.ok()) return exchanged;
  while (command_ && session_->ResultReady()) {
    const Session::ResultPointer result = session_->TakeResult();
    if (result == nullptr) {
      command_.reset();
      deadline_.reset();
      break;
    }
    if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) return session_->Describe(result.get());
    Report(result.get(), events);
  }
  // After the results: the server sends a notification between a command's result and the end of
  // the command, and libpq reads that far only when it is asked for the next result.
  while (session_->TakeNotification()) events.OnNotify();
  if (deadline_ && std::chrono::steady_clock::now() >= *deadline_) {
    return Failure{"database does not answer", "A statement has waited for its result for 20 s."};
  }
  return {};
}

void OutboxClient::Report(const PGresult* result, relay::OutboxEvents& events) {
  const int rows = PQntuples(result);
  switch (*command_) {
    case Command::kJoin: {
      std::vector<std::int64_t> held;
      for (int row = 0; row < rows; ++row) held.push_back(Number(result, row, 0));
      events.OnJoined(held);
      break;
    }
    case Command::kClaim: {
      std::vector<relay::Message> messages;
      messages.reserve(static_cast<std::size_t>(rows));
      bool more = false;
      for (int row = 0; row < rows; ++row) {
        messages.push_back({Number(result, row, 0), Number(result, row, 1), Text(result, row, 2),
                            Text(result, row, 3), Text(result, row, 4), Text(result, row, 5),
                            Number(result, row, 6)});
        more = *PQgetvalue(result, row, 7) == 't';
      }
      events.OnClaimed(std::move(messages), more);
      break;
    }
    case Command::kConfirm:
      events.OnConfirmed();
      break;
    case Command::kDeadLetter:
      events.OnDeadLettered();
      break;
    case Command::kRewind:
      events.OnRewound();
      break;
    case Command::kRenew:
      events.OnRenewed();
      break;
    case Command::kRelease:
      events.OnReleased();
      break;
    case Command::kDepth: {
      relay::Depth depth;
      depth.pending = Number(result, 0, 0);
      if (PQgetisnull(result, 0, 1) == 0) {
        depth.oldest_id = Number(result, 0, 1);
        depth.oldest_at = Number(result, 0, 2);
      }
      events.OnDepth(depth);
      break;
    }
  }
}

void OutboxClient::Send(Command command, std::span<const char* const> parameters) {
  const Statement& statement = StatementOf(command);
  const Result<void> sent = session_->Send(statement.name, statement.sql, parameters);
  if (!sent.ok()) broken_ = sent.failure();
  command_ = command;
  deadline_ = std::chrono::steady_clock::now() + kStatementTimeout;
}

void OutboxClient::Join() {
  const std::array<const char*, 2> parameters = {worker_.c_str(), lease_.c_str()};
  Send(Command::kJoin, parameters);
}

void OutboxClient::Claim(int max_messages, std::int64_t max_bytes,
                         std::span<const std::int64_t> skip_checkers) {
  const std::string messages = std::to_string(max_messages);
  const std::string bytes = std::to_string(max_bytes);
  const std::string skip = ArrayText(skip_checkers);
  const std::array<const char*, 5> parameters = {worker_.c_str(), messages.c_str(), bytes.c_str(),
                                                 lease_.c_str(), skip.c_str()};
  Send(Command::kClaim, parameters);
}

void OutboxClient::Confirm(std::span<const std::int64_t> ids) {
  const std::string array = ArrayText(ids);
  const std::array<const char*, 2> parameters = {worker_.c_str(), array.c_str()};
  Send(Command::kConfirm, parameters);
}

void OutboxClient::DeadLetter(std::int64_t id, std::string_view reason, int attempts) {
  const std::string id_text = std::to_string(id);
  const std::string reason_text(reason);
  const std::string attempts_text = std::to_string(attempts);
  const std::array<const char*, 4> parameters = {worker_.c_str(), id_text.c_str(),
                                                 reason_text.c_str(), attempts_text.c_str()};
  Send(Command::kDeadLetter, parameters);
}

void OutboxClient::Rewind(std::int64_t checker_id, std::int64_t claimed_id) {
  const std::string checker = std::to_string(checker_id);
  const std::string claimed = std::to_string(claimed_id);
  const std::array<const char*, 3> parameters = {worker_.c_str(), checker.c_str(), claimed.c_str()};
  Send(Command::kRewind, parameters);
}

void OutboxClient::Renew() {
  const std::array<const char*, 2> parameters = {worker_.c_str(), lease_.c_str()};
  Send(Command::kRenew, parameters);
}

void OutboxClient::Release() {
  const std::array<const char*, 1> parameters = {worker_.c_str()};
  Send(Command::kRelease, parameters);
}

void OutboxClient::MeasureDepth() { Send(Command::kDepth, {}); }

}  // namespace pg_checker::postgres
