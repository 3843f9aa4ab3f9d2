#include "app/daemon.hpp"

#include <poll.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <random>

#include "app/options.hpp"
#include "app/service_manager.hpp"
#include "app/uuid.hpp"
#include "config/load.hpp"
#include "config/settings.hpp"

namespace pg_checker::app {
namespace {

using relay::TimePoint;

// Short enough that the first delivery comes within a second of a peer's return.
constexpr std::chrono::milliseconds kFirstReconnect(20);
constexpr std::chrono::milliseconds kLongestReconnect(500);
constexpr std::chrono::seconds kStalledAfter(30);
constexpr std::chrono::seconds kSameFailureInterval(30);

// Between two declarations of the topology because of messages that no queue wanted.
constexpr std::chrono::seconds kFirstDeclaration(1);
constexpr std::chrono::seconds kLongestDeclaration(10);

relay::Backoff ReconnectBackoff() {
  return {kFirstReconnect, kLongestReconnect, std::random_device{}()};
}

sigset_t OurSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

std::string Rfc3339(std::int64_t microseconds) {
  const std::time_t seconds = microseconds / 1000000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

// Options are made on the connecting thread, from copies, because they read files.
std::function<Result<std::unique_ptr<postgres::OutboxClient>>()> DatabaseOpener(
    const config::Config& config, const std::string& worker) {
  return [config, worker]() -> Result<std::unique_ptr<postgres::OutboxClient>> {
    const Result<postgres::OutboxOptions> options = MakeOutboxOptions(config, worker);
    if (!options.ok()) return options.failure();
    return postgres::OutboxClient::Open(options.value());
  };
}

std::function<Result<std::unique_ptr<amqp::Broker>>()> BrokerOpener(const config::Config& config,
                                                                    const std::string& worker) {
  return [config, worker]() -> Result<std::unique_ptr<amqp::Broker>> {
    const Result<amqp::BrokerOptions> options = MakeBrokerOptions(config, worker);
    if (!options.ok()) return options.failure();
    return amqp::Broker::Open(options.value());
  };
}

// A connection is the whole of it: opening one declares the topology. It is another one than that
// of the messages, which a declaration that is refused would close.
std::function<Result<std::unique_ptr<amqp::Broker>>()> TopologyDeclarer(
    const config::Config& config, const std::string& worker) {
  return [open = BrokerOpener(config, worker)]() -> Result<std::unique_ptr<amqp::Broker>> {
    Result<std::unique_ptr<amqp::Broker>> broker = open();
    if (broker.ok()) broker.value()->Close();
    return broker;
  };
}

}  // namespace

void BlockSignals() {
  const sigset_t signals = OurSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
}

Daemon::Daemon(config::Config config, std::optional<std::string> config_path, Log& log)
    : config_(std::move(config)),
      config_path_(std::move(config_path)),
      log_(log),
      worker_(RandomUuid()),
      metrics_(PG_CHECKER_VERSION),
      watcher_(metrics_, log),
      relay_(MakeRelayOptions(config_), clock_, watcher_, std::random_device{}()),
      wakeup_(std::make_shared<Wakeup>()),
      database_{http::Peer::kDatabase,
                "database",
                {DatabaseOpener(config_, worker_), ReconnectBackoff(), wakeup_},
                {},
                {},
                {}},
      broker_{http::Peer::kBroker,
              "broker",
              {BrokerOpener(config_, worker_), ReconnectBackoff(), wakeup_},
              {},
              {},
              {}},
      declarer_(TopologyDeclarer(config_, worker_),
                {kFirstDeclaration, kLongestDeclaration, std::random_device{}()}, wakeup_),
      watchdog_interval_(WatchdogInterval()) {
  const sigset_t signals = OurSignals();
  signals_ = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
  watchdog_at_ = clock_.Now();
}

Daemon::~Daemon() { close(signals_); }

int Daemon::Run() {
  if (!config_.http.listen.empty()) {
    Result<std::unique_ptr<http::Server>> server =
        http::Server::Start(config_.http.listen, metrics_, readiness_);
    if (!server.ok()) {
      log_.Write(Level::kError, "http_failed", server.failure());
      return 1;
    }
    server_ = std::move(server.value());
  }
  log_.Write(Level::kInfo, "started", {{"version", PG_CHECKER_VERSION}, {"worker", worker_}});
  const TimePoint begin = clock_.Now();
  database_.connector.Schedule(begin);
  broker_.connector.Schedule(begin);
  TellReady();
  while (true) {
    const TimePoint now = clock_.Now();
    Connect(now);
    DeclareAgain(now);
    relay_.Work();
    if (broker_.open != nullptr && relay_.BrokerOverdue()) {
      LoseBroker(relay::BrokerLoss::kConnection, Failure{"the broker does not confirm"});
    }
    TellWatchers(now);
    if (drain_until_ && (relay_.Drained() || now >= *drain_until_)) break;
    WaitAndRead();
  }
  const bool drained = relay_.Drained();
  log_.Write(
      drained ? Level::kInfo : Level::kWarning, "stopped",
      {{"drained", drained ? "yes" : "no"}, {"unconfirmed", std::to_string(relay_.InFlight())}});
  // A broker that has not confirmed in time would not say goodbye in time either.
  if (broker_.open != nullptr && drained) broker_.open->Close();
  return 0;
}

template <typename T>
void Daemon::LogFailure(Peer<T>& peer, const char* event, const Failure& failure, TimePoint now) {
  if (failure.message == peer.last_failure && now - peer.last_logged < kSameFailureInterval) return;
  peer.last_failure = failure.message;
  peer.last_logged = now;
  log_.Write(Level::kWarning, event,
             {{"peer", peer.name},
              {"message", failure.message},
              {"detail", failure.detail},
              {"hint", failure.hint}});
}

template <typename T>
bool Daemon::TakeConnection(Peer<T>& peer, TimePoint now) {
  auto attempt = peer.connector.Take(now);
  if (!attempt) return false;
  if (!attempt->ok()) {
    peer.doubtful = false;
    LogFailure(peer, "connect_failed", attempt->failure(), now);
    peer.connector.Schedule(now);
    return false;
  }
  peer.open = std::move(attempt->value());
  metrics_.SetUp(peer.which, true);
  return true;
}

void Daemon::Connect(TimePoint now) {
  database_.connector.Work(now);
  broker_.connector.Work(now);
  if (database_.connector.Lasts(now)) database_.doubtful = false;
  if (broker_.connector.Lasts(now)) broker_.doubtful = false;
  if (TakeConnection(database_, now)) {
    source_ = database_.open->Source();
    relay_.SendHeartbeats([this] { return MakeHeartbeat(); });
    log_.Write(database_.doubtful ? Level::kDebug : Level::kInfo, "connected",
               {{"peer", "database"}, {"server", database_.open->ServerText()}});
    if (database_.open->Pooled() && !database_.doubtful) {
      log_.Write(Level::kWarning, "pooled",
                 {{"message",
                   "the database connection goes through a pooler, in which LISTEN does not work: "
                   "polling"},
                  {"hint", "Let database.dsn point at the server itself."}});
    }
    relay_.DatabaseUp(*database_.open);
  }
  if (TakeConnection(broker_, now)) {
    const auto address = config::ParseAmqpUrl(config_.amqp.url);
    log_.Write(broker_.doubtful ? Level::kDebug : Level::kInfo, "connected",
               {{"peer", "broker"}, {"server", address.value().Show()}});
    broker_heartbeat_at_ = now + broker_.open->HeartbeatInterval();
    relay_.BrokerUp(*broker_.open);
  }
}

// A queue that was deleted comes back before its messages' grace time is over.
void Daemon::DeclareAgain(TimePoint now) {
  const bool unroutable = watcher_.TakeUnroutable();
  if (unroutable && config_.amqp.declare && broker_.open != nullptr && !declarer_.Busy())
    declarer_.Schedule(now);
  declarer_.Work(now);
  if (const auto attempt = declarer_.Take(now); attempt && !attempt->ok())
    log_.Write(Level::kWarning, "declare_failed", attempt->failure());
}

template <typename T>
void Daemon::LoseConnection(Peer<T>& peer, const Failure& failure) {
  const TimePoint now = clock_.Now();
  if (peer.connector.Lasts(now)) peer.last_failure.clear();
  peer.doubtful = failure.message == peer.last_failure;
  LogFailure(peer, "connection_lost", failure, now);
  peer.open.reset();
  peer.connector.Schedule(now);
  metrics_.SetUp(peer.which, false);
}

void Daemon::LoseDatabase(const Failure& failure) {
  relay_.DatabaseDown();
  LoseConnection(database_, failure);
}

void Daemon::LoseBroker(relay::BrokerLoss loss, const Failure& failure) {
  relay_.BrokerDown(loss, failure.message);
  LoseConnection(broker_, failure);
  metrics_.SetBlocked(false);
}

void Daemon::AdvanceDatabase() {
  const Result<void> advanced = database_.open->Advance(relay_);
  if (!advanced.ok()) LoseDatabase(advanced.failure());
}

void Daemon::AdvanceBroker() {
  broker_heartbeat_at_ = clock_.Now() + broker_.open->HeartbeatInterval();
  const Result<void> advanced = broker_.open->Advance(relay_);
  if (!advanced.ok()) LoseBroker(broker_.open->Loss(), advanced.failure());
}

relay::TimePoint Daemon::NextDeadline() const {
  TimePoint next = std::min({relay_.NextWork(), database_.connector.NextWork(),
                             broker_.connector.NextWork(), declarer_.NextWork()});
  if (watchdog_interval_) next = std::min(next, watchdog_at_);
  if (drain_until_) next = std::min(next, *drain_until_);
  if (database_.doubtful) next = std::min(next, database_.connector.LastsFrom());
  if (broker_.doubtful) next = std::min(next, broker_.connector.LastsFrom());
  if (database_.open != nullptr && database_.open->Deadline())
    next = std::min(next, *database_.open->Deadline());
  if (broker_.open != nullptr)
    next = std::min(next, broker_.open->HasInput() ? TimePoint::min() : broker_heartbeat_at_);
  return next;
}

void Daemon::WaitAndRead() {
  // A negative descriptor is passed over by poll.
  std::array<pollfd, 4> descriptors = {{{signals_, POLLIN, 0},
                                        {wakeup_->descriptor(), POLLIN, 0},
                                        {-1, POLLIN, 0},
                                        {-1, POLLIN, 0}}};
  auto& [signals, wakeup, database, broker] = descriptors;
  if (database_.open != nullptr) {
    database.fd = database_.open->Socket();
    if (database_.open->WantsWrite()) database.events |= POLLOUT;
  }
  if (broker_.open != nullptr) {
    broker.fd = broker_.open->Socket();
    if (relay_.WaitsForWritable()) broker.events |= POLLOUT;
  }
  const TimePoint next = NextDeadline();
  timespec timeout{};
  if (const TimePoint now = clock_.Now(); next > now) {
    const auto wait = std::min<std::chrono::nanoseconds>(next - now, std::chrono::hours(1));
    timeout = {static_cast<time_t>(wait.count() / 1000000000),
               static_cast<long>(wait.count() % 1000000000)};
  }
  if (ppoll(descriptors.data(), descriptors.size(), &timeout, nullptr) < 0)
    return;  // EINTR: look again

  const TimePoint now = clock_.Now();
  if (signals.revents != 0) ReadSignals();
  if (wakeup.revents != 0) wakeup_->Clear();
  if (database_.open != nullptr) {
    const auto deadline = database_.open->Deadline();
    if (database.revents != 0 || (deadline && now >= *deadline)) AdvanceDatabase();
  }
  if (broker_.open != nullptr) {
    if ((broker.revents & POLLOUT) != 0) relay_.Writable();
    if ((broker.revents & ~POLLOUT) != 0 || broker_.open->HasInput() || now >= broker_heartbeat_at_)
      AdvanceBroker();
  }
}

void Daemon::ReadSignals() {
  signalfd_siginfo info{};
  while (read(signals_, &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGHUP) {
      Reload();
    } else {
      StartDrain(info.ssi_signo == SIGTERM ? "SIGTERM" : "SIGINT");
    }
  }
}

void Daemon::StartDrain(const char* signal_name) {
  if (drain_until_) return;
  drain_until_ = clock_.Now() + config_.relay.drain_timeout;
  log_.Write(Level::kInfo, "stopping",
             {{"signal", signal_name}, {"in_flight", std::to_string(relay_.InFlight())}});
  TellStopping();
  relay_.Drain();
}

void Daemon::Reload() {
  TellReloading();
  const Result<config::Loaded> loaded = config::Load(config_path_, config::ProcessEnvironment());
  if (!loaded.ok()) {
    log_.Write(Level::kError, "reload_failed", loaded.failure());
  } else {
    std::string taken;
    std::string needs_restart;
    for (const std::string& key : config::Differences(config_, loaded.value().config)) {
      std::string& list = config::FindSetting(key)->reloads ? taken : needs_restart;
      list += (list.empty() ? "" : ",") + key;
    }
    config_.log = loaded.value().config.log;
    log_.Configure(config_.log.level, config_.log.format);
    log_.Write(Level::kInfo, "reloaded", {{"changed", taken}, {"needs_restart", needs_restart}});
  }
  TellReady();
}

template <typename T>
std::string Daemon::NotReadyReason(const Peer<T>& peer) {
  const std::string name = peer.name;
  if (peer.doubtful) return "connections to the " + name + " do not last";
  return peer.open == nullptr ? "the " + name + " is not connected" : "";
}

std::string Daemon::NotReadyReason() const {
  if (drain_until_) return "stopping";
  for (std::string reason : {NotReadyReason(database_), NotReadyReason(broker_)}) {
    if (!reason.empty()) return reason;
  }
  if (relay_.Stalled(kStalledAfter)) return "the oldest message has not moved for 30 s";
  return "";
}

void Daemon::TellWatchers(TimePoint now) {
  metrics_.SetInFlight(relay_.InFlight());
  std::string reason = NotReadyReason();
  if (reason != reported_reason_) {
    log_.Write(Level::kInfo, reason.empty() ? "ready" : "not_ready", {{"reason", reason}});
    TellStatus(reason.empty() ? "ready" : "not ready: " + reason);
    reported_reason_ = reason;
    readiness_.Set(std::move(reason));
  }
  if (watchdog_interval_ && now >= watchdog_at_) {
    watchdog_at_ = now + *watchdog_interval_;
    TellAlive();
  }
}

relay::Message Daemon::MakeHeartbeat() const {
  relay::Message message;
  message.message_id = RandomUuid();
  message.type = message.routing_key = "checkerd.heartbeat";
  message.created_at = clock_.WallMicroseconds();
  const nlohmann::ordered_json event = {
      {"specversion", "1.0"},
      {"id", message.message_id},
      {"type", message.type},
      {"source", source_},
      {"time", Rfc3339(message.created_at)},
      {"datacontenttype", "application/json"},
      {"data", {{"worker", worker_}, {"version", PG_CHECKER_VERSION}}}};
  message.body = event.dump();
  return message;
}

}  // namespace pg_checker::app
