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
