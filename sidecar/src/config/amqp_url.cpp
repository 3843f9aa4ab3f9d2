#include "config/amqp_url.hpp"

#include <amqp.h>

namespace pg_checker::config {

std::string AmqpAddress::Show() const {
  return std::string(tls ? "amqps://" : "amqp://") + user + "@" + host + ":" +
         std::to_string(port) + (vhost == "/" ? "" : "/" + vhost);
}

Result<AmqpAddress> ParseAmqpUrl(std::string_view url) {
  std::string scratch(url);  // the parser decodes in place, and its results point into it
  amqp_connection_info parsed{};
  if (amqp_parse_url(scratch.data(), &parsed) != AMQP_STATUS_OK) {
    return Failure{"amqp url is not valid", "",
                   "Write it like amqp://user:password@host:5672/%2f."};
  }
  return AmqpAddress{parsed.user,  parsed.password, parsed.host,
                     parsed.vhost, parsed.port,     parsed.ssl != 0};
}

}  // namespace pg_checker::config
