// The parts of an AMQP URL: amqp[s]://user:password@host:port/vhost, percent-encoded, as the
// RabbitMQ URI specification says. What is left out: guest, guest, localhost, 5672 (5671 with TLS),
// "/".
#pragma once

#include <string>
#include <string_view>

#include "result.hpp"

namespace pg_checker::config {

struct AmqpAddress {
  std::string user;
  std::string password;
  std::string host;
  std::string vhost;
  int port = 0;
  bool tls = false;

  // For logs: without the password.
  std::string Show() const;
};

// The failure does not repeat the URL, which may hold a password.
Result<AmqpAddress> ParseAmqpUrl(std::string_view url);

}  // namespace pg_checker::config
