// Fuel is exact, and stopping a guest is prompt.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "engine/fuel_meter.hpp"
#include "fake_host.hpp"
#include "guest.hpp"

namespace pg_checker::engine {
namespace {

using std::chrono::steady_clock;
using testing::HasSubstr;

// Enters and loops; host calls and bulk operations in between.
constexpr const char* kWork = R"((module
  (import "checker" "fail" (func $fail (param i32 i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory (export "memory") 4)
  (func $one)
  (func (export "check") (local $i i32)
    (loop $again
      (call $one)
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (if (i32.eq (i32.rem_u (local.get $i) (i32.const 1000)) (i32.const 0))
        (then (call $fail (i32.const 0) (i32.const 640))
              (drop (call $random (i32.const 1000) (i32.const 200000)))
              (memory.fill (i32.const 0) (i32.const 65) (i32.const 131072))))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 20000))))))
)";

constexpr const char* kEndless = "(module (func (export \"check\") (loop $l (br $l))))";

TEST(FuelMeter, HandsOutNoMoreThanTheLimit) {
  FuelMeter meter(12'000);
  EXPECT_EQ(meter.slice(), 5'000);
  EXPECT_TRUE(meter.Settle(-1));
  EXPECT_EQ(meter.slice(), 5'000);
  EXPECT_EQ(meter.Used(4'000), 6'001);
  EXPECT_TRUE(meter.Settle(0));
  EXPECT_EQ(meter.slice(), 1'999);
  EXPECT_EQ(meter.Used(1'999), 10'001);
  EXPECT_TRUE(meter.Settle(0));
  EXPECT_EQ(meter.slice(), 0);
  EXPECT_FALSE(meter.Settle(-1));
  EXPECT_EQ(meter.Used(0), 12'000);
  EXPECT_FALSE(meter.Settle(5));
}

TEST(FuelMeter, TakesAnOverdraftOfAnySize) {
  FuelMeter meter(0);
  EXPECT_TRUE(meter.Settle(-1'000'000));
  EXPECT_EQ(meter.Used(meter.slice()), 1'005'000);
  EXPECT_EQ(meter.slice(), 5'000);
}

TEST(Fuel, OfSmallGuestsIsThatOfTheirEntriesAndTurns) {
  FakeHost host;
  EXPECT_EQ(RunGuest(*Guest("(module (func (export \"check\")))"), host).fuel, 1);
  EXPECT_EQ(RunGuest(*Guest(R"((module (func $f) (func (export "check") (local $i i32)
    (call $f) (call $f)
    (loop $l (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10)))))))"),
                     host)
                .fuel,
            13);
}

TEST(Fuel, IsExact) {
  FakeHost host;
  const auto guest = Guest(kWork);
  const RunReport unlimited = RunGuest(*guest, host);
  ASSERT_EQ(Describe(unlimited), "none");
  EXPECT_GT(unlimited.fuel, 100'000);
  EXPECT_GT(host.continued, 4);

  RunOptions options = Options();
  options.limits.fuel = unlimited.fuel;
  const RunReport enough = RunGuest(*guest, host, options);
  EXPECT_EQ(Describe(enough), "none");
  EXPECT_EQ(enough.fuel, unlimited.fuel);

  options.limits.fuel = unlimited.fuel - 1;
  const RunReport too_little = RunGuest(*guest, host, options);
  ASSERT_TRUE(too_little.error.has_value());
  EXPECT_EQ(too_little.error->kind, ErrorKind::kFuel);
  EXPECT_EQ(too_little.error->message,
            "fuel limit of " + std::to_string(unlimited.fuel - 1) + " is used up");
  EXPECT_THAT(too_little.error->hint, HasSubstr("checker.fuel"));
  EXPECT_EQ(too_little.fuel, unlimited.fuel - 1);
}

TEST(Fuel, IsExactForEverySmallLimit) {
  FakeHost host;
  const auto guest = Guest(R"((module (func $f) (func (export "check") (local $i i32)
    (loop $l (call $f)
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 5)))))))");
  const int64_t needed = RunGuest(*guest, host).fuel;
  EXPECT_EQ(needed, 11);
  for (int64_t limit = 1; limit < needed + 3; ++limit) {
    RunOptions options = Options();
    options.limits.fuel = limit;
    const RunReport report = RunGuest(*guest, host, options);
    EXPECT_EQ(report.error.has_value(), limit < needed) << limit;
    EXPECT_EQ(report.fuel, std::min(limit, needed));
  }
}

