// The HTTP side of checkerd: /healthz, /readyz and /metrics, on a thread of its own, so that it
// answers whatever the main loop does. Plain HTTP without authentication: listen on a loopback
// address, or behind something that guards it.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "http/metrics.hpp"
#include "result.hpp"

namespace httplib {
class Server;
}

namespace pg_checker::http {

// Written by the main loop, read by the server.
class Readiness {
 public:
  // Why not, one line; empty: ready.
  void Set(std::string reason) {
    const std::lock_guard lock(mutex_);
    reason_ = std::move(reason);
  }
  std::string Reason() const {
    const std::lock_guard lock(mutex_);
    return reason_;
  }

 private:
  mutable std::mutex mutex_;
  std::string reason_ = "starting";
};

class Server {
 public:
  // Listens on host:port. `metrics` and `readiness` must outlive the server.
  static Result<std::unique_ptr<Server>> Start(const std::string& listen, Metrics& metrics,
                                               const Readiness& readiness);
  ~Server();  // stops and joins

 private:
  explicit Server(std::unique_ptr<httplib::Server> server);

  std::unique_ptr<httplib::Server> server_;
  std::thread thread_;
};

}  // namespace pg_checker::http
