// checkerd's main loop: one thread that sleeps in poll(2) on the database's socket, the broker's
// socket, signals and the threads that connect, and passes what happens to the relay. It decides
// nothing about messages; it keeps the peers connected, the clocks of heartbeats and watchdog, and
// the way to the end.
#pragma once

#include <csignal>
#include <memory>
#include <optional>
#include <string>

#include "amqp/broker.hpp"
#include "app/connector.hpp"
#include "app/log.hpp"
#include "app/watcher.hpp"
#include "config/config.hpp"
#include "http/metrics.hpp"
#include "http/server.hpp"
#include "postgres/outbox_client.hpp"
#include "relay/clock.hpp"
#include "relay/relay.hpp"

namespace pg_checker::app {

class Daemon {
 public:
  // `config_path` is read again on SIGHUP. SIGTERM, SIGINT and SIGHUP must be blocked before any
  // thread is started.
  Daemon(config::Config config, std::optional<std::string> config_path, Log& log);
  ~Daemon();

  // Until SIGTERM or SIGINT; returns the exit code.
  int Run();

 private:
  // A peer's connection, if there is one, and what makes the next.
  template <typename T>
  struct Peer {
    http::Peer which;
    const char* name;
    Connector<T> connector;
    std::unique_ptr<T> open;
    std::string last_failure;  // that was logged, and when; the same again is logged twice a minute
    relay::TimePoint last_logged;
    // Two connections in a row were lost at once, over the same: the next is believed when it
    // lasts. Else a peer that lets us in and refuses what we want would be ready twice a second.
    bool doubtful = false;
  };

  template <typename T>
  bool TakeConnection(Peer<T>& peer, relay::TimePoint now);
  template <typename T>
  void LoseConnection(Peer<T>& peer, const Failure& failure);
  template <typename T>
  static std::string NotReadyReason(const Peer<T>& peer);
  template <typename T>
  void LogFailure(Peer<T>& peer, const char* event, const Failure& failure, relay::TimePoint now);
  void Connect(relay::TimePoint now);
  void DeclareAgain(relay::TimePoint now);
  void LoseDatabase(const Failure& failure);
  void LoseBroker(relay::BrokerLoss loss, const Failure& failure);
  void AdvanceDatabase();
  void AdvanceBroker();
  void WaitAndRead();
  void ReadSignals();
  void StartDrain(const char* signal_name);
  void Reload();
  void TellWatchers(relay::TimePoint now);
  std::string NotReadyReason() const;
  relay::Message MakeHeartbeat() const;
  relay::TimePoint NextDeadline() const;

  config::Config config_;
  std::optional<std::string> config_path_;
  Log& log_;
  relay::SystemClock clock_;
  std::string worker_;
  http::Metrics metrics_;
  http::Readiness readiness_;
  std::unique_ptr<http::Server> server_;
  Watcher watcher_;
  // Of the heartbeat messages: the database's name. Before that is known, none is sent.
  std::string source_;
  relay::Relay relay_;
  std::shared_ptr<Wakeup> wakeup_;
  int signals_ = -1;  // signalfd
  Peer<postgres::OutboxClient> database_;
  Peer<amqp::Broker> broker_;
  Connector<amqp::Broker> declarer_;
  relay::TimePoint broker_heartbeat_at_;
  std::optional<std::chrono::microseconds> watchdog_interval_;
  relay::TimePoint watchdog_at_;
  std::optional<relay::TimePoint> drain_until_;
  std::string reported_reason_ = "starting";
};

// Blocks the signals that Run() reads, for this thread and those that it will start.
void BlockSignals();

}  // namespace pg_checker::app
