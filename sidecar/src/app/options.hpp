// From the configuration to the options of the parts: the one place where their names meet.
#pragma once

#include <string>

#include "amqp/options.hpp"
#include "config/config.hpp"
#include "postgres/outbox_client.hpp"
#include "relay/relay.hpp"
#include "result.hpp"

namespace pg_checker::app {

relay::RelayOptions MakeRelayOptions(const config::Config& config);

// These read password files, which is why they can fail, and why they are called for every
// connection: a secret that was rotated is then known.
Result<amqp::BrokerOptions> MakeBrokerOptions(const config::Config& config,
                                              const std::string& worker);
Result<postgres::OutboxOptions> MakeOutboxOptions(const config::Config& config,
                                                  const std::string& worker);

}  // namespace pg_checker::app
