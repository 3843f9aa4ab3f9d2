// What compiled guests compute, and how they stop: traps, the stack, tables, globals, segments, the
// start function.
#include <gtest/gtest.h>

#include <bit>

#include "guest_on_fake_host.hpp"

namespace pg_checker::compile_test {
namespace {

// A module whose check returns what the instructions leave.
std::string Returning(const std::string& instructions, const std::string& fields = "") {
  return "(module " + fields + " (func (export \"check\") (result i32) (local $x i32) " +
         instructions + "))";
}

void ExpectResult(uint32_t expected, const std::string& instructions,
                  const std::string& fields = "") {
  GuestOnFakeHost guest(Returning(instructions, fields));
  EXPECT_EQ(guest.Run(), 0) << instructions;
  EXPECT_EQ(guest.result(), expected) << instructions;
}

void ExpectTrap(int trap, const std::string& instructions, const std::string& fields = "") {
  GuestOnFakeHost guest(Returning(instructions, fields));
  EXPECT_EQ(guest.Run(), trap) << instructions;
}

TEST(Execution, ReturnsAnI32) {
  GuestOnFakeHost guest(Returning("(i32.const -7)"));
  EXPECT_EQ(guest.Run(), 0);
  EXPECT_EQ(guest.result(), uint64_t{0xfffffff9}) << "zero extended";
  EXPECT_EQ(guest.module().flags & CHECKER_MODULE_CHECK_RETURNS,
            uint32_t{CHECKER_MODULE_CHECK_RETURNS});
}

TEST(Execution, EachTrapHasItsCode) {
  ExpectTrap(WASM_RT_TRAP_UNREACHABLE, "unreachable");
  ExpectTrap(WASM_RT_TRAP_DIV_BY_ZERO, "(i32.div_s (i32.const 1) (i32.const 0))");
  ExpectTrap(WASM_RT_TRAP_DIV_BY_ZERO, "(i64.rem_u (i64.const 1) (i64.const 0)) i32.wrap_i64");
  ExpectTrap(WASM_RT_TRAP_INT_OVERFLOW, "(i32.div_s (i32.const 0x80000000) (i32.const -1))");
  ExpectTrap(WASM_RT_TRAP_INT_OVERFLOW, "(i32.trunc_f64_s (f64.const 1e30))");
  ExpectTrap(WASM_RT_TRAP_INVALID_CONVERSION, "(i32.trunc_f32_u (f32.const nan))");
}

TEST(Execution, MemoryIsBoundsChecked) {
  const char* memory = "(memory 1 2)";
  ExpectResult(0, "(i32.load (i32.const 65532))", memory);
  ExpectTrap(WASM_RT_TRAP_OOB, "(i32.load (i32.const 65533))", memory);
  ExpectTrap(WASM_RT_TRAP_OOB, "(i32.load8_u offset=0xffffffff (i32.const -1))", memory);
  ExpectTrap(WASM_RT_TRAP_OOB, "(i64.store (i32.const 65529) (i64.const 1)) (i32.const 0)", memory);
  ExpectTrap(WASM_RT_TRAP_OOB, "(drop (i64.load (i32.const -8))) (i32.const 0)", memory);
}

TEST(Execution, MemoryGrowsToItsMaximum) {
  const char* memory = "(memory 1 3)";
  ExpectResult(1, "(memory.grow (i32.const 2))", memory);
  ExpectResult(0xffffffff, "(memory.grow (i32.const 3))", memory);
  ExpectResult(3, "(drop (memory.grow (i32.const 2))) (memory.size)", memory);
  ExpectResult(7,
               "(drop (memory.grow (i32.const 2))) (i32.store (i32.const 196604) (i32.const 7)) "
               "(i32.load (i32.const 196604))",
               memory);
}

TEST(Execution, AFunctionMayHaveManyOperandsOfOneType) {
  constexpr uint32_t kOperands = 100;
  for (const char* type : {"i32", "i64", "f32", "f64"}) {
    std::string sum;
    for (uint32_t i = 0; i < kOperands; ++i) sum += "(" + std::string(type) + ".const 2) ";
    for (uint32_t i = 1; i < kOperands; ++i) sum += std::string(type) + ".add ";
    ExpectResult(1, sum + type + ".const 200 " + type + ".eq", "(memory 1)");
  }
}

TEST(Execution, MemoryLimitsAreInTheModule) {
  GuestOnFakeHost bounded(Returning("(i32.const 0)", "(memory (export \"memory\") 2 5)"));
  EXPECT_EQ(bounded.module().memory_min_pages, 2u);
  EXPECT_EQ(bounded.module().memory_max_pages, 5u);
  GuestOnFakeHost unbounded(Returning("(i32.const 0)", "(memory 2)"));
  EXPECT_EQ(unbounded.module().memory_max_pages, 65536u);
  EXPECT_EQ(unbounded.Instantiate(), 0);
  GuestOnFakeHost none(Returning("(i32.const 0)"));
  EXPECT_EQ(none.module().memory_min_pages, 0u);
  EXPECT_EQ(none.module().memory_max_pages, 0u);
  EXPECT_EQ(none.Run(), 0);
}

TEST(Execution, OnlyTheExportNamedMemoryIsTheHosts) {
  for (const char* fields : {"(memory 1)", "(memory (export \"mem\") 1)", ""}) {
    GuestOnFakeHost guest(Returning("(i32.const 0)", fields));
    ASSERT_EQ(guest.Run(), 0);
    std::vector<uint64_t> instance(guest.module().instance_bytes);
    EXPECT_EQ(guest.module().memory(instance.data()), nullptr) << fields;
  }
}

TEST(Execution, InitialMemoryOverTheHostsLimitTraps) {
  GuestOnFakeHost guest(Returning("(i32.const 0)", "(memory 100)"));
  guest.most_pages = 99;
  EXPECT_EQ(guest.Run(), CHECKER_TRAP_MEMORY);
}

TEST(Execution, DataSegmentsArriveByteForByte) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    char text[4];
    snprintf(text, sizeof(text), "\\%02x", byte);
    all += text;
  }
  GuestOnFakeHost guest(Returning(
      "(i32.const 0)", "(memory (export \"memory\") 1) (data (i32.const 3) \"" + all + "\")"));
  ASSERT_EQ(guest.Run(), 0);
  std::string bytes = guest.Memory(3, 256);
  for (int byte = 0; byte < 256; ++byte) EXPECT_EQ(static_cast<unsigned char>(bytes[byte]), byte);
}

