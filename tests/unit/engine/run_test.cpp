// How a run starts and ends.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cfenv>
#include <chrono>
#include <fstream>
#include <stdexcept>
#include <string>

#include "fake_host.hpp"
#include "guest.hpp"

namespace pg_checker::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

RunReport RunText(std::string_view wat, FakeHost& host, const RunOptions& options = Options()) {
  return RunGuest(*Guest(wat), host, options);
}

TEST(Run, ReturnsWhatCheckReturns) {
  FakeHost host;
  RunReport report =
      RunText("(module (func (export \"check\") (result i32) (i32.const -7)))", host);
  EXPECT_EQ(Describe(report), "none");
  EXPECT_EQ(report.check_result, -7);
  EXPECT_FALSE(report.exit_code.has_value());
  report = RunText("(module (func (export \"check\")))", host);
  EXPECT_EQ(Describe(report), "none");
  EXPECT_FALSE(report.check_result.has_value());
}

TEST(Run, InitializesFirst) {
  FakeHost host;
  const RunReport report = RunText(R"((module (global $g (mut i32) (i32.const 1))
    (func $start (global.set $g (i32.mul (global.get $g) (i32.const 10))))
    (func (export "_initialize") (global.set $g (i32.add (global.get $g) (i32.const 5))))
    (func (export "check") (result i32) (global.get $g)) (start $start)))",
                                   host);
  EXPECT_EQ(report.check_result, 15);
}

TEST(Run, PrefersCheckToACommandsStart) {
  FakeHost host;
  const RunReport report = RunText(R"((module (func (export "_start") unreachable)
    (func (export "check") (result i32) (i32.const 1))))",
                                   host);
  EXPECT_EQ(report.check_result, 1);
  EXPECT_EQ(RunText("(module (func (export \"_start\")))", host).exit_code, 0);
}

struct TrapCase {
  const char* name;
  const char* body;
  const char* description;
};

class Trapping : public testing::TestWithParam<TrapCase> {};

TEST_P(Trapping, EndsTheRunWithItsName) {
  FakeHost host;
  const RunReport report =
      RunText(std::string("(module (memory 1) (table 2 funcref) (type $t (func)) (func $f (result "
                          "i32) i32.const 1) "
                          "(elem (i32.const 1) $f) (func (export \"check\") ") +
                  GetParam().body + "))",
              host);
  EXPECT_EQ(Describe(report), std::string("trap wasm trap: ") + GetParam().description);
}

INSTANTIATE_TEST_SUITE_P(
    Codes, Trapping,
    testing::Values(TrapCase{"Load", "(drop (i32.load (i32.const 65533)))",
                             "out of bounds memory or table access"},
                    TrapCase{"LoadWithOffset", "(drop (i64.load offset=4294967295 (i32.const -1)))",
                             "out of bounds memory or table access"},
                    TrapCase{"Fill", "(memory.fill (i32.const 1) (i32.const 0) (i32.const 65536))",
                             "out of bounds memory or table access"},
                    TrapCase{"Overflow", "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))",
                             "integer overflow"},
                    TrapCase{"Divide", "(drop (i32.div_u (i32.const 1) (i32.const 0)))",
                             "integer divide by zero"},
                    TrapCase{"Convert", "(drop (i32.trunc_f64_s (f64.const nan)))",
                             "invalid conversion to integer"},
                    TrapCase{"Unreachable", "unreachable", "unreachable executed"},
                    TrapCase{"NullCall", "(call_indirect (type $t) (i32.const 0))",
                             "indirect call to a null or wrong function type"},
                    TrapCase{"WrongType", "(call_indirect (type $t) (i32.const 1))",
                             "indirect call to a null or wrong function type"}),
    [](const auto& test) { return test.param.name; });

TEST(Run, TrapsInTheStartFunctionToo) {
  FakeHost host;
  EXPECT_EQ(Describe(RunText(R"((module (func $start unreachable) (start $start)
    (func (export "check"))))",
                             host)),
            "trap wasm trap: unreachable executed");
}

// The division keeps the C compiler from making a loop of it.
TEST(Run, EndlessRecursionIsAnErrorOfTheStack) {
  FakeHost host;
  const RunReport report = RunText(R"((module
    (func $down (param i32) (result i32) 
      (i32.div_u (i32.const 9) (call $down (i32.add (local.get 0) (i32.const 1)))))
    (func (export "check") (result i32) (call $down (i32.const 0)))))",
                                   host);
  ASSERT_TRUE(report.error.has_value());
  EXPECT_EQ(report.error->kind, ErrorKind::kStack);
  EXPECT_THAT(report.error->hint, HasSubstr("checker.stack_limit"));
}

TEST(Run, GivesEachRunAFreshInstance) {
  FakeHost host;
  const auto guest =
      Guest(R"((module (global $g (mut i32) (i32.const 0)) (memory (export "memory") 1)
    (table $t 1 10 funcref)
    (func (export "check") (result i32)
      (global.set $g (i32.add (global.get $g) (i32.const 1)))
      (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 10)))
      (drop (memory.grow (i32.const 1)))
      (drop (table.grow $t (ref.null func) (i32.const 1)))
      (i32.add (i32.mul (memory.size) (i32.const 1000)) (i32.add (i32.mul (table.size $t) (i32.const 100))
        (i32.add (global.get $g) (i32.load (i32.const 8))))))))");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(RunGuest(*guest, host).check_result, 2211);
}

