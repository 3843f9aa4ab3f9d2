// Memory and tables under the limit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/guest_storage.hpp"
#include "fake_host.hpp"
#include "guest.hpp"

namespace pg_checker::engine {
namespace {

using testing::HasSubstr;

constexpr uint64_t kPage = CHECKER_PAGE_BYTES;

RunReport RunWithMemory(std::string_view wat, uint64_t limit_bytes) {
  FakeHost host;
  RunOptions options = Options();
  options.limits.memory_bytes = limit_bytes;
  return RunGuest(*Guest(wat), host, options);
}

TEST(MemoryLimit, RefusesAnInitialMemoryOverIt) {
  const char* guest = "(module (memory (export \"memory\") 3) (func (export \"check\")))";
  EXPECT_EQ(Describe(RunWithMemory(guest, 3 * kPage)), "none");
  const RunReport report = RunWithMemory(guest, 3 * kPage - 1);
  EXPECT_EQ(Describe(report),
            "memory initial memory of 196608 bytes is over the memory limit of 196607 bytes (The "
            "module starts with 3 "
            "pages of 65536 bytes.)");
  EXPECT_THAT(report.error->hint, HasSubstr("checker.memory_limit"));
}

TEST(MemoryLimit, MakesGrowReturnMinusOne) {
  const RunReport report = RunWithMemory(R"((module (memory 1) (func (export "check") (result i32)
    (i32.add (i32.mul (memory.grow (i32.const 2)) (i32.const 100)) (memory.grow (i32.const 1))))))",
                                         3 * kPage);
  EXPECT_EQ(Describe(report), "none");
  EXPECT_EQ(report.check_result, 99);
}

TEST(MemoryLimit, GrowsUpToTheModulesMaximum) {
  const RunReport report = RunWithMemory(R"((module (memory 1 2) (func (export "check") (result i32)
    (drop (memory.grow (i32.const 1))) (drop (memory.grow (i32.const 1))) (drop (memory.grow (i32.const -1)))
    (i32.store (i32.const 131068) (i32.const 1)) (i32.add (memory.size) (i32.load (i32.const 131068))))))",
                                         100 * kPage);
  EXPECT_EQ(report.check_result, 3);
}

TEST(MemoryLimit, IsNamedWhenATrapFollowsARefusal) {
  const RunReport report = RunWithMemory(R"((module (memory 1) (func (export "check")
    (if (i32.eq (memory.grow (i32.const 5)) (i32.const -1)) (then unreachable)))))",
                                         3 * kPage);
  EXPECT_EQ(Describe(report),
            "trap wasm trap: unreachable executed (memory.grow was refused before: 65536 bytes of "
            "memory plus 327680 "
            "bytes are over checker.memory_limit (196608 bytes).)");
}

// Whoever made it grow: the function itself, one that it calls, one that it calls by a table, and
// the host, which takes memory for the text of a parameter.
constexpr const char* kGrows = R"((module
  (import "checker" "param" (func $param (param i32 i32) (result i32 i32)))
  (memory (export "memory") 1) (data (i32.const 0) "big")
  (table 1 funcref) (elem (i32.const 0) $grow)
  (func $grow (drop (memory.grow (i32.const 1))))
  (func (export "check") (result i32) (local $at i32) (local $sum i32)
    (drop (memory.grow (i32.const 1)))
    (i32.store offset=65532 (i32.const 65536) (i32.const 1))
    (call $grow)
    (i32.store offset=131068 (i32.const 65536) (i32.const 10))
    (call_indirect (i32.const 0))
    (i32.store offset=196604 (i32.const 65536) (i32.const 100))
    (call $param (i32.const 0) (i32.const 3))
    drop
    (local.set $at)
    (i32.store (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 4)) (i32.const 1000))
    (loop $more
      (local.set $sum (i32.add (local.get $sum) (i32.load (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 4)))))
      (drop (memory.grow (i32.const 1)))
      (br_if $more (i32.lt_u (memory.size) (i32.const 40))))
    (i32.add (local.get $sum) (i32.add (i32.load (i32.const 131068))
      (i32.add (i32.load (i32.const 196604)) (i32.load (i32.const 262140)))))))
)";