TEST(Fuel, IsTheSameInEveryRun) {
  FakeHost host;
  const auto guest = Guest(kWork);
  const RunReport first = RunGuest(*guest, host);
  const std::vector<std::pair<Outcome, std::string>> outcomes = std::exchange(host.outcomes, {});
  const RunReport second = RunGuest(*guest, host);
  EXPECT_EQ(first.fuel, second.fuel);
  EXPECT_EQ(outcomes, host.outcomes);
}

// Whatever ends a run, in whichever function: the ticks up to there are the report's.
TEST(Fuel, IsExactAtEveryTrap) {
  const auto fuel = [](std::string_view ending, std::string_view error) {
    FakeHost host;
    std::string wat = R"((module
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (import "checker" "fail" (func $fail (param i32 i32)))
      (memory (export "memory") 1) (table 1 funcref)
      (func $end )";
    wat += ending;
    wat += R"()
      (func (export "check") (local $i i32)
        (loop $l
          (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                              (i32.const 35000))))
        (call $end))))";
    const RunReport report = RunGuest(*Guest(wat), host);
    EXPECT_THAT(Describe(report), HasSubstr(error));
    return report.fuel;
  };
  constexpr int64_t kTicks = 1 + 35'000 + 1;  // check, its turns, $end
  EXPECT_EQ(fuel("", "none"), kTicks);
  EXPECT_EQ(fuel("unreachable", "unreachable"), kTicks);
  EXPECT_EQ(fuel("(drop (i32.div_u (i32.const 1) (i32.const 0)))", "divide"), kTicks);
  EXPECT_EQ(fuel("(drop (i32.load (i32.const 65536)))", "out of bounds"), kTicks);
  EXPECT_EQ(fuel("(i64.store (i32.const -8) (i64.const 1))", "out of bounds"), kTicks);
  EXPECT_EQ(fuel("(call_indirect (i32.const 0))", "null or wrong function type"), kTicks);
  EXPECT_EQ(fuel("(memory.fill (i32.const 65000) (i32.const 0) (i32.const 1000))", "out of bounds"),
            kTicks);
  EXPECT_EQ(fuel("(call $fail (i32.const 65000) (i32.const 1000))", "outside"), kTicks);
  EXPECT_EQ(fuel("(call $exit (i32.const 0))", "none"), kTicks);
}

TEST(Fuel, IsExactWhereTheStackOverflows) {
  // How deep it gets is the compiler's choice; two runs get equally deep.
  const auto guest = Guest(
      "(module (func $f (export \"check\") (result i32) "
      "(i32.add (call $f) (i32.const 1))))");
  FakeHost host;
  const RunReport first = RunGuest(*guest, host);
  EXPECT_THAT(Describe(first), HasSubstr("over the stack limit"));
  EXPECT_GT(first.fuel, 1000);
  EXPECT_EQ(RunGuest(*guest, host).fuel, first.fuel);
}

TEST(Continue, EndsAnEndlessLoop) {
  FakeHost host;
  host.on_continue = [&]() -> Result<void> {
    if (host.continued < 100) return {};
    return Error{ErrorKind::kTimeout, "timeout of 1 s is over"};
  };
  const RunReport report = RunGuest(*Guest(kEndless), host);
  EXPECT_EQ(Describe(report), "timeout timeout of 1 s is over");
  // The account stands where the host said no.
  EXPECT_EQ(report.fuel, 100 * (kFuelSliceTicks + 1));
}

TEST(Continue, IsAskedOncePerSlice) {
  FakeHost host;
  RunOptions options = Options();
  options.limits.fuel = 10 * kFuelSliceTicks;
  EXPECT_EQ(RunGuest(*Guest(kEndless), host, options).error->kind, ErrorKind::kFuel);
  EXPECT_GE(host.continued, 9);
  EXPECT_LE(host.continued, 11);
}

