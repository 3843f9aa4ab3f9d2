// relay::Publisher over librabbitmq. Opened on a thread that may wait; everything else is for the
// main loop's thread. Publishing looks before each message whether the socket takes data, so it
// blocks at most for the rest of a message larger than the socket's buffer, and no longer than two
// heartbeats. Owns the connection.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "amqp/connection.hpp"
#include "amqp/options.hpp"
#include "relay/publisher.hpp"
#include "relay/relay.hpp"
#include "result.hpp"

namespace pg_checker::amqp {

class Broker final : public relay::Publisher {
 public:
  static Result<std::unique_ptr<Broker>> Open(const BrokerOptions& options);

  relay::Sent Publish(const relay::Message& message) override;

  // Reads what has arrived and reports it; also keeps the heartbeats going, so it must be called at
  // least every HeartbeatInterval(). After a failure the object is of no use, and Loss() says
  // whether the broker took exception to something that was sent.
  Result<void> Advance(relay::BrokerEvents& events);
  relay::BrokerLoss Loss() const { return loss_; }

  // Something was read while publishing: call Advance() without waiting for the socket.
  bool HasInput() const;
  int Socket() const { return amqp_get_sockfd(connection_.get()); }
  std::chrono::milliseconds HeartbeatInterval() const;

  // Says goodbye; blocks for a second at most.
  void Close();

 private:
  Broker(ConnectionPointer connection, std::string exchange)
      : connection_(std::move(connection)), exchange_(std::move(exchange)) {}

  Result<void> Handle(const amqp_frame_t& frame, relay::BrokerEvents& events);
  Result<void> HandleMethod(const amqp_method_t& method, relay::BrokerEvents& events);

  ConnectionPointer connection_;
  std::string exchange_;
  std::optional<Failure> broken_;
  relay::BrokerLoss loss_ = relay::BrokerLoss::kConnection;
  std::optional<std::pair<int, std::string>>
      return_;  // basic.return, of which the header is to come
};

}  // namespace pg_checker::amqp
