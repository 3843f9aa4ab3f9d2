// Time and sleeping in a guest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstring>

#include "fake_host.hpp"
#include "guest.hpp"
#include "probe.hpp"

namespace pg_checker::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

constexpr char kWasi[] = "wasi_snapshot_preview1";
constexpr uint64_t kContent = Probe::kContent;
constexpr uint64_t kInvalid = 28;

constexpr uint64_t kRealtime = 0;
constexpr uint64_t kMonotonic = 1;

// One subscription of 48 bytes.
std::string Subscription(uint64_t userdata, uint8_t tag, uint32_t clock_or_descriptor,
                         uint64_t timeout = 0, uint16_t flags = 0) {
  std::string bytes(48, '\0');
  std::memcpy(bytes.data(), &userdata, 8);
  bytes[8] = static_cast<char>(tag);
  std::memcpy(bytes.data() + 16, &clock_or_descriptor, 4);
  std::memcpy(bytes.data() + 24, &timeout, 8);
  std::memcpy(bytes.data() + 40, &flags, 2);
  return bytes;
}

constexpr uint64_t kEvents = 2000;
constexpr uint64_t kCount = 1900;

TEST(ClockTimeGet, StandsStillInRealTime) {
  FakeHost host;
  Probe probe(kWasi, "clock_time_get", "iIi:i");
  EXPECT_EQ(probe.Call(host, {kRealtime, 1, 1200}).Long(1200), 1'700'000'000'000'000'000u);
  const uint64_t monotonic = probe.Call(host, {kMonotonic, 1, 1200}).Long(1200);
  EXPECT_GT(monotonic, 1'700'000'000'000'000'000u);
  EXPECT_EQ(probe.Call(host, {kMonotonic, 1, 1200}).Long(1200), monotonic);
  EXPECT_EQ(probe.Call(host, {4, 1, 1200}).results[0], kInvalid);
  EXPECT_THAT(Describe(probe.Call(host, {0, 1, 65529}).report),
              HasSubstr("length 8 is outside of"));
}

TEST(ClockResGet, IsAMicrosecond) {
  FakeHost host;
  Probe probe(kWasi, "clock_res_get", "ii:i");
  EXPECT_EQ(probe.Call(host, {0, 1200}).Long(1200), 1000u);
  EXPECT_EQ(probe.Call(host, {9, 1200}).results[0], kInvalid);
}

TEST(PollOneoff, Sleeps) {
  FakeHost host;
  Probe probe(kWasi, "poll_oneoff", "iiii:i");
  const auto start = steady_clock::now();
  const Probe::Reply reply =
      probe.Call(host, {kContent, kEvents, 1, kCount}, Subscription(77, 0, 1, 30'000'000));
  EXPECT_GE(steady_clock::now() - start, milliseconds(30));
  EXPECT_EQ(reply.results[0], 0u);
  EXPECT_EQ(reply.Word(kCount), 1u);
  EXPECT_EQ(reply.Long(kEvents), 77u);
  EXPECT_EQ(reply.Long(kEvents + 8), 0u);
  EXPECT_GE(host.continued, 6);
}

TEST(PollOneoff, CanBeInterrupted) {
  FakeHost host;
  host.on_continue = [&]() -> Result<void> {
    if (host.continued < 4) return {};
    return Error{ErrorKind::kStopped, "cancelled"};
  };
  Probe probe(kWasi, "poll_oneoff", "iiii:i");
  const uint64_t ages = UINT64_MAX;
  EXPECT_EQ(
      Describe(
          probe.Call(host, {kContent, kEvents, 1, kCount}, Subscription(1, 0, 1, ages)).report),
      "stopped cancelled");
}

