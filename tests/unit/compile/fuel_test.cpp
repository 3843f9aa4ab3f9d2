// Fuel: one for each function entered and each turn of a loop, the same on every run, whatever the
// slice.
#include <gtest/gtest.h>

#include "guest_on_fake_host.hpp"

namespace pg_checker::compile_test {
namespace {

std::string Loop(int turns) {
  return "(module (func (export \"check\") (local $i i32) (loop $l (br_if $l (i32.lt_s (local.tee "
         "$i (i32.add (local.get "
         "$i) (i32.const 1))) (i32.const " +
         std::to_string(turns) + "))))))";
}

int64_t FuelOf(const std::string& wat) {
  GuestOnFakeHost guest(wat);
  EXPECT_EQ(guest.Run(), 0);
  return guest.fuel_used();
}

TEST(Fuel, OneForTheFunctionAndOneForEachTurn) {
  EXPECT_EQ(FuelOf("(module (func (export \"check\")))"), 1);
  EXPECT_EQ(FuelOf(Loop(1)), 2);
  EXPECT_EQ(FuelOf(Loop(1000)), 1001);
}

TEST(Fuel, DoesNotDependOnTheSlice) {
  GuestOnFakeHost guest(Loop(12345));
  for (int64_t slice : {1, 2, 7, 1000, 20000}) {
    guest.slice = slice;
    ASSERT_EQ(guest.Run(), 0);
    EXPECT_EQ(guest.fuel_used(), 12346) << "slice " << slice;
  }
}

TEST(Fuel, LimitStopsAtTheExactTick) {
  GuestOnFakeHost guest(Loop(5000));
  guest.slice = 100;
  guest.fuel_limit = 5001;
  EXPECT_EQ(guest.Run(), 0);
  guest.fuel_limit = 5000;
  EXPECT_EQ(guest.Run(), CHECKER_TRAP_FUEL);
  guest.fuel_limit = 0;
  EXPECT_EQ(guest.Run(), CHECKER_TRAP_FUEL) << "the entry itself costs one";
}

TEST(Fuel, OverdraftIsOneTickAtATime) {
  GuestOnFakeHost guest(Loop(1000));
  guest.slice = 10;
  ASSERT_EQ(guest.Run(), 0);
  ASSERT_FALSE(guest.refuels.empty());
  for (int64_t came_in : guest.refuels) EXPECT_EQ(came_in, -1);
}

TEST(Fuel, CallsOfEveryKindAreCounted) {
  const std::string callee = "(func $f (param i32) (result i32) (local.get 0))";
  EXPECT_EQ(
      FuelOf("(module " + callee + "(func (export \"check\") (drop (call $f (i32.const 1)))))"), 2);
  EXPECT_EQ(FuelOf("(module (table 1 funcref) (elem (i32.const 0) $f) " + callee +
                   "(func (export \"check\") (drop (call_indirect (param i32) (result i32) "
                   "(i32.const 1) (i32.const 0)))))"),
            2);
  EXPECT_EQ(FuelOf("(module (func $p (result i32 i64) (i32.const 1) (i64.const 2)) "
                   "(func (export \"check\") (call $p) drop drop (call $p) drop drop))"),
            3);
  EXPECT_EQ(FuelOf("(module (import \"checker\" \"fail\" (func $i (param i32 i32))) "
                   "(func (export \"check\") (call $i (i32.const 0) (i32.const 0))))"),
            1)
      << "the host charges for its own functions";
}

TEST(Fuel, RecursionIsCounted) {
  GuestOnFakeHost guest(
      "(module (func $fib (param i32) (result i32) (if (result i32) (i32.lt_s (local.get 0) "
      "(i32.const 2))"
      " (then (local.get 0)) (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))"
      " (call $fib (i32.sub (local.get 0) (i32.const 2)))))))"
      " (func (export \"check\") (result i32) (call $fib (i32.const 15))))");
  ASSERT_EQ(guest.Run(), 0);
  EXPECT_EQ(guest.result(), 610u);
  EXPECT_EQ(guest.fuel_used(), 1 + 1973);
}

TEST(Fuel, UnreachableLoopsAndCallsCostNothing) {
  // Behind br, br_table, return and unreachable the writer leaves code out; the census must agree.
  const char* dead =
      "(loop $d (br $d)) (call $f) (memory.fill (i32.const 0) (i32.const 0) (i32.const 64))";
  for (const char* end : {"(br 0)", "(return)", "(br_table 0 0 (i32.const 1))"}) {
    std::string wat = std::string("(module (memory 1) (func $f) (func (export \"check\") (block ") +
                      end + dead + ") ))";
    EXPECT_EQ(FuelOf(wat), 1) << end;
  }
  GuestOnFakeHost guest(
      std::string("(module (memory 1) (func $f) (func (export \"check\") unreachable ") + dead +
      "))");
  EXPECT_EQ(guest.Run(), WASM_RT_TRAP_UNREACHABLE);
}

TEST(Fuel, LoopsWithoutABodyOrALabel) {
  EXPECT_EQ(FuelOf("(module (func (export \"check\") (loop)))"), 1)
      << "an empty loop takes no turn";
  EXPECT_EQ(FuelOf("(module (func (export \"check\") (loop (nop))))"), 2);
  EXPECT_EQ(FuelOf("(module (func (export \"check\") (loop (loop (loop (nop))))))"), 4);
  EXPECT_EQ(FuelOf("(module (func (export \"check\") (if (i32.const 1) (then (loop (nop))) (else "
                   "(loop (nop))))))"),
            2);
}

TEST(Fuel, EndlessLoopsOfEveryFormAreStopped) {
  for (const char* body :
       {"(loop $l (br $l))", "(loop $l (block (br $l)))",
        "(loop $l (br_table $l $l (i32.const 0)))",
        "(loop $l (if (i32.const 1) (then (br $l)) (else (br $l))))",
        "(i32.const 0) (loop $l (param i32) (br $l))",
        "(loop $l (loop $m (br_if $m (i32.const 0)) (br $l)))", "(call $self)"}) {
    GuestOnFakeHost guest(std::string("(module (func $self (export \"check\") ") + body + "))");
    guest.stack_bytes = 4u << 20;
    int refuels = 0;
    guest.on_refuel = [&] { return ++refuels < 3; };
    guest.slice = 500;
    EXPECT_EQ(guest.Run(), CHECKER_TRAP_HOST) << body;
    EXPECT_EQ(refuels, 3) << body;
  }
}

// A loop whose body is so long that a whole slice of turns would take too long.
TEST(Fuel, LongStretchesPollTheStopFlag) {
  std::string body;
  for (int line = 0; line < 200; ++line) {
    body += "(local.set $x (i64.div_u (i64.const 1) (i64.add (local.get $x) (i64.const 3))))";
  }
  GuestOnFakeHost guest(
      "(module (import \"checker\" \"now\" (func $now (result i64)))"
      " (func (export \"check\") (local $x i64)"
      " (loop $l " +
      body + "(drop (call $now)) (br $l))))");
  guest.slice = 1'000'000'000;
  guest.on_call = [&](uint32_t, uint64_t*) {
    if (guest.calls.size() == 3) guest.stop = 1;
    return 0;
  };
  guest.on_refuel = [] { return false; };
  EXPECT_EQ(guest.Run(), CHECKER_TRAP_HOST);
  EXPECT_EQ(guest.calls.size(), 3u) << "stopped at the head of the next turn";
  ASSERT_EQ(guest.refuels.size(), 1u);
  EXPECT_GT(guest.refuels[0], 0) << "with fuel left";
}

TEST(Fuel, StopFlagWithoutReasonToStopCostsNothing) {
  std::string body;
  for (int line = 0; line < 60; ++line)
    body += "(local.set $x (i64.add (local.get $x) (i64.const 3)))";
  GuestOnFakeHost guest("(module (func (export \"check\") (local $x i64) (local $i i32) (loop $l " +
                        body +
                        "(br_if $l (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) "
                        "(i32.const 50))))))");
  guest.stop = 1;
  ASSERT_EQ(guest.Run(), 0);
  EXPECT_EQ(guest.fuel_used(), 51);
  EXPECT_EQ(guest.refuels.size(), 51u) << "asked at the entry and at each turn";
}

}  // namespace
}  // namespace pg_checker::compile_test