TEST(Continue, IsAskedDuringHugeFillsAndCopies) {
  const auto guest = Guest(R"((module (memory 512)
    (func (export "check") (loop $l
      (memory.fill (i32.const 0) (i32.const 1) (i32.const 33554432))
      (memory.copy (i32.const 1) (i32.const 0) (i32.const 33554431)) (br $l)))))");
  FakeHost host;
  auto last = steady_clock::now();
  auto longest = steady_clock::duration::zero();
  host.on_continue = [&]() -> Result<void> {
    const auto now = steady_clock::now();
    // The first touch of fresh pages is the kernel's time.
    if (host.continued > 60) longest = std::max(longest, now - last);
    last = now;
    if (host.continued < 600) return {};
    return Error{ErrorKind::kStopped, "enough"};
  };
  EXPECT_EQ(Describe(RunGuest(*guest, host)), "stopped enough");
  EXPECT_LT(longest, std::chrono::milliseconds(200));
}

void StopAtTheThirdQuestion(FakeHost& host) {
  host.on_continue = [&host]() -> Result<void> {
    if (host.continued < 3) return {};
    return Error{ErrorKind::kStopped, "cancelled"};
  };
}

TEST(StopFlag, IsSeenInsideOfALargeFunction) {
  // A body of thousands of instructions without a call or loop of its own, which the host wants to
  // end.
  std::string body;
  for (int i = 0; i < 3000; ++i)
    body += "(local.set 0 (i32.mul (i32.add (local.get 0) (i32.const 7)) (i32.const 3)))";
  const auto guest =
      Guest("(module (func (export \"check\") (local i32) (loop $l " + body + " (br $l))))");
  volatile int stop = 1;
  FakeHost host;
  host.stop_flag = &stop;
  StopAtTheThirdQuestion(host);
  const RunReport report = RunGuest(*guest, host);
  EXPECT_EQ(Describe(report), "stopped cancelled");
  // The flag made the guest ask long before a slice was used up.
  EXPECT_LT(report.fuel, 100);
}

// What a guest does over and over in a few lines that take long: the flag makes it ask at once, and
// the ticks are those without the flag.
TEST(StopFlag, IsSeenBehindWhatTakesTheHostsTime) {
  const auto fuel_until_third_question = [](std::string_view again) {
    std::string wat = R"((module
      (import "checker" "now" (func $now (result i64)))
      (memory (export "memory") 1) (table $t 1 funcref) (table $x 1 externref)
      (func (export "check") (local $p i32) (loop $l )";
    wat += again;
    wat += " (br $l))))";
    volatile int stop = 1;
    FakeHost host;
    host.stop_flag = &stop;
    StopAtTheThirdQuestion(host);
    const RunReport report = RunGuest(*Guest(wat), host);
    EXPECT_EQ(Describe(report), "stopped cancelled");
    return report.fuel;
  };
  constexpr int64_t kTicks = 1 + 3;  // check, and three turns
  EXPECT_EQ(fuel_until_third_question("(drop (call $now))"), kTicks);
  EXPECT_EQ(fuel_until_third_question("(drop (memory.grow (i32.const 60000)))"), kTicks);
  EXPECT_EQ(fuel_until_third_question("(drop (memory.grow (i32.const 0)))"), kTicks);
  EXPECT_EQ(
      fuel_until_third_question("(drop (table.grow $t (ref.null func) (i32.const 99999999)))"),
      kTicks);
  EXPECT_EQ(
      fuel_until_third_question("(drop (table.grow $x (ref.null extern) (i32.const 99999999)))"),
      kTicks);
  std::string chain = "(local.get $p)";
  for (int i = 0; i < 20; ++i) chain = "(i32.load " + chain + ")";
  EXPECT_LE(fuel_until_third_question("(local.set $p " + chain + ")"), kTicks);
}

}  // namespace
}  // namespace pg_checker::engine
