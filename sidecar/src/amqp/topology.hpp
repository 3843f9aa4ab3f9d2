// Declares what checkerd publishes to: a durable topic exchange, and durable quorum queues bound to
// it. Queues carry x-queue-type alone; limits and the like belong into a policy of the broker,
// which can be changed afterwards, whereas the arguments of a queue cannot.
#pragma once

#include <amqp.h>

#include "amqp/options.hpp"
#include "result.hpp"

namespace pg_checker::amqp {

Result<void> DeclareTopology(amqp_connection_state_t connection, const BrokerOptions& options);

// For a topology that is somebody else's: fails unless the exchange is there. Wants no right of the
// user (passive declaration).
Result<void> FindExchange(amqp_connection_state_t connection, const BrokerOptions& options);

}  // namespace pg_checker::amqp
