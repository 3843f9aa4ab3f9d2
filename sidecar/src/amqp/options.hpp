// What a connection to the broker needs to know. Plain values.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "config/amqp_url.hpp"

namespace pg_checker::amqp {

struct Queue {
  std::string name;
  std::vector<std::string> bindings;  // topic patterns
};

struct BrokerOptions {
  config::AmqpAddress address;
  std::string exchange;
  bool declare = true;
  std::vector<Queue> queues;
  std::string tls_ca;  // PEM files; empty: the system's certificates, no client certificate
  std::string tls_cert;
  std::string tls_key;
  bool tls_verify = true;
  std::chrono::milliseconds heartbeat;
  std::chrono::milliseconds connect_timeout;  // for each step: TCP and TLS, login, declarations
  std::string connection_name;                // as RabbitMQ's management shows it
  std::string version;
};

}  // namespace pg_checker::amqp
