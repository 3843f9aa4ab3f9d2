// The daemon's log: one line per event on standard error, as key=value or JSON. Passwords never
// reach it: callers pass addresses as AmqpAddress::Show and Session::ServerText give them. Thread
// safe.
#pragma once

#include <chrono>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "result.hpp"

namespace spdlog {
class logger;
}

namespace pg_checker::app {

enum class Level { kDebug, kInfo, kWarning, kError };

class Log {
 public:
  using Fields = std::initializer_list<std::pair<std::string_view, std::string>>;

  Log();
  ~Log();

  // As log.level and log.format say; both are checked when the configuration is read.
  void Configure(const std::string& level, const std::string& format);

  // For callers to whom making the fields is a cost.
  bool Enabled(Level level) const;

  // `event` is a word like "broker_connected", which stays the same for ever; fields say the rest,
  // and those without a value are left out.
  void Write(Level level, std::string_view event, Fields fields = {});
  void Write(Level level, std::string_view event, const Failure& failure);

  // For what may come with every message: ten lines an event in ten seconds, then the number of
  // those left out.
  void WriteSparingly(Level level, std::string_view event, Fields fields);

 private:
  struct Allowance {
    std::chrono::steady_clock::time_point since;
    int written = 0;
    long left_out = 0;
  };

  std::shared_ptr<spdlog::logger> logger_;
  std::mutex mutex_;
  bool json_ = false;
  std::map<std::string, Allowance, std::less<>> allowances_;
};

}  // namespace pg_checker::app
