#include "http/server.hpp"

#include <httplib.h>

namespace pg_checker::http {
namespace {

constexpr std::size_t kThreads = 2;  // a scrape and a probe at a time
constexpr time_t kKeepAliveSeconds = 5;

}  // namespace

Server::Server(std::unique_ptr<httplib::Server> server) : server_(std::move(server)) {
  thread_ = std::thread([this] { server_->listen_after_bind(); });
}

Server::~Server() {
  server_->stop();
  thread_.join();
}

Result<std::unique_ptr<Server>> Server::Start(const std::string& listen, Metrics& metrics,
                                              const Readiness& readiness) {
  auto server = std::make_unique<httplib::Server>();
  server->new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server->set_keep_alive_timeout(kKeepAliveSeconds);
  // The library would also set SO_REUSEPORT, with which a second daemon on the same port goes
  // unnoticed.
  server->set_socket_options([](auto socket) {
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  server->Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("ok\n", "text/plain");
  });
  server->Get("/readyz", [&readiness](const httplib::Request&, httplib::Response& response) {
    const std::string reason = readiness.Reason();
    response.status = reason.empty() ? 200 : 503;
    response.set_content((reason.empty() ? "ready" : reason) + "\n", "text/plain");
  });
  server->Get("/metrics", [&metrics](const httplib::Request&, httplib::Response& response) {
    response.set_content(metrics.Exposition(), "text/plain; version=0.0.4; charset=utf-8");
  });

  const std::size_t colon = listen.rfind(':');
  std::string host = listen.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  if (!server->bind_to_port(host, std::stoi(listen.substr(colon + 1)))) {
    return Failure{"could not listen on " + listen, "",
                   "Choose another address with http.listen, or none with an empty one."};
  }
  return std::unique_ptr<Server>(new Server(std::move(server)));
}

}  // namespace pg_checker::http
