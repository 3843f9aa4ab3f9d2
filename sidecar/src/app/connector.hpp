// Opens a connection on a thread of its own, again and again with backoff until it succeeds, so
// that the main loop never waits for a name server or a peer that does not answer. Used from the
// main loop's thread.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "relay/backoff.hpp"
#include "relay/clock.hpp"
#include "result.hpp"

namespace pg_checker::app {

// An eventfd that one thread writes and the main loop polls. Shared by those who may outlive one
// another.
class Wakeup {
 public:
  Wakeup() : descriptor_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
  ~Wakeup() { close(descriptor_); }
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  int descriptor() const { return descriptor_; }
  void Signal() const { (void)eventfd_write(descriptor_, 1); }
  void Clear() const {
    eventfd_t value = 0;
    (void)eventfd_read(descriptor_, &value);
  }

 private:
  int descriptor_;
};

template <typename T>
class Connector {
 public:
  using Attempt = Result<std::unique_ptr<T>>;

  // `open` may block and runs on another thread, also after the connector is gone; it owns all it
  // needs.
  Connector(std::function<Attempt()> open, relay::Backoff backoff, std::shared_ptr<Wakeup> wakeup)
      : open_(std::move(open)), backoff_(std::move(backoff)), wakeup_(std::move(wakeup)) {}

  // The first attempt, or the next after a failure or a lost connection, starts after a pause.
  void Schedule(relay::TimePoint now) {
    // A connection that lasted was a success; one that is lost at once counts as a failed attempt.
    if (Lasts(now)) backoff_.Reset();
    connected_at_.reset();
    start_at_ = now + backoff_.Next();
  }

  // True from Schedule() until the outcome has been taken.
  bool Busy() const { return start_at_ || outcome_ != nullptr; }

  // Starts an attempt that is due.
  void Work(relay::TimePoint now) {
    if (!start_at_ || now < *start_at_) return;
    start_at_.reset();
    outcome_ = std::make_shared<Outcome>();
    // Detached: a thread that hangs in a name lookup must not keep the daemon from ending.
    std::thread([open = open_, outcome = outcome_, wakeup = wakeup_] {
      Attempt attempt = open();
      const std::lock_guard lock(outcome->mutex);
      outcome->attempt.emplace(std::move(attempt));
      wakeup->Signal();
    }).detach();
  }

  relay::TimePoint NextWork() const { return start_at_.value_or(relay::TimePoint::max()); }

  // Whether the connection that was made last has lasted so far, and from when on it has.
  bool Lasts(relay::TimePoint now) const { return now >= LastsFrom(); }
  relay::TimePoint LastsFrom() const {
    return connected_at_ ? *connected_at_ + kLasting : relay::TimePoint::max();
  }

  // The outcome of the attempt under way, once.
  std::optional<Attempt> Take(relay::TimePoint now) {
    if (outcome_ == nullptr) return std::nullopt;
    std::optional<Attempt> attempt;
    {
      const std::lock_guard lock(outcome_->mutex);
      if (!outcome_->attempt) return std::nullopt;
      attempt = std::move(outcome_->attempt);
    }
    outcome_.reset();
    if (attempt->ok()) connected_at_ = now;
    return attempt;
  }

 private:
  static constexpr std::chrono::seconds kLasting{5};

  struct Outcome {
    std::mutex mutex;
    std::optional<Attempt> attempt;
  };

  std::function<Attempt()> open_;
  relay::Backoff backoff_;
  std::shared_ptr<Wakeup> wakeup_;
  std::shared_ptr<Outcome> outcome_;
  std::optional<relay::TimePoint> start_at_;
  std::optional<relay::TimePoint> connected_at_;
};

}  // namespace pg_checker::app