TEST(Run, HostMethodMayRunAnotherGuest) {
  FakeHost inner_host;
  const auto inner = Guest(R"((module (import "checker" "fail" (func $fail (param i32 i32)))
    (memory (export "memory") 1) (data (i32.const 0) "inner")
    (func (export "check") (call $fail (i32.const 0) (i32.const 5)) unreachable)))");
  FakeHost host;
  RunReport inner_report;
  host.on_record = [&](std::string_view) -> Result<void> {
    inner_report = RunGuest(*inner, inner_host);
    return {};
  };
  const RunReport report = RunText(R"((module (import "checker" "warn" (func $warn (param i32 i32)))
    (memory (export "memory") 2) (data (i32.const 0) "outer")
    (func (export "check") (result i32)
      (call $warn (i32.const 0) (i32.const 5)) (i32.add (memory.size) (memory.grow (i32.const 1))))))",
                                   host);
  EXPECT_EQ(Describe(report), "none");
  EXPECT_EQ(report.check_result, 4);
  EXPECT_EQ(Describe(inner_report), "trap wasm trap: unreachable executed");
  EXPECT_THAT(inner_host.outcomes, ElementsAre(Pair(Outcome::kFail, "inner")));
  EXPECT_THAT(host.outcomes, ElementsAre(Pair(Outcome::kWarn, "outer")));
}

TEST(Run, ThrowsAHostsExceptionOnlyAfterTheGuestIsGone) {
  FakeHost host;
  host.on_record = [](std::string_view) -> Result<void> { throw std::runtime_error("a bug"); };
  const auto guest = Guest(R"((module (import "checker" "fail" (func $fail (param i32 i32)))
    (memory (export "memory") 1) (func (export "check") (call $fail (i32.const 0) (i32.const 0)))))");
  EXPECT_THROW((void)RunGuest(*guest, host), std::runtime_error);
  host.on_record = nullptr;
  EXPECT_EQ(Describe(RunGuest(*guest, host)), "none");
}

TEST(Run, HidesTheCallersRoundingAndKeepsItsState) {
  // In upward rounding a third of one would be larger.
  FakeHost host;
  const auto guest = Guest(R"((module (func (export "check") (result i32)
    (i32.wrap_i64 (i64.reinterpret_f64 (f64.div (f64.const 1) (f64.const 3)))))))");
  const auto traps = Guest(R"((module (func (export "check")
    (drop (f64.div (f64.const 1) (f64.const 0))) unreachable)))");
  ASSERT_EQ(std::fesetround(FE_UPWARD), 0);
  std::feclearexcept(FE_ALL_EXCEPT);
  const RunReport report = RunGuest(*guest, host);
  (void)RunGuest(*traps, host);
  const int rounding = std::fegetround();
  const int raised = std::fetestexcept(FE_ALL_EXCEPT);
  std::fesetround(FE_TONEAREST);
  EXPECT_EQ(report.check_result, 0x55555555);
  EXPECT_EQ(rounding, FE_UPWARD);
  EXPECT_EQ(raised, 0);
}

int Mappings() {
  std::ifstream maps("/proc/self/maps");
  return static_cast<int>(
      std::count(std::istreambuf_iterator<char>(maps), std::istreambuf_iterator<char>(), '\n'));
}

TEST(Run, LeavesNoMappingBehind) {
  FakeHost host;
  host.datasets["d"] = std::string(100'000, 'x');
  const auto guest = Guest(R"((module
    (import "checker" "dataset" (func $dataset (param i32 i32) (result i32 i32)))
    (memory (export "memory") 1) (data (i32.const 0) "d") (table 100 funcref)
    (func (export "check") (call $dataset (i32.const 0) (i32.const 1)) drop drop unreachable)))");
  const auto run = [&] {
    EXPECT_EQ(Describe(RunGuest(*guest, host)), "trap wasm trap: unreachable executed");
  };
  run();
  const int before = Mappings();
  for (int i = 0; i < 1000; ++i) run();
  EXPECT_LE(Mappings(), before + 2);
}

TEST(Module, RefusesWhatIsNoArtifact) {
  const Result<std::shared_ptr<Module>> missing = Module::Load("not an ELF file", "broken");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().kind, ErrorKind::kCache);
  Dl_info library;
  ASSERT_NE(dladdr(reinterpret_cast<void*>(&dlopen), &library), 0);
  const Result<std::shared_ptr<Module>> foreign =
      Module::Load(ReadFile(library.dli_fname), "foreign");
  ASSERT_FALSE(foreign.ok());
  EXPECT_THAT(foreign.error().detail, HasSubstr("checker_module"));
}

}  // namespace
}  // namespace pg_checker::engine