TEST(Memory, IsThereAsSoonAsItHasGrown) {
  FakeHost host;
  host.params["big"] = std::string(100'000, 'x');
  const RunReport report = RunGuest(*Guest(kGrows), host, Options());
  EXPECT_EQ(Describe(report), "none");
  EXPECT_EQ(report.check_result, 1111);
}

TEST(Memory, EndsWhereItEndsHoweverItGrew) {
  for (const char* access :
       {"(i32.store8 (i32.const 131072) (i32.const 1))", "(drop (i32.load8_u (i32.const 131072)))",
        "(i64.store (i32.const 131065) (i64.const 1))",
        "(drop (f64.load offset=65536 (i32.const 65529)))",
        "(drop (i32.load offset=4294967295 (i32.const 131071)))",
        "(drop (i64.load offset=4294967295 (i32.const -1)))"}) {
    const std::string guest =
        std::string("(module (memory 1) (func $grow (drop (memory.grow (i32.const 1))))") +
        "(func (export \"check\") (call $grow) "
        "(i64.store (i32.const 131064) (i64.const 1)) " +
        access + "))";
    EXPECT_EQ(Describe(RunWithMemory(guest, 100 * kPage)),
              "trap wasm trap: out of bounds memory or table access")
        << access;
  }
}

TEST(Memory, OfNoPageHasNoByte) {
  for (const char* access :
       {"(drop (i32.load8_u (i32.const 0)))", "(drop (i64.load (i32.const -1)))",
        "(i64.store offset=4294967295 (i32.const 0) (i64.const 1))"}) {
    EXPECT_EQ(
        Describe(RunWithMemory(
            std::string("(module (memory 0) (func (export \"check\") ") + access + "))", kPage)),
        "trap wasm trap: out of bounds memory or table access")
        << access;
  }
}

TEST(MemoryLimit, StopsAMemoryBomb) {
  const RunReport report = RunWithMemory(R"((module (memory 1) (func (export "check") (result i32)
    (loop $l (br_if $l (i32.ne (memory.grow (i32.const 7)) (i32.const -1))))
    (memory.size))))",
                                         64u << 20);
  EXPECT_EQ(Describe(report), "none");
  EXPECT_EQ(report.check_result, 1 + 7 * 146);
}

TEST(MemoryLimit, CountsTables) {
  const char* bomb = "(module (table 10000000 funcref) (func (export \"check\")))";
  const RunReport report = RunWithMemory(bomb, 64u << 20);
  EXPECT_EQ(Describe(report),
            "memory table of 10000000 elements is over the memory limit of 67108864 bytes (An "
            "element takes 24 bytes.)");
  // 1,000 funcrefs leave two whole pages of three.
  EXPECT_EQ(
      RunWithMemory(R"((module (memory 1) (table 1000 funcref) (func (export "check") (result i32)
    (drop (memory.grow (i32.const 1))) (memory.grow (i32.const 1)))))",
                    3 * kPage)
          .check_result,
      -1);
}

TEST(MemoryLimit, MakesTableGrowReturnMinusOne) {
  const RunReport report = RunWithMemory(R"((module (table $f 0 funcref) (table $e 0 externref)
    (func (export "check") (result i32)
      (drop (table.grow $f (ref.null func) (i32.const 2000)))
      (i32.add (i32.mul (table.grow $f (ref.null func) (i32.const 1000)) (i32.const 10))
               (table.grow $e (ref.null extern) (i32.const 2000))))))",
                                         kPage);
  EXPECT_EQ(Describe(report), "none");
  EXPECT_EQ(report.check_result, -10);
}

TEST(GuestStorage, GrowsTablesByNulls) {
  GuestStorage storage(kPage);
  wasm_rt_externref_table_t table;
  ASSERT_EQ(storage.AllocateTable(&table, 2, 100), 0);
  EXPECT_EQ(storage.GrowTable(&table, 3), 2u);
  EXPECT_EQ(table.size, 5u);
  EXPECT_EQ(table.data[1], nullptr);
  EXPECT_EQ(table.data[4], nullptr);
  EXPECT_EQ(storage.GrowTable(&table, 96), UINT32_MAX);
  EXPECT_TRUE(storage.refusal().empty());
}

TEST(GuestStorage, ReservesWithoutUsing) {
  GuestStorage storage(uint64_t{4} << 30);
  wasm_rt_memory_t memory;
  ASSERT_EQ(storage.AllocateMemory(&memory, 1, 65536), 0);
  EXPECT_EQ(storage.Capacity(memory), uint64_t{4} << 30);
  EXPECT_EQ(storage.GrowMemory(&memory, 65535), 1u);
  EXPECT_EQ(memory.size, uint64_t{4} << 30);
  memory.data[memory.size - 1] = 1;
  EXPECT_EQ(storage.GrowMemory(&memory, 1), UINT32_MAX);
  EXPECT_EQ(storage.GrowMemory(&memory, 0), 65536u);
}

TEST(GuestStorage, TakesAMemoryOfNoPages) {
  GuestStorage storage(0);
  wasm_rt_memory_t memory;
  EXPECT_EQ(storage.AllocateMemory(&memory, 0, 65536), 0);
  EXPECT_EQ(storage.GrowMemory(&memory, 0), 0u);
  EXPECT_EQ(storage.GrowMemory(&memory, 1), UINT32_MAX);
  EXPECT_THAT(storage.refusal(), HasSubstr("checker.memory_limit"));
}

}  // namespace
}  // namespace pg_checker::engine
