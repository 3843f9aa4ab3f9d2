// The database's side of the relay: the functions of sql/outbox.sql as commands. The relay knows no
// SQL; postgres/ implements this, and so does a fake in the tests.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "relay/message.hpp"

namespace pg_checker::relay {

struct Depth {
  std::int64_t pending = 0;
  std::optional<std::int64_t> oldest_id;
  std::int64_t oldest_at = 0;  // µs since 1970, if there is an oldest
};

// A command returns at once; its outcome comes to OutboxEvents later, never from within the call.
// One command at a time: call only while Idle(). A failure of any command, or of the connection,
// ends the whole object: whoever owns it tells the relay with DatabaseDown() and drops it, and the
// fate of the command under way is unknown. Every command may therefore be repeated. All on the
// thread of the main loop.
class Outbox {
 public:
  virtual ~Outbox() = default;

  virtual bool Idle() const = 0;
  // False behind a pooler that swallows LISTEN: the relay then polls.
  virtual bool Listens() const = 0;

  virtual void Join() = 0;
  virtual void Claim(int max_messages, std::int64_t max_bytes,
                     std::span<const std::int64_t> skip_checkers) = 0;
  virtual void Confirm(std::span<const std::int64_t> ids) = 0;
  virtual void DeadLetter(std::int64_t id, std::string_view reason, int attempts) = 0;
  virtual void Rewind(std::int64_t checker_id, std::int64_t claimed_id) = 0;
  virtual void Renew() = 0;
  virtual void Release() = 0;
  virtual void MeasureDepth() = 0;
};

class OutboxEvents {
 public:
  virtual ~OutboxEvents() = default;

  // There may be new messages.
  virtual void OnNotify() = 0;

  // Outcomes, named after the commands.
  virtual void OnJoined(std::span<const std::int64_t> held_checkers) = 0;
  virtual void OnClaimed(std::vector<Message> messages, bool more) = 0;
  virtual void OnConfirmed() = 0;
  virtual void OnDeadLettered() = 0;
  virtual void OnRewound() = 0;
  virtual void OnRenewed() = 0;
  virtual void OnReleased() = 0;
  virtual void OnDepth(const Depth& depth) = 0;
};

}  // namespace pg_checker::relay
