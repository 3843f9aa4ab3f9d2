// Opens a connection to the broker: TCP or TLS, login, one channel, topology, confirm mode. All of
// it blocks, each step for at most the connect timeout, so it is for a thread that may wait.
#pragma once

#include <amqp.h>

#include <memory>
#include <string>

#include "amqp/options.hpp"
#include "result.hpp"

namespace pg_checker::amqp {

inline constexpr amqp_channel_t kChannel = 1;

struct ConnectionCloser {
  void operator()(amqp_connection_state_t connection) const { amqp_destroy_connection(connection); }
};
// Closes the socket without a goodbye when it goes.
using ConnectionPointer = std::unique_ptr<amqp_connection_state_t_, ConnectionCloser>;

// A connection whose channel kChannel is in confirm mode, with nothing published yet.
Result<ConnectionPointer> OpenConnection(const BrokerOptions& options);

// What went wrong in a call: the broker's own words if it closed something, else the library's.
Failure DescribeReply(const amqp_rpc_reply_t& reply, const std::string& what);
std::string Text(const amqp_bytes_t& bytes);
amqp_bytes_t Bytes(const std::string& text);  // points into the text

}  // namespace pg_checker::amqp
