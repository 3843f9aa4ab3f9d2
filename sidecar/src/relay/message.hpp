// A message of the outbox as the relay sees it.
#pragma once

#include <cstdint>
#include <string>

namespace pg_checker::relay {

struct Message {
  std::int64_t id = 0;  // of the outbox row, from 1; the relay's own messages have negative ones
  std::int64_t checker_id = 0;  // order is kept within a checker
  std::string message_id;       // uuid, the same at every redelivery
  std::string type;             // "run.failed"
  std::string routing_key;
  std::string body;             // a CloudEvents object as JSON, UTF-8
  std::int64_t created_at = 0;  // µs since 1970-01-01 UTC, by the database's clock
};

}  // namespace pg_checker::relay
