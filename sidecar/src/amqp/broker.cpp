#include "amqp/broker.hpp"

#include <poll.h>

#include <algorithm>

namespace pg_checker::amqp {
namespace {

constexpr std::size_t kShortStringBytes = 255;  // of AMQP 0-9-1's shortstr
constexpr std::uint8_t kPersistent = 2;

// Reply codes by which the broker says that what it was sent is wrong, so that sending it again
// would bring the same answer: everything but "gone", "not found" and "not allowed", which somebody
// can mend on the broker's side.
bool BlamesTheMessage(int code) {
  constexpr int kConnectionForced = 320;
  constexpr int kInvalidPath = 402;
  constexpr int kAccessRefused = 403;
  constexpr int kNotFound = 404;
  constexpr int kResourceLocked = 405;
  constexpr int kInternalError = 541;
  return code != kConnectionForced && code != kInvalidPath && code != kAccessRefused &&
         code != kNotFound && code != kResourceLocked && code != kInternalError;
}

}  // namespace

Result<std::unique_ptr<Broker>> Broker::Open(const BrokerOptions& options) {
  Result<ConnectionPointer> connection = OpenConnection(options);
  if (!connection.ok()) return connection.failure();
  return std::unique_ptr<Broker>(new Broker(std::move(connection.value()), options.exchange));
}

relay::Sent Broker::Publish(const relay::Message& message) {
  if (broken_) return relay::Sent::kLost;
  if (message.routing_key.size() > kShortStringBytes || message.type.size() > kShortStringBytes ||
      message.message_id.size() > kShortStringBytes) {
    return relay::Sent::kInvalid;
  }
  pollfd descriptor = {Socket(), POLLOUT, 0};
  if (poll(&descriptor, 1, 0) == 0) return relay::Sent::kWouldBlock;

  static const std::string content_type = "application/cloudevents+json";
  static const std::string app_id = "pg_checker";
  amqp_basic_properties_t properties{};
  properties._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG |
                      AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_TIMESTAMP_FLAG |
                      AMQP_BASIC_TYPE_FLAG | AMQP_BASIC_APP_ID_FLAG;
  properties.content_type = Bytes(content_type);
  properties.delivery_mode = kPersistent;
  properties.message_id = Bytes(message.message_id);
  properties.timestamp =
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, message.created_at)) / 1000000;
  properties.type = Bytes(message.type);
  properties.app_id = Bytes(app_id);
  const int status =
      amqp_basic_publish(connection_.get(), kChannel, Bytes(exchange_), Bytes(message.routing_key),
                         1, 0, &properties, Bytes(message.body));
  if (status != AMQP_STATUS_OK) {
    broken_ = Failure{std::string("could not publish: ") + amqp_error_string2(status)};
    return relay::Sent::kLost;
  }
  return relay::Sent::kYes;
}

bool Broker::HasInput() const {
  return broken_ || amqp_frames_enqueued(connection_.get()) != 0 ||
         amqp_data_in_buffer(connection_.get()) != 0;
}

std::chrono::milliseconds Broker::HeartbeatInterval() const {
  return std::chrono::milliseconds(std::max(1, amqp_get_heartbeat(connection_.get())) * 500);
}

Result<void> Broker::Advance(relay::BrokerEvents& events) {
  if (broken_) {
    // The broker may have said why before it hung up.
    const Failure failure = *broken_;
    broken_.reset();
    const Result<void> last_words = Advance(events);
    broken_ = last_words.ok() ? failure : last_words.failure();
    return *broken_;
  }
  while (true) {
    const timeval at_once = {0, 0};
    amqp_frame_t frame{};
    const int status = amqp_simple_wait_frame_noblock(connection_.get(), &frame, &at_once);
    if (status == AMQP_STATUS_TIMEOUT) return {};
    if (status != AMQP_STATUS_OK) {
      broken_ = Failure{std::string("lost the connection: ") + amqp_error_string2(status)};
      return *broken_;
    }
    Result<void> handled = Handle(frame, events);
    amqp_maybe_release_buffers_on_channel(connection_.get(), frame.channel);
    if (!handled.ok()) {
      broken_ = handled.failure();
      return handled;
    }
  }
}

Result<void> Broker::Handle(const amqp_frame_t& frame, relay::BrokerEvents& events) {
  if (frame.frame_type == AMQP_FRAME_METHOD) return HandleMethod(frame.payload.method, events);
  if (frame.frame_type == AMQP_FRAME_HEADER && return_) {
    const auto* const properties =
        static_cast<amqp_basic_properties_t*>(frame.payload.properties.decoded);
    if ((properties->_flags & AMQP_BASIC_MESSAGE_ID_FLAG) != 0) {
      events.OnReturn(Text(properties->message_id), return_->first, return_->second);
    }
    return_.reset();
  }
  return {};
}

Result<void> Broker::HandleMethod(const amqp_method_t& method, relay::BrokerEvents& events) {
  const auto closed = [&](int code, const amqp_bytes_t& text) {
    loss_ = BlamesTheMessage(code) ? relay::BrokerLoss::kRefused : relay::BrokerLoss::kConnection;
    return Failure{"closed by the broker: " + std::to_string(code) + " " + Text(text)};
  };
  switch (method.id) {
    case AMQP_BASIC_ACK_METHOD: {
      const auto* const ack = static_cast<amqp_basic_ack_t*>(method.decoded);
      events.OnAck(ack->delivery_tag, ack->multiple != 0);
      return {};
    }
    case AMQP_BASIC_NACK_METHOD: {
      const auto* const nack = static_cast<amqp_basic_nack_t*>(method.decoded);
      events.OnNack(nack->delivery_tag, nack->multiple != 0);
      return {};
    }
    case AMQP_BASIC_RETURN_METHOD: {
      const auto* const returned = static_cast<amqp_basic_return_t*>(method.decoded);
      return_.emplace(returned->reply_code, Text(returned->reply_text));
      return {};
    }
    case AMQP_CONNECTION_BLOCKED_METHOD:
      events.OnBlocked(Text(static_cast<amqp_connection_blocked_t*>(method.decoded)->reason));
      return {};
    case AMQP_CONNECTION_UNBLOCKED_METHOD:
      events.OnUnblocked();
      return {};
    case AMQP_CHANNEL_CLOSE_METHOD: {
      const auto* const close = static_cast<amqp_channel_close_t*>(method.decoded);
      return closed(close->reply_code, close->reply_text);
    }
    case AMQP_CONNECTION_CLOSE_METHOD: {
      const auto* const close = static_cast<amqp_connection_close_t*>(method.decoded);
      Failure failure = closed(close->reply_code, close->reply_text);
      amqp_connection_close_ok_t answer{};
      amqp_send_method(connection_.get(), 0, AMQP_CONNECTION_CLOSE_OK_METHOD, &answer);
      return failure;
    }
    default:
      return {};
  }
}

void Broker::Close() {
  if (broken_) return;
  const timeval second = {1, 0};
  amqp_set_rpc_timeout(connection_.get(), &second);
  amqp_connection_close(connection_.get(), AMQP_REPLY_SUCCESS);
  broken_ = Failure{"closed"};
}

}  // namespace pg_checker::amqp
