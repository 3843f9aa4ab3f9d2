#include "app/options.hpp"

#include "config/load.hpp"

namespace pg_checker::app {

relay::RelayOptions MakeRelayOptions(const config::Config& config) {
  relay::RelayOptions options;
  options.window = config.amqp.confirm_window;
  options.batch = config.relay.batch;
  options.batch_bytes = config.relay.batch_bytes;
  options.lease = config.relay.lease;
  options.scan_interval = config.relay.scan_interval;
  options.grace = config.relay.grace;
  options.confirm_timeout = config.amqp.confirm_timeout;
  options.heartbeat_message = config.relay.heartbeat_message;
  options.drop_unroutable = {config.amqp.unroutable.drop.begin(),
                             config.amqp.unroutable.drop.end()};
  return options;
}

Result<amqp::BrokerOptions> MakeBrokerOptions(const config::Config& config,
                                              const std::string& worker) {
  Result<config::AmqpAddress> address = config::ParseAmqpUrl(config.amqp.url);
  if (!address.ok()) return address.failure();
  amqp::BrokerOptions options;
  options.address = std::move(address.value());
  if (!config.amqp.password_file.empty()) {
    const Result<std::string> password = config::ReadSecret(config.amqp.password_file);
    if (!password.ok()) return password.failure();
    options.address.password = password.value();
  }
  options.exchange = config.amqp.exchange;
  options.declare = config.amqp.declare;
  const auto add_queue = [&](const std::string& name, std::vector<std::string> bindings) {
    if (!name.empty()) options.queues.push_back({name, std::move(bindings)});
  };
  add_queue(config.amqp.queues.failed, {"run.failed.#", "run.error.#", "run.no_data.#"});
  add_queue(config.amqp.queues.succeeded, {"run.succeeded.#"});
  add_queue(config.amqp.queues.alarms, {"alarm.#"});
  options.tls_ca = config.amqp.tls.ca;
  options.tls_cert = config.amqp.tls.cert;
  options.tls_key = config.amqp.tls.key;
  options.tls_verify = config.amqp.tls.verify;
  options.heartbeat = config.amqp.heartbeat;
  options.connect_timeout = config.amqp.connect_timeout;
  options.connection_name = "checkerd " + worker;
  options.version = PG_CHECKER_VERSION;
  return options;
}

Result<postgres::OutboxOptions> MakeOutboxOptions(const config::Config& config,
                                                  const std::string& worker) {
  postgres::OutboxOptions options;
  options.session.dsn = config.database.dsn;
  if (!config.database.password_file.empty()) {
    const Result<std::string> password = config::ReadSecret(config.database.password_file);
    if (!password.ok()) return password.failure();
    options.session.password = password.value();
  }
  options.worker = worker;
  options.lease = config.relay.lease;
  return options;
}

}  // namespace pg_checker::app
