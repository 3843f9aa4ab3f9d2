// Bulk operations: charged by size, all or nothing at the bounds, interruptible between chunks,
// overlap handled.
#include <gtest/gtest.h>

#include "guest_on_fake_host.hpp"

namespace pg_checker::compile_test {
namespace {

constexpr const char* kMemory = "(memory (export \"memory\") 256) (data $d \"0123456789\")";
constexpr const char* kTables =
    "(table $a 200000 funcref) (table $b 200000 funcref) (table $x 200000 externref) (func $f) "
    "(elem $e func $f $f $f)"
    "(elem $n externref (ref.null extern) (ref.null extern))";

std::string Doing(const std::string& instructions) {
  return std::string("(module ") + kMemory + kTables + " (func (export \"check\") " + instructions +
         "))";
}

void ExpectCost(int64_t units, const std::string& instructions) {
  GuestOnFakeHost guest(Doing(instructions));
  EXPECT_EQ(guest.Run(), 0) << instructions;
  EXPECT_EQ(guest.fuel_used(), 1 + units) << instructions;
}

TEST(BulkOperation, CostsOneFor64Bytes) {
  ExpectCost(0, "(memory.fill (i32.const 0) (i32.const 1) (i32.const 0))");
  ExpectCost(1, "(memory.fill (i32.const 0) (i32.const 1) (i32.const 1))");
  ExpectCost(1, "(memory.fill (i32.const 0) (i32.const 1) (i32.const 64))");
  ExpectCost(2, "(memory.fill (i32.const 0) (i32.const 1) (i32.const 65))");
  ExpectCost(3 * 16384 + 1, "(memory.fill (i32.const 5) (i32.const 1) (i32.const 3145729))");
  ExpectCost(16384 + 2, "(memory.copy (i32.const 5) (i32.const 9) (i32.const 1048677))");
  ExpectCost(16384 + 2, "(memory.copy (i32.const 9) (i32.const 5) (i32.const 1048677))");
  ExpectCost(1, "(memory.init $d (i32.const 0) (i32.const 2) (i32.const 8))");
}

TEST(BulkOperation, TablesCostEightBytesAnElement) {
  ExpectCost(1, "(table.fill $a (i32.const 0) (ref.null func) (i32.const 8))");
  ExpectCost(2, "(table.fill $a (i32.const 0) (ref.null func) (i32.const 9))");
  ExpectCost(25000, "(table.fill $x (i32.const 0) (ref.null extern) (i32.const 200000))");
  ExpectCost(25000, "(table.copy $a $b (i32.const 0) (i32.const 0) (i32.const 200000))");
  ExpectCost(1, "(table.init $a $e (i32.const 0) (i32.const 0) (i32.const 3))");
  ExpectCost(1, "(table.init $x $n (i32.const 0) (i32.const 0) (i32.const 2))");
  ExpectCost(125, "(drop (table.grow $a (ref.null func) (i32.const 1000)))");
  ExpectCost(0, "(drop (table.grow $a (ref.null func) (i32.const -1)))");
}

TEST(BulkOperation, OutOfBoundsWritesNothing) {
  for (const char* instruction :
       {"(memory.fill (i32.const 16777200) (i32.const 1) (i32.const 17))",
        "(memory.fill (i32.const 0) (i32.const 1) (i32.const -1))",
        "(memory.copy (i32.const 0) (i32.const 16777200) (i32.const 17))",
        "(memory.copy (i32.const 16777200) (i32.const 0) (i32.const 17))",
        "(memory.init $d (i32.const 0) (i32.const 1) (i32.const 10))",
        "(memory.init $d (i32.const 16777215) (i32.const 0) (i32.const 2))",
        "(data.drop $d) (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1))",
        "(table.fill $a (i32.const 199999) (ref.null func) (i32.const 2))",
        "(table.copy $a $b (i32.const 1) (i32.const 0) (i32.const 200000))",
        "(table.init $a $e (i32.const 0) (i32.const 2) (i32.const 2))",
        "(table.init $x $n (i32.const 0) (i32.const 2) (i32.const 1))"}) {
    GuestOnFakeHost guest(Doing(instruction));
    EXPECT_EQ(guest.Run(), WASM_RT_TRAP_OOB) << instruction;
    EXPECT_EQ(guest.Memory(0, 32), std::string(32, '\0')) << instruction;
    EXPECT_EQ(guest.Memory(16777200, 16), std::string(16, '\0')) << instruction;
  }
}

TEST(BulkOperation, OverlappingCopiesAreRightAcrossChunks) {
  // 3 MB of a counting pattern, moved by 100 bytes up and down.
  const char* pattern =
      "(local $i i32) (loop $l (i32.store (local.get $i) (local.get $i)) (br_if $l (i32.lt_u "
      "(local.tee $i (i32.add "
      "(local.get $i) (i32.const 4))) (i32.const 3145728))))";
  auto expected = [](uint32_t at) {
    uint32_t word = at & ~3u;
    return static_cast<unsigned char>(word >> (8 * (at & 3)));
  };
  GuestOnFakeHost up(Doing(std::string(pattern) +
                           "(memory.copy (i32.const 100) (i32.const 0) (i32.const 3145728))"));
  ASSERT_EQ(up.Run(), 0);
  std::string bytes = up.Memory(100, 3145728);
  for (uint32_t at = 0; at < bytes.size(); ++at)
    ASSERT_EQ(static_cast<unsigned char>(bytes[at]), expected(at)) << at;
  GuestOnFakeHost down(Doing(std::string(pattern) +
                             "(memory.copy (i32.const 0) (i32.const 100) (i32.const 3145628))"));
  ASSERT_EQ(down.Run(), 0);
  bytes = down.Memory(0, 3145628);
  for (uint32_t at = 0; at < bytes.size(); ++at) {
    ASSERT_EQ(static_cast<unsigned char>(bytes[at]), expected(at + 100)) << at;
  }
}

TEST(BulkOperation, StopsBetweenChunks) {
  GuestOnFakeHost guest(Doing("(memory.fill (i32.const 0) (i32.const 7) (i32.const 16777216))"));
  int asked = 0;
  guest.on_refuel = [&] { return ++asked < 3; };
  EXPECT_EQ(guest.Run(), CHECKER_TRAP_HOST);
  EXPECT_EQ(guest.Memory(0, 1), "\7") << "the first chunks are done";
  EXPECT_EQ(guest.Memory(16777215, 1), std::string(1, '\0')) << "the last is not";
}

TEST(BulkOperation, PollsTheStopFlag) {
  GuestOnFakeHost guest(Doing("(memory.fill (i32.const 0) (i32.const 7) (i32.const 16777216))"));
  guest.slice = 1'000'000'000;
  guest.stop = 1;
  guest.on_refuel = [] { return false; };
  EXPECT_EQ(guest.Run(), CHECKER_TRAP_HOST);
  EXPECT_EQ(guest.Memory(0, 1), std::string(1, '\0')) << "stopped before the first chunk";
}

}  // namespace
}  // namespace pg_checker::compile_test
