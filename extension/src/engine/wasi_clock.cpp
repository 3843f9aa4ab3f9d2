// Time in a guest. The real-time clock stands still at the run's now. The monotonic clock moves
// with the fuel spent and with what the guest has slept, a nanosecond a tick: the same run sees the
// same times on any machine, and a loop that waits for the clock comes to an end.
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "engine/wasi.hpp"

namespace pg_checker::engine {

namespace {

enum Clock : uint32_t { kRealtime = 0, kMonotonic = 1, kProcessTime = 2, kThreadTime = 3 };

constexpr uint64_t kResolutionNanoseconds = 1000;

// Longest time for which nobody asks whether to go on.
constexpr std::chrono::milliseconds kSleepStep{5};

// Nanoseconds on `clock`; nothing if there is no such clock.
std::optional<uint64_t> Read(HostCall& call, uint32_t clock) {
  Instance& instance = call.instance();
  const uint64_t now = static_cast<uint64_t>(call.host().NowMicroseconds()) * 1000;
  const uint64_t spent = static_cast<uint64_t>(instance.FuelUsed());
  switch (clock) {
    case kRealtime:
      return now;
    case kMonotonic:
      return now + spent + instance.wasi().slept_nanoseconds;
    case kProcessTime:
    case kThreadTime:
      return spent;
    default:
      return std::nullopt;
  }
}

// subscription, 48 bytes: userdata u64@0, tag u8@8; a clock has id u32@16, timeout u64@24,
// precision u64@32, flags u16@40; a descriptor is u32@16.
constexpr uint32_t kSubscriptionBytes = 48;
// event, 32 bytes: userdata u64@0, error u16@8, type u8@10, bytes u64@16, flags u16@24.
constexpr uint32_t kEventBytes = 32;
// A guest polls three descriptors and a handful of timers.
constexpr uint32_t kSubscriptionsAtMost = 4096;

enum EventType : uint8_t { kClockEvent = 0, kReadEvent = 1, kWriteEvent = 2 };

constexpr uint16_t kAbsolute = 1;  // type subclockflags
constexpr uint16_t kHangup = 1;    // type eventrwflags

struct Subscription {
  uint64_t userdata;
  uint8_t tag;
  uint32_t clock_or_descriptor;
  uint64_t timeout;
  uint16_t flags;
};

struct Event {
  uint64_t userdata;
  WasiErrno error;
  uint8_t type;
  uint64_t bytes = 0;
  uint16_t flags = 0;
};

template <typename Number>
Number Load(const char* bytes) {
  Number number;
  std::memcpy(&number, bytes, sizeof(number));
  return number;
}

template <typename Number>
void Store(std::string& bytes, size_t offset, Number number) {
  std::memcpy(bytes.data() + offset, &number, sizeof(number));
}

Subscription Decode(const char* bytes) {
  return {Load<uint64_t>(bytes), Load<uint8_t>(bytes + 8), Load<uint32_t>(bytes + 16),
          Load<uint64_t>(bytes + 24), Load<uint16_t>(bytes + 40)};
}

std::string Encode(const std::vector<Event>& events) {
  std::string bytes(events.size() * kEventBytes, '\0');
  for (size_t i = 0; i < events.size(); ++i) {
    const size_t at = i * kEventBytes;
    Store(bytes, at, events[i].userdata);
    Store(bytes, at + 8, static_cast<uint16_t>(events[i].error));
    Store(bytes, at + 10, events[i].type);
    Store(bytes, at + 16, events[i].bytes);
    Store(bytes, at + 24, events[i].flags);
  }
  return bytes;
}

// Nanoseconds until a clock's subscription is due; nothing if there is no such clock.
std::optional<uint64_t> Due(HostCall& call, const Subscription& subscription) {
  const std::optional<uint64_t> now = Read(call, subscription.clock_or_descriptor);
  if (!now.has_value()) return std::nullopt;
  if ((subscription.flags & kAbsolute) == 0) return subscription.timeout;
  return subscription.timeout > *now ? subscription.timeout - *now : 0;
}

Event OnDescriptor(HostCall& call, const Subscription& subscription) {
  constexpr uint64_t kPipeBytes = 65536;
  const uint32_t descriptor = subscription.clock_or_descriptor;
  const bool for_reading = subscription.tag == kReadEvent;
  Event event{subscription.userdata, WasiErrno::kSuccess, subscription.tag};
  if (!IsOpen(call, descriptor) || for_reading != (descriptor == 0)) {
    event.error = WasiErrno::kBadDescriptor;
  } else if (for_reading) {
    event.bytes = call.instance().wasi().input.size();
    event.flags = event.bytes == 0 ? kHangup : 0;
  } else {
    event.bytes = kPipeBytes;
  }
  return event;
}

// Really waits, and asks the host all the while.
Result<void> Sleep(HostCall& call, uint64_t nanoseconds) {
  using std::chrono::steady_clock;
  // Longer than a process lives, and far from an overflow.
  constexpr uint64_t kLongest = uint64_t{1} << 60;
  const auto end = steady_clock::now() + std::chrono::nanoseconds(std::min(nanoseconds, kLongest));
  for (;;) {
    if (Result<void> go_on = call.host().Continue(); !go_on.ok()) return go_on;
    const auto left = end - steady_clock::now();
    if (left <= steady_clock::duration::zero()) return {};
    const auto step = std::min<std::chrono::nanoseconds>(left, kSleepStep);
    // A signal may cut it short: the host is asked then at once.
    const timespec time{0, static_cast<long>(step.count())};
    nanosleep(&time, nullptr);
  }
}

// What is ready; if nothing is, sleeps until the first clock is due.
Result<std::vector<Event>> Wait(HostCall& call, const std::vector<Subscription>& subscriptions) {
  std::vector<Event> events;
  std::vector<uint64_t> due(subscriptions.size(), UINT64_MAX);
  uint64_t first = UINT64_MAX;
  bool clocks = false;
  for (size_t i = 0; i < subscriptions.size(); ++i) {
    const Subscription& subscription = subscriptions[i];
    if (subscription.tag == kReadEvent || subscription.tag == kWriteEvent) {
      events.push_back(OnDescriptor(call, subscription));
    } else if (const std::optional<uint64_t> left =
                   subscription.tag == kClockEvent ? Due(call, subscription) : std::nullopt) {
      due[i] = *left;
      first = std::min(first, *left);
      clocks = true;
    } else {
      events.push_back({subscription.userdata, WasiErrno::kInvalid, subscription.tag});
    }
  }
  if (!events.empty()) {
    first = 0;
  } else if (clocks) {
    if (Result<void> slept = Sleep(call, first); !slept.ok()) return slept.error();
    call.instance().wasi().slept_nanoseconds += first;
  }
  for (size_t i = 0; i < subscriptions.size(); ++i) {
    if (subscriptions[i].tag == kClockEvent && due[i] <= first) {
      events.push_back({subscriptions[i].userdata, WasiErrno::kSuccess, kClockEvent});
    }
  }
  return events;
}

}  // namespace

// (id, resolution)
Result<WasiErrno> ClockResGet(HostCall& call) {
  if (call.U32(0) > kThreadTime) return WasiErrno::kInvalid;
  Result<void> written = call.WriteNumber(call.U32(1), kResolutionNanoseconds);
  if (!written.ok()) return written.error();
  return WasiErrno::kSuccess;
}

// (id, precision, time)
Result<WasiErrno> ClockTimeGet(HostCall& call) {
  const std::optional<uint64_t> time = Read(call, call.U32(0));
  if (!time.has_value()) return WasiErrno::kInvalid;
  Result<void> written = call.WriteNumber(call.U32(2), *time);
  if (!written.ok()) return written.error();
  return WasiErrno::kSuccess;
}

// (subscriptions, events, number, number of events)
Result<WasiErrno> PollOneoff(HostCall& call) {
  const uint32_t number = call.U32(2);
  if (number == 0 || number > kSubscriptionsAtMost) return WasiErrno::kInvalid;
  const Result<std::string> bytes = call.Bytes(call.U32(0), number * kSubscriptionBytes);
  if (!bytes.ok()) return bytes.error();
  for (const auto& [pointer, length] :
       {std::pair{call.U32(1), number * kEventBytes}, std::pair{call.U32(3), uint32_t{4}}}) {
    if (Result<void> inside = call.Check(pointer, length); !inside.ok()) return inside.error();
  }
  std::vector<Subscription> subscriptions;
  subscriptions.reserve(number);
  for (uint32_t i = 0; i < number; ++i) {
    subscriptions.push_back(Decode(bytes->data() + size_t{i} * kSubscriptionBytes));
  }
  const Result<std::vector<Event>> events = Wait(call, subscriptions);
  if (!events.ok()) return events.error();
  if (Result<void> written = call.Write(call.U32(1), Encode(*events)); !written.ok()) {
    return written.error();
  }
  if (Result<void> written = call.WriteNumber(call.U32(3), static_cast<uint32_t>(events->size()));
      !written.ok()) {
    return written.error();
  }
  return WasiErrno::kSuccess;
}

}  // namespace pg_checker::engine