TEST(Execution, SegmentsPastTheEndTrapAtInstantiation) {
  for (const char* fields :
       {"(memory 1) (data (i32.const 65534) \"abc\")", "(memory 1) (data (i32.const -1) \"a\")",
        "(memory 1) (data (i32.const 65537) \"\")", "(memory 0) (data (i32.const 0) \"a\")",
        "(table 2 funcref) (func $f) (elem (i32.const 2) $f)",
        "(table 2 funcref) (func $f) (elem (i32.const -1) $f)",
        "(table 2 funcref) (elem (i32.const 3))",
        "(table 2 externref) (elem (i32.const 2) externref (ref.null extern))"}) {
    GuestOnFakeHost guest(Returning("(i32.const 0)", fields));
    EXPECT_EQ(guest.Instantiate(), WASM_RT_TRAP_OOB) << fields;
  }
  GuestOnFakeHost fits(
      Returning("(i32.const 0)",
                "(memory 1) (data (i32.const 65533) \"abc\") (data (i32.const 65536) \"\")"));
  EXPECT_EQ(fits.Run(), 0);
}

TEST(Execution, StartFunctionRunsAtInstantiation) {
  GuestOnFakeHost guest(
      "(module (global $g (mut i32) (i32.const 1)) (start $s) (func $s (global.set $g (i32.const "
      "42)))"
      " (func (export \"check\") (result i32) (global.get $g)))");
  ASSERT_EQ(guest.Instantiate(), 0);
  EXPECT_EQ(guest.fuel_used(), 1);
  ASSERT_EQ(guest.Check(), 0);
  EXPECT_EQ(guest.result(), 42u);
  GuestOnFakeHost trapping("(module (start $s) (func $s unreachable) (func (export \"check\")))");
  EXPECT_EQ(trapping.Instantiate(), WASM_RT_TRAP_UNREACHABLE);
}

TEST(Execution, DeepRecursionIsStoppedByTheStackLimit) {
  // Two calls, because gcc makes a loop of one: then it is the fuel that ends it.
  GuestOnFakeHost guest(
      "(module (func $f (param i32) (result i32) (i32.xor (call $f (i32.add (local.get 0) "
      "(i32.const 1)))"
      " (call $f (i32.add (local.get 0) (i32.const 3)))))"
      " (func (export \"check\") (result i32) (call $f (i32.const 0))))");
  EXPECT_EQ(guest.Run(), WASM_RT_TRAP_EXHAUSTION);
  EXPECT_EQ(guest.Run(), WASM_RT_TRAP_EXHAUSTION) << "and again on a fresh instance";
}

