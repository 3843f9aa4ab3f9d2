#include "amqp/topology.hpp"

#include "amqp/connection.hpp"

namespace pg_checker::amqp {
namespace {

constexpr const char* kDeclarationHint =
    "If it exists in another form, delete it or choose another name; with amqp.declare: false "
    "nothing is declared.";

Result<void> Check(amqp_connection_state_t connection, const std::string& what,
                   const char* hint = kDeclarationHint) {
  const amqp_rpc_reply_t reply = amqp_get_rpc_reply(connection);
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) return {};
  Failure failure = DescribeReply(reply, what);
  failure.hint = hint;
  return failure;
}

}  // namespace

Result<void> DeclareTopology(amqp_connection_state_t connection, const BrokerOptions& options) {
  const amqp_bytes_t exchange = Bytes(options.exchange);
  amqp_exchange_declare(connection, kChannel, exchange, amqp_cstring_bytes("topic"), 0, 1, 0, 0,
                        amqp_empty_table);
  if (auto declared = Check(connection, "could not declare exchange \"" + options.exchange + "\"");
      !declared.ok()) {
    return declared;
  }
  amqp_table_entry_t type{};
  type.key = amqp_cstring_bytes("x-queue-type");
  type.value.kind = AMQP_FIELD_KIND_UTF8;
  type.value.value.bytes = amqp_cstring_bytes("quorum");
  const amqp_table_t arguments = {1, &type};
  for (const Queue& queue : options.queues) {
    amqp_queue_declare(connection, kChannel, Bytes(queue.name), 0, 1, 0, 0, arguments);
    if (auto declared = Check(connection, "could not declare queue \"" + queue.name + "\"");
        !declared.ok()) {
      return declared;
    }
    for (const std::string& binding : queue.bindings) {
      amqp_queue_bind(connection, kChannel, Bytes(queue.name), exchange, Bytes(binding),
                      amqp_empty_table);
      if (auto bound = Check(connection, "could not bind queue \"" + queue.name + "\"");
          !bound.ok())
        return bound;
    }
  }
  return {};
}

Result<void> FindExchange(amqp_connection_state_t connection, const BrokerOptions& options) {
  amqp_exchange_declare(connection, kChannel, Bytes(options.exchange), amqp_cstring_bytes("topic"),
                        1, 1, 0, 0, amqp_empty_table);
  return Check(connection, "could not find exchange \"" + options.exchange + "\"",
               "Have it declared, or set amqp.declare: true.");
}

}  // namespace pg_checker::amqp