TEST(PollOneoff, DoesNotWaitForWhatIsReady) {
  FakeHost host;
  Probe probe(kWasi, "poll_oneoff", "iiii:i");
  const std::string subscriptions = Subscription(1, 0, 1, UINT64_MAX) + Subscription(2, 1, 0) +
                                    Subscription(3, 2, 1) + Subscription(4, 2, 7) +
                                    Subscription(5, 0, 99);
  const Probe::Reply reply =
      probe.Call(host, {kContent, kEvents, 5, kCount}, subscriptions, {}, "12345");
  ASSERT_EQ(reply.Word(kCount), 4u);
  EXPECT_EQ(reply.Long(kEvents), 2u);
  EXPECT_EQ(reply.Long(kEvents + 16), 5u);  // bytes to read
  EXPECT_EQ(reply.Long(kEvents + 32), 3u);
  EXPECT_EQ(reply.Long(kEvents + 64), 4u);
  EXPECT_EQ(reply.Word(kEvents + 64 + 8) & 0xFFFF, 8u);
  EXPECT_EQ(reply.Long(kEvents + 96), 5u);
  EXPECT_EQ(reply.Word(kEvents + 96 + 8) & 0xFFFF, kInvalid);
}

TEST(PollOneoff, ReportsTheEndOfInput) {
  FakeHost host;
  const Probe::Reply reply = Probe(kWasi, "poll_oneoff", "iiii:i")
                                 .Call(host, {kContent, kEvents, 1, kCount}, Subscription(9, 1, 0));
  EXPECT_EQ(reply.Long(kEvents + 16), 0u);
  EXPECT_EQ(reply.Word(kEvents + 24) & 0xFFFF, 1u);
}

TEST(PollOneoff, TakesAbsoluteTimes) {
  FakeHost host;
  Probe probe(kWasi, "poll_oneoff", "iiii:i");
  const uint64_t now = 1'700'000'000'000'000'000u;
  const auto start = steady_clock::now();
  const std::string subscriptions =
      Subscription(1, 0, 0, now + 20'000'000, 1) + Subscription(2, 0, 0, UINT64_MAX, 1);
  const Probe::Reply reply = probe.Call(host, {kContent, kEvents, 2, kCount}, subscriptions);
  EXPECT_GE(steady_clock::now() - start, milliseconds(20));
  EXPECT_EQ(reply.Word(kCount), 1u);
  EXPECT_EQ(reply.Long(kEvents), 1u);
  EXPECT_EQ(
      probe.Call(host, {kContent, kEvents, 1, kCount}, Subscription(1, 0, 0, 5, 1)).Word(kCount),
      1u);
}

TEST(PollOneoff, MovesTheMonotonicClockByWhatWasAsked) {
  FakeHost host;
  const auto guest = Guest(R"((module
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "check") (result i32)
      (i32.store (i32.const 16) (i32.const 1)) (i64.store (i32.const 24) (i64.const 3000000))
      (drop (call $time (i32.const 1) (i64.const 0) (i32.const 200)))
      (drop (call $poll (i32.const 0) (i32.const 300) (i32.const 1) (i32.const 400)))
      (drop (call $time (i32.const 1) (i64.const 0) (i32.const 208)))
      (i32.wrap_i64 (i64.sub (i64.load (i32.const 208)) (i64.load (i32.const 200)))))))");
  EXPECT_EQ(RunGuest(*guest, host).check_result, 3'000'000);
}

TEST(PollOneoff, RefusesBadArguments) {
  FakeHost host;
  Probe probe(kWasi, "poll_oneoff", "iiii:i");
  EXPECT_EQ(probe.Call(host, {kContent, kEvents, 0, kCount}).results[0], kInvalid);
  EXPECT_EQ(probe.Call(host, {kContent, kEvents, 0xFFFFFFFF, kCount}).results[0], kInvalid);
  EXPECT_THAT(Describe(probe.Call(host, {65500, kEvents, 1, kCount}).report),
              HasSubstr("pointer 65500"));
  EXPECT_THAT(Describe(probe.Call(host, {kContent, 65505, 1, kCount}).report),
              HasSubstr("pointer 65505"));
  EXPECT_THAT(Describe(probe.Call(host, {kContent, kEvents, 1, 65533}).report),
              HasSubstr("pointer 65533"));
}

}  // namespace
}  // namespace pg_checker::engine
