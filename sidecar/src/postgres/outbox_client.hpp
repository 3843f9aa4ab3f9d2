// relay::Outbox over the functions of sql/outbox.sql. Opened on a thread that may wait; everything
// else is for the main loop's thread and never blocks. Owns its session, and with it the worker's
// leases: they end when it is destroyed.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "postgres/session.hpp"
#include "relay/clock.hpp"
#include "relay/outbox.hpp"
#include "result.hpp"

namespace pg_checker::postgres {

struct OutboxOptions {
  SessionOptions session;
  std::string worker;  // unique to the process
  std::chrono::milliseconds lease;
};

class OutboxClient final : public relay::Outbox {
 public:
  // Connects, LISTENs and prepares the statements.
  static Result<std::unique_ptr<OutboxClient>> Open(const OutboxOptions& options);

  // Reads and writes what the socket allows, and reports what has come of it. After a failure the
  // object is of no use.
  Result<void> Advance(relay::OutboxEvents& events);

  int Socket() const { return session_->Socket(); }
  bool WantsWrite() const { return session_->WantsWrite(); }
  // When the statement under way is to be given up; the failure of the next Advance() says so.
  std::optional<relay::TimePoint> Deadline() const { return deadline_; }

  bool Pooled() const { return session_->Pooled(); }
  std::string ServerText() const { return session_->ServerText(); }
  const std::string& Source() const { return source_; }  // /pg_checker/<system id>/<database>

  bool Idle() const override { return !command_ && !broken_; }
  bool Listens() const override { return !session_->Pooled(); }
  void Join() override;
  void Claim(int max_messages, std::int64_t max_bytes,
             std::span<const std::int64_t> skip_checkers) override;
  void Confirm(std::span<const std::int64_t> ids) override;
  void DeadLetter(std::int64_t id, std::string_view reason, int attempts) override;
  void Rewind(std::int64_t checker_id, std::int64_t claimed_id) override;
  void Renew() override;
  void Release() override;
  void MeasureDepth() override;

  enum class Command { kJoin, kClaim, kConfirm, kDeadLetter, kRewind, kRenew, kRelease, kDepth };

 private:
  OutboxClient(std::unique_ptr<Session> session, const OutboxOptions& options);

  void Send(Command command, std::span<const char* const> parameters);
  void Report(const PGresult* result, relay::OutboxEvents& events);

  std::unique_ptr<Session> session_;
  std::string worker_;
  std::string lease_;  // as an interval
  std::string source_;
  std::optional<Command> command_;
  std::optional<relay::TimePoint> deadline_;
  std::optional<Failure> broken_;
};

}  // namespace pg_checker::postgres