TEST(Execution, IndirectRecursionIsStoppedByTheStackLimit) {
  GuestOnFakeHost guest(
      "(module (table 1 funcref) (elem (i32.const 0) $f)"
      " (func $f (param i64) (call_indirect (param i64) (local.get 0) (i32.const 0)) (unreachable))"
      " (func (export \"check\") (call $f (i64.const 0))))");
  EXPECT_EQ(guest.Run(), WASM_RT_TRAP_EXHAUSTION);
}

TEST(Execution, LargeFramesCountByTheirSize) {
  // 600 values that are read before the call and written behind it make a frame of about 5 kB.
  std::string globals, locals, loads, stores;
  for (int local = 0; local < 600; ++local) {
    std::string number = std::to_string(local);
    globals += "(global (mut i64) (i64.const 1))";
    locals += " i64";
    loads += "(local.set " + number + " (global.get " + number + "))";
    stores += "(global.set " + number + " (local.get " + number + "))";
  }
  GuestOnFakeHost guest("(module " + globals + "(func $f (local" + locals + ")" + loads +
                        "(call $f)" + stores + ") (func (export \"check\") (call $f)))");
  guest.stack_bytes = 64u << 10;
  guest.slice = 1;
  EXPECT_EQ(guest.Run(), WASM_RT_TRAP_EXHAUSTION);
  EXPECT_LT(guest.refuels.size(), 20u) << "not more than 64 kB of such frames";
  EXPECT_GT(guest.refuels.size(), 5u);
}

TEST(Execution, CallIndirectChecksTheType) {
  const char* fields =
      "(type $a (func (param i32) (result i32))) (type $b (func (param i64) (result i32)))"
      "(type $same (func (param i32) (result i32)))"
      "(table 3 funcref) (elem (i32.const 0) $f $g)"
      "(func $f (type $a) (i32.add (local.get 0) (i32.const 1))) (func $g (type $b) (i32.const 9))";
  ExpectResult(6, "(call_indirect (type $a) (i32.const 5) (i32.const 0))", fields);
  ExpectResult(6, "(call_indirect (type $same) (i32.const 5) (i32.const 0))", fields);
  ExpectResult(9, "(call_indirect (type $b) (i64.const 5) (i32.const 1))", fields);
  ExpectTrap(WASM_RT_TRAP_CALL_INDIRECT, "(call_indirect (type $a) (i32.const 5) (i32.const 1))",
             fields);
  ExpectTrap(WASM_RT_TRAP_CALL_INDIRECT, "(call_indirect (type $a) (i32.const 5) (i32.const 2))",
             fields);
  ExpectTrap(WASM_RT_TRAP_CALL_INDIRECT, "(call_indirect (type $a) (i32.const 5) (i32.const 3))",
             fields);
}

TEST(Execution, MultipleValuesPassThroughBlocksAndCalls) {
  ExpectResult(23, "(call $two) i32.sub",
               "(func $two (result i32 i32) (i32.const 65) (i32.const 42))");
  ExpectResult(30, "(i32.const 10) (i32.const 20) (block (param i32 i32) (result i32) i32.add)");
  ExpectResult(7, "(call $mixed) (drop) (drop) (drop)",
               "(func $mixed (result i32 f64 i64 f32) (i32.const 7) (f64.const 1) (i64.const 2) "
               "(f32.const 3))");
  ExpectResult(
      5,
      "(i32.const 0) (loop $l (param i32) (result i32) (i32.const 1) i32.add (local.tee $x) "
      "(local.get $x) (i32.const 5) i32.lt_s br_if $l)");
}

TEST(Execution, FloatingPointIsExact) {
  // A signalling NaN comes out quiet from arithmetic, and untouched from moves.
  ExpectResult(
      0x7fe00000,
      "(i32.reinterpret_f32 (f32.add (f32.reinterpret_i32 (i32.const 0x7fa00000)) (f32.const 1)))");
  ExpectResult(0x7fa00000, "(i32.reinterpret_f32 (f32.reinterpret_i32 (i32.const 0x7fa00000)))");
  ExpectResult(0xffa00000,
               "(i32.reinterpret_f32 (f32.neg (f32.reinterpret_i32 (i32.const 0x7fa00000))))");
  ExpectResult(0x7fa00000,
               "(f32.store (i32.const 0) (f32.load (i32.const 4))) (i32.load (i32.const 0))",
               "(memory 1) (data (i32.const 4) \"\\00\\00\\a0\\7f\")");
  ExpectResult(0x80000000, "(i32.reinterpret_f32 (f32.min (f32.const 0) (f32.const -0)))");
  ExpectResult(0x40000000, "(i32.reinterpret_f32 (f32.nearest (f32.const 2.5)))");
  ExpectResult(0xc0000000, "(i32.reinterpret_f32 (f32.ceil (f32.const -2.5)))");
  ExpectResult(0x3fb504f3, "(i32.reinterpret_f32 (f32.sqrt (f32.const 2)))");
  ExpectResult(0x7fffffff, "(i32.trunc_sat_f64_s (f64.const inf))");
  // Not contracted to a fused multiply-add: the product is rounded first.
  ExpectResult(0,
               "(f32.eq (f32.sub (f32.mul (f32.const 1.0000001) (f32.const 1.0000001)) (f32.const "
               "1.0000002)) "
               "(f32.const 1.4210855e-14))");
}

