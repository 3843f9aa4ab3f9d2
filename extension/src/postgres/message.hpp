// Messages for the outbox: CloudEvents 1.0 objects in JSON, encoded once (contract: "Messages").
#pragma once

#include "alarms/alarm.hpp"
#include "postgres/checker_definition.hpp"
#include "postgres/evaluation.hpp"

namespace pg_checker::postgres {

struct Message {
  std::string id;    // uuid; also the AMQP message_id
  std::string type;  // "run.failed", "alarm.firing", …
  std::string routing_key;
  std::string body;
};

// What a message tells besides the run.
struct MessageContext {
  std::optional<int64_t> run_id;  // nothing for a message without a run
  int64_t sequence;
  std::optional<std::string> episode;  // uuid of the firing episode
  const alarms::Alarm* alarm;
};

// "run.failed" and so on for a status.
std::string_view RunMessageType(assertions::Status status);

Message MakeMessage(std::string_view type, const CheckerDefinition& checker,
                    const Evaluation& evaluation, const MessageContext& context);

// A time as messages show it: ISO 8601 in UTC with µs. `timestamp`: µs since 2000-01-01 UTC.
std::string Iso8601(int64_t timestamp);

}  // namespace pg_checker::postgres
