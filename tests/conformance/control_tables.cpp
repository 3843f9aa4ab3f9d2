// Control flow, calls, constants, locals, globals and select: every branch, with and without
// values, and with what must be taken from the stack on the way.
#include <string>
#include <utility>

#include "boundary_table.hpp"
#include "operands.hpp"

namespace pg_checker::conformance {

namespace {

using wabt::Type;

constexpr Type::Enum kNumbers[] = {Type::I32, Type::I64, Type::F32, Type::F64};

BoundaryTable Blocks() {
  BoundaryTable table("control flow");
  table.Try({"block", "br", "end", "nop", "drop"}, "$block", 1, R"(
nop
block (result i32)
  i32.const 1
  i32.const 2
  i32.const 3
  br 0
end
call $x.i32
block
  i64.const 5
  drop
  br 0
  unreachable
end
block (result i64)
  block (result i64)
    i64.const 9
    br 1
  end
  drop
  i64.const 10
end
call $x.i64)");
  table.Try({"if", "else", "end", "local.get"}, "$if", 3, R"(
local.get $k
if
  i32.const 11
  call $x.i32
end
local.get $k
if (result f64)
  f64.const 0.5
else
  f64.const -0
end
call $x.f64
i32.const 100
local.get $k
i32.const 1
i32.sub
if (param i32) (result i32 i32)
  i32.const 1
else
  i32.const 2
  br 0
end
call $x.i32
call $x.i32)");
  // A triangle of loops, left early.
  table.Try({"loop", "br_if", "local.tee", "local.set"}, "$loop", 6,
            R"((local $i i32) (local $j i32)
(block $out (loop $outer
  (local.set $j (i32.const 0))
  (loop $inner
    (call $x.i32 (i32.add (i32.mul (local.get $i) (i32.const 10)) (local.get $j)))
    (br_if $out (i32.eq (local.get $k) (i32.mul (local.get $i) (local.get $j))))
    (br_if $inner (i32.le_u (local.tee $j (i32.add (local.get $j) (i32.const 1)))
                            (local.get $i))))
  (br_if $outer (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4)))))
(i32.const 1) (i64.const 0)
(loop $values (param i32 i64) (result i32 i64)
  (call $x.i64) (i32.shl (i32.const 1)) (local.tee $i) (i64.extend_i32_u (local.get $i))
  (br_if $values (i32.lt_u (local.get $i) (i32.const 40))))
(call $x.i64) (call $x.i32))");
  table.Try({"br_if"}, "$br_if", 3, R"(
(call $x.i32 (block $out (result i32)
  (drop (br_if $out (i32.const 5) (local.get $k)))
  (drop (br_if $out (i32.const 6) (i32.eq (local.get $k) (i32.const 1))))
  (i32.const 7)))
(block $two (result f32 i32)
  (f32.const nan:0x200000) (i32.const 3)
  (br_if $two (i32.sub (local.get $k) (i32.const 1)))
  (drop) (drop) (f32.const -0) (i32.const 4))
(call $x.i32) (call $x.exact_f32))");
  // Values below those that the branch carries must go.
  table.Try({"br"}, "$unwind", 1, R"(
(i32.const 77)
(block $out (result i32 i64)
  (i32.const 1) (i64.const 2) (f32.const 3)
  (block (result f64)
    (f64.const 4) (i32.const 5) (i64.const 6)
    (br $out)) (drop) (drop) (unreachable))
(call $x.i64) (call $x.i32) (call $x.i32))");
  table.Try({"return"}, "$return", 3, R"(
(i64.const 1) (f64.const 2)
(block (loop
  (if (i32.eq (local.get $k) (i32.const 1)) (then (call $x.i32 (i32.const 1)) (return)))
  (br_if 1 (local.get $k))
  (call $x.i32 (i32.const 2))
  return))
(call $x.f64) (call $x.i64))");
  table.Try({"unreachable"}, "$unreachable", 3, R"(
(call $x.i32 (i32.const 1))
(if (i32.and (local.get $k) (i32.const 1)) (then (unreachable)))
(call $x.i32 (i32.const 2)))");
  return table;
}

BoundaryTable Branches() {
  BoundaryTable table("br_table");
  // The case's number, or one of the huge indexes.
  table.text().Add(R"(
(func $index (param $k i32) (result i32)
  (select (i32.sub (i32.const 3) (local.get $k))
    (select (i32.add (i32.const 0x7fffffff) (i32.and (local.get $k) (i32.const 1)))
            (local.get $k) (i32.gt_u (local.get $k) (i32.const 7)))
    (i32.gt_u (local.get $k) (i32.const 9)))))");
  table.Try({"br_table"}, "$plain", 12, R"(
(block $default (block $2 (block $1 (block $0
  (br_table $0 $1 $2 $1 $default (call $index (local.get $k))))
  (call $x.i32 (i32.const 10)))
  (call $x.i32 (i32.const 11)))
  (call $x.i32 (i32.const 12)))
(call $x.i32 (i32.const 13)))");
  table.Try({"br_table"}, "$only_default", 12, R"(
(block $out (br_table $out (call $index (local.get $k))) (unreachable))
(call $x.i32 (i32.const 1)))");
  table.Try({"br_table"}, "$values", 12, R"(
(i64.const 9)
(block $a (result i32) (i32.add (i32.const 100)
  (block $b (result i32) (i32.add (i32.const 1000)
    (block $c (result i32)
      (f64.const 1)
      (br_table $c $b $a $b (i32.const 7) (call $index (local.get $k))))))))
(call $x.i32) (call $x.i64))");
  table.Try({"br_table"}, "$pairs", 12, R"(
(block $a (result i32 i64)
  (block $b (result i32 i64)
    (i32.const 1) (i64.const 2) (br_table $a $b $a (call $index (local.get $k))))
  (i64.add (i64.const 10)))
(call $x.i64) (call $x.i32))");
  table.Try({"br_table", "loop"}, "$backwards", 12, R"((local $rounds i32)
(block $out (loop $again
  (local.set $rounds (i32.add (local.get $rounds) (i32.const 1)))
  (br_if $out (i32.gt_u (local.get $rounds) (i32.const 5)))
  (br_table $again $out $again $out (call $index (i32.add (local.get $k) (local.get $rounds))))))
(call $x.i32 (local.get $rounds)))");
  table.Try({"br_table"}, "$to_the_end", 12, R"(
(block (br_table 0 1 0 (call $index (local.get $k))))
(call $x.i32 (i32.const 3)))");
  return table;
}

BoundaryTable Calls() {
  BoundaryTable table("calls");
  table.text().Add(R"(
(func $mixed (param i32 i64 f32 f64 funcref externref)
             (result externref funcref f64 f32 i64 i32)
  (local.get 5) (local.get 4) (local.get 3) (local.get 2) (local.get 1) (local.get 0))
(func $swap (param i32 i32) (result i32 i32) (local.get 1) (local.get 0))
(func $even (param i32) (result i32)
  (if (result i32) (local.get 0)
    (then (call $odd (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 1))))
(func $odd (param i32) (result i32)
  (if (result i32) (local.get 0)
    (then (call $even (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 0))))
(func $fibonacci (param i64) (result i64)
  (if (result i64) (i64.lt_u (local.get 0) (i64.const 2)) (then (local.get 0))
    (else (i64.add (call $fibonacci (i64.sub (local.get 0) (i64.const 1)))
                   (call $fibonacci (i64.sub (local.get 0) (i64.const 2)))))))
(func $early (param i32) (result i32 i64)
  (if (local.get 0) (then (return (i32.const 1) (i64.const 2)))) (i32.const 3) (i64.const 4))
(elem declare func $swap))");
  table.Try({"call", "ref.func", "ref.null"}, "$mixed_call", 1, R"(
(call $mixed (i32.const -1) (i64.const -2) (f32.const nan:0x200001) (f64.const -nan:0x4000000000001)
             (ref.func $swap) (ref.null extern))
(call $x.i32) (call $x.i64) (call $x.exact_f32) (call $x.exact_f64) (call $x.funcref)
(call $x.externref))");
  table.Try({"call"}, "$order", 4, R"(
(call $swap (call $swap (local.get $k) (i32.const 50))) (call $x.i32) (call $x.i32)
(call $swap (i32.const 1) (i32.const 2)) (i32.sub) (call $x.i32))");
  table.Try({"call"}, "$recursion", 30, R"(
(call $x.i32 (call $even (local.get $k)))
(call $x.i64 (call $fibonacci (i64.extend_i32_u (i32.rem_u (local.get $k) (i32.const 15))))))");
  table.Try({"call"}, "$early_call", 2, "(call $early (local.get $k)) (call $x.i64) (call $x.i32)");
  return table;
}

std::string Record(Type type) {
  const bool is_float = type == Type::F32 || type == Type::F64;
  return std::string("$x.") + (is_float ? "exact_" : "") + TypeText(type);
}

// Every boundary value as a constant, through locals and globals, and chosen by select.
void TryValues(BoundaryTable& table, Type type) {
  const std::string name = TypeText(type);
  const std::string record = "(call " + Record(type) + " ";
  const std::string get = "(local.get $value)";
  table.text().Add("(global $" + name + " (mut " + name + ") " +
                   ConstantText(type, BoundaryValues(type).back()) + ")");
  table.text().AddState("(call " + Record(type) + " (global.get $" + name + "))");
  std::vector<std::string> constants;
  std::vector<std::string> assignments;
  for (const uint64_t value : BoundaryValues(type)) {
    constants.push_back(record + ConstantText(type, value) + ")");
    assignments.push_back("(local.set $value " + ConstantText(type, value) + ")");
  }
  const auto count = static_cast<uint32_t>(constants.size());
  const std::string constant = name + ".const";
  table.Try({constant}, "$" + name + ".constants", count, Choose(constants));
  table.Try({"local.get", "local.set", "local.tee", "global.get", "global.set", "select"},
            "$" + name + ".carried", count,
            "(local $value " + name + ") (local $again " + name + ")\n" + record + get + ")" +
                Choose(assignments) + record + "(local.tee $again " + get + "))" + record +
                "(global.get $" + name + "))" + "(global.set $" + name + " (local.get $again))" +
                record + "(select " + get + " (global.get $" + name + ") (i32.const 0)))" + record +
                "(select (result " + name + ") " + get + " " + ConstantText(type, 1) +
                " (local.get $k)))" + record + "(select " + ConstantText(type, 2) + " " + get +
                " (i32.shl (i32.and (local.get $k) (i32.const 1)) (i32.const 31))))");
  std::string initial;
  size_t number = 0;
  for (const uint64_t value : BoundaryValues(type)) {
    const std::string global = "$" + name + "." + std::to_string(number++);
    table.text().Add("(global " + global + " " + name + " " + ConstantText(type, value) + ")");
    initial += record + "(global.get " + global + "))";
  }
  table.Try({"global.get"}, "$" + name + ".globals", 1, initial);
}

BoundaryTable Values() {
  BoundaryTable table("constants, locals, globals and select");
  for (const Type type : kNumbers) TryValues(table, type);
  table.text().Add("(func $any) (elem declare func $any)");
  table.text().Add("(global $extern (mut externref) (ref.null extern))");
  table.text().Add("(global $func (mut funcref) (ref.func $any))");
  table.text().AddState("(call $x.funcref (global.get $func))");
  table.Try({"select", "ref.is_null", "local.tee", "global.set"}, "$references", 4,
            R"((local $f funcref) (local $e externref)
(call $x.funcref (local.get $f)) (call $x.externref (local.get $e))
(call $x.funcref (select (result funcref) (ref.func $any) (ref.null func)
                         (i32.and (local.get $k) (i32.const 1))))
(call $x.externref (select (result externref) (local.get $e) (ref.null extern) (local.get $k)))
(call $x.i32 (ref.is_null (local.tee $f (ref.func $any))))
(call $x.i32 (ref.is_null (local.tee $e (global.get $extern))))
(global.set $func (select (result funcref) (local.get $f) (ref.null func) (local.get $k)))
(global.set $extern (local.get $e))
(drop (global.get $extern)))");
  return table;
}

}  // namespace

std::vector<BoundaryTable> ControlTables() {
  std::vector<BoundaryTable> tables;
  tables.push_back(Blocks());
  tables.push_back(Branches());
  tables.push_back(Calls());
  tables.push_back(Values());
  return tables;
}

}  // namespace pg_checker::conformance
