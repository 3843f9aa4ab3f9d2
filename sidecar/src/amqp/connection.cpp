#include "amqp/connection.hpp"

#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "amqp/topology.hpp"

namespace pg_checker::amqp {
namespace {

// RabbitMQ's own default; larger bodies travel in several frames.
constexpr int kFrameMax = 131072;
// Unacknowledged data for longer than this means that the peer is gone (milliseconds).
constexpr unsigned kUserTimeout = 20000;

timeval ToTimeval(std::chrono::milliseconds duration) {
  return {static_cast<time_t>(duration.count() / 1000),
          static_cast<suseconds_t>(duration.count() % 1000 * 1000)};
}

Failure DescribeStatus(int status, const std::string& what) {
  return Failure{what + ": " + amqp_error_string2(status)};
}

Result<amqp_socket_t*> MakeTlsSocket(amqp_connection_state_t connection,
                                     const BrokerOptions& options) {
  amqp_socket_t* const socket = amqp_ssl_socket_new(connection);
  if (socket == nullptr) return Failure{"could not set up TLS"};
  amqp_ssl_socket_set_verify_peer(socket, options.tls_verify ? 1 : 0);
  amqp_ssl_socket_set_verify_hostname(socket, options.tls_verify ? 1 : 0);
  amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST);
  if (options.tls_ca.empty()) {
    SSL_CTX_set_default_verify_paths(static_cast<SSL_CTX*>(amqp_ssl_socket_get_context(socket)));
  } else if (const int status = amqp_ssl_socket_set_cacert(socket, options.tls_ca.c_str());
             status != AMQP_STATUS_OK) {
    return DescribeStatus(status, "could not load certificates from \"" + options.tls_ca + "\"");
  }
  if (!options.tls_cert.empty()) {
    const int status =
        amqp_ssl_socket_set_key(socket, options.tls_cert.c_str(), options.tls_key.c_str());
    if (status != AMQP_STATUS_OK) {
      return DescribeStatus(status,
                            "could not load client certificate \"" + options.tls_cert + "\"");
    }
  }
  return socket;
}

Result<void> OpenSocket(amqp_connection_state_t connection, const BrokerOptions& options) {
  Result<amqp_socket_t*> socket = nullptr;
  if (options.address.tls) {
    socket = MakeTlsSocket(connection, options);
    if (!socket.ok()) return socket.failure();
  } else {
    socket = amqp_tcp_socket_new(connection);
  }
  if (socket.value() == nullptr) return Failure{"could not make a socket"};
  const timeval timeout = ToTimeval(options.connect_timeout);
  const int status = amqp_socket_open_noblock(socket.value(), options.address.host.c_str(),
                                              options.address.port, &timeout);
  if (status != AMQP_STATUS_OK) {
    Failure failure = DescribeStatus(status, "could not connect to " + options.address.Show());
    if (status == AMQP_STATUS_SSL_PEER_VERIFY_FAILED ||
        status == AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED) {
      failure.hint =
          "Name the authority that signed the broker's certificate in amqp.tls.ca, and the host as "
          "the certificate does.";
    }
    return failure;
  }
  const int descriptor = amqp_get_sockfd(connection);
  const int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUserTimeout, sizeof kUserTimeout);
  return {};
}

amqp_table_entry_t Entry(const char* key) {
  amqp_table_entry_t entry{};
  entry.key = amqp_cstring_bytes(key);
  return entry;
}

amqp_table_entry_t Flag(const char* key) {
  amqp_table_entry_t entry = Entry(key);
  entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
  entry.value.value.boolean = 1;
  return entry;
}

amqp_table_entry_t Field(const char* key, const std::string& text) {
  amqp_table_entry_t entry = Entry(key);
  entry.value.kind = AMQP_FIELD_KIND_UTF8;
  entry.value.value.bytes = Bytes(text);
  return entry;
}

Result<void> Login(amqp_connection_state_t connection, const BrokerOptions& options) {
  // Without the first of these the broker says nothing when it stops reading.
  std::array<amqp_table_entry_t, 3> capabilities = {Flag("connection.blocked"),
                                                    Flag("publisher_confirms"), Flag("basic.nack")};
  const std::string product = "checkerd";
  std::array<amqp_table_entry_t, 4> properties = {
      Entry("capabilities"), Field("product", product), Field("version", options.version),
      Field("connection_name", options.connection_name)};
  properties[0].value.kind = AMQP_FIELD_KIND_TABLE;
  properties[0].value.value.table = {static_cast<int>(capabilities.size()), capabilities.data()};
  const amqp_table_t table = {static_cast<int>(properties.size()), properties.data()};

  const timeval timeout = ToTimeval(options.connect_timeout);
  amqp_set_handshake_timeout(connection, &timeout);
  amqp_set_rpc_timeout(connection, &timeout);
  const int heartbeat =
      static_cast<int>(std::max<std::int64_t>(1, options.heartbeat.count() / 1000));
  const amqp_rpc_reply_t reply = amqp_login_with_properties(
      connection, options.address.vhost.c_str(), 0, kFrameMax, heartbeat, &table,
      AMQP_SASL_METHOD_PLAIN, options.address.user.c_str(), options.address.password.c_str());
  if (reply.reply_type != AMQP_RESPONSE_NORMAL)
    return DescribeReply(reply, "could not log in as " + options.address.Show());
  return {};
}

}  // namespace

std::string Text(const amqp_bytes_t& bytes) {
  return {static_cast<const char*>(bytes.bytes), bytes.len};
}

amqp_bytes_t Bytes(const std::string& text) {
  return {text.size(), const_cast<char*>(text.data())};
}

Failure DescribeReply(const amqp_rpc_reply_t& reply, const std::string& what) {
  if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION)
    return DescribeStatus(reply.library_error, what);
  if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION &&
      reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
    const auto* const close = static_cast<amqp_connection_close_t*>(reply.reply.decoded);
    return Failure{what + ": " + std::to_string(close->reply_code) + " " + Text(close->reply_text)};
  }
  if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION &&
      reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD) {
    const auto* const close = static_cast<amqp_channel_close_t*>(reply.reply.decoded);
    return Failure{what + ": " + std::to_string(close->reply_code) + " " + Text(close->reply_text)};
  }
  return Failure{what + ": the broker gave no answer"};
}

Result<ConnectionPointer> OpenConnection(const BrokerOptions& options) {
  ConnectionPointer connection(amqp_new_connection());
  if (connection == nullptr) return Failure{"could not make a connection"};
  if (Result<void> opened = OpenSocket(connection.get(), options); !opened.ok())
    return opened.failure();
  if (Result<void> login = Login(connection.get(), options); !login.ok()) return login.failure();
  amqp_channel_open(connection.get(), kChannel);
  amqp_rpc_reply_t reply = amqp_get_rpc_reply(connection.get());
  if (reply.reply_type != AMQP_RESPONSE_NORMAL)
    return DescribeReply(reply, "could not open a channel");
  const Result<void> topology = options.declare ? DeclareTopology(connection.get(), options)
                                                : FindExchange(connection.get(), options);
  if (!topology.ok()) return topology.failure();
  amqp_confirm_select(connection.get(), kChannel);
  reply = amqp_get_rpc_reply(connection.get());
  if (reply.reply_type != AMQP_RESPONSE_NORMAL)
    return DescribeReply(reply, "could not turn confirms on");
  return connection;
}

}  // namespace pg_checker::amqp