TEST(Execution, EveryTableAndReferenceInstruction) {
  const char* fields =
      "(type $t (func (result i32)))"
      "(table $a 4 10 funcref) (table $b 4 funcref) (table $x 3 externref)"
      "(global $g funcref (ref.func $one)) (global $n (mut externref) (ref.null extern))"
      "(elem $p func $one $two) (elem declare func $two)"
      "(func $one (type $t) (i32.const 1)) (func $two (type $t) (i32.const 2))";
  ExpectResult(2,
               "(table.init $a $p (i32.const 1) (i32.const 0) (i32.const 2)) "
               "(call_indirect $a (type $t) (i32.const 2))",
               fields);
  ExpectResult(
      1, "(table.set $b (i32.const 3) (global.get $g)) (call_indirect $b (type $t) (i32.const 3))",
      fields);
  ExpectResult(2,
               "(table.fill $a (i32.const 0) (ref.func $two) (i32.const 4)) "
               "(table.copy $b $a (i32.const 1) (i32.const 0) (i32.const 3)) "
               "(call_indirect $b (type $t) (i32.const 3))",
               fields);
  ExpectResult(4, "(table.grow $a (ref.func $one) (i32.const 6))", fields);
  ExpectResult(0xffffffff, "(table.grow $a (ref.func $one) (i32.const 7))", fields);
  ExpectResult(1,
               "(drop (table.grow $a (ref.func $one) (i32.const 6))) (call_indirect $a (type $t) "
               "(i32.const 9))",
               fields);
  ExpectResult(3, "(table.size $x)", fields);
  ExpectResult(
      1, "(table.set $x (i32.const 0) (global.get $n)) (ref.is_null (table.get $x (i32.const 0)))",
      fields);
  ExpectResult(0, "(ref.is_null (ref.func $two))", fields);
  ExpectTrap(WASM_RT_TRAP_OOB, "(drop (table.get $x (i32.const 3))) (i32.const 0)", fields);
  ExpectTrap(WASM_RT_TRAP_OOB,
             "(elem.drop $p) (table.init $a $p (i32.const 0) (i32.const 0) (i32.const 1)) "
             "(i32.const 0)",
             fields);
  ExpectTrap(WASM_RT_TRAP_CALL_INDIRECT, "(call_indirect $b (type $t) (i32.const 0))", fields);
}

TEST(Execution, ImportsInTablesAndReferencesCanBeCalled) {
  GuestOnFakeHost guest(
      "(module (import \"checker\" \"fail\" (func $fail (param i32 i32)))"
      " (table 2 funcref) (elem (i32.const 0) $fail) (elem declare func $fail)"
      " (func (export \"check\")"
      "  (call_indirect (param i32 i32) (i32.const 1) (i32.const 2) (i32.const 0))"
      "  (table.set 0 (i32.const 1) (ref.func $fail))"
      "  (call_indirect (param i32 i32) (i32.const 3) (i32.const 4) (i32.const 1))))");
  ASSERT_EQ(guest.Run(), 0);
  ASSERT_EQ(guest.calls.size(), 2u);
  EXPECT_EQ(guest.calls[0].slots, (std::vector<uint64_t>{1, 2}));
  EXPECT_EQ(guest.calls[1].slots, (std::vector<uint64_t>{3, 4}));
}

TEST(Execution, EachInstanceStartsAfresh) {
  GuestOnFakeHost guest(
      Returning("(global.set $g (i32.add (global.get $g) (i32.const 1))) "
                "(i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1))) "
                "(i32.add (global.get $g) (i32.load (i32.const 0)))",
                "(memory 1) (global $g (mut i32) (i32.const 0))"));
  for (int run = 0; run < 2; ++run) {
    ASSERT_EQ(guest.Run(), 0);
    EXPECT_EQ(guest.result(), 2u);
  }
}

}  // namespace
}  // namespace pg_checker::compile_test
