// Tables and references: every instruction at the edges of tables and element segments,
// call_indirect with every mismatch, and tables longer than the engine copies at once.
#include <utility>

#include "boundary_table.hpp"
#include "operands.hpp"

namespace pg_checker::conformance {

namespace {

using Numbers = std::vector<uint64_t>;

std::string I32(uint64_t value) { return ConstantText(wabt::Type::I32, value); }

// Three tables, of which $f has holes and a function of another type, and segments of all sorts.
constexpr std::string_view kTables = R"(
(type $number (func (result i32)))
(type $same (func (result i32)))
(type $other (func (param i32) (result i32)))
(type $wide (func (result i64)))
(type $nothing (func))
(type $pair (func (result i32 i32)))
(table $f 6 10 funcref)
(table $g 4 4 funcref)
(table $e 5 8 externref)
(table $none 0 0 funcref)
(func $zero (type $number) (i32.const 100))
(func $one (type $number) (i32.const 101))
(func $two (type $same) (i32.const 102))
(func $takes (type $other) (i32.add (local.get 0) (i32.const 1000)))
(func $long (type $wide) (i64.const 0x123456789))
(func $pair (type $pair) (i32.const 7) (i32.const 8))
(elem (table $f) (i32.const 0) func $zero $one $takes)
(elem (table $f) (i32.const 4) funcref (ref.null func) (ref.func $two))
(elem $active (table $g) (i32.const 1) func $long $pair)
(elem $passive funcref (ref.func $two) (ref.null func) (ref.func $zero))
(elem $foreign externref (ref.null extern) (ref.null extern))
(elem $empty func)
(elem declare func $one $pair)
)";

// Records both tables of functions: which entries are null, and what those of type $number return.
// $takes, $long and $pair are found by calling them at their own type.
constexpr std::string_view kLook = R"(
(func $look_at (param $ref funcref)
  (call $x.funcref (local.get $ref)))
(func $look (local $i i32)
  (call $x.i32 (table.size $f)) (call $x.i32 (table.size $g)) (call $x.i32 (table.size $e))
  (local.set $i (i32.const 0))
  (block $done (loop $next
    (br_if $done (i32.ge_u (local.get $i) (table.size $f)))
    (call $look_at (table.get $f (local.get $i)))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br $next)))
  (local.set $i (i32.const 0))
  (block $done (loop $next
    (br_if $done (i32.ge_u (local.get $i) (table.size $g)))
    (call $look_at (table.get $g (local.get $i)))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br $next)))
  (local.set $i (i32.const 0))
  (block $done (loop $next
    (br_if $done (i32.ge_u (local.get $i) (table.size $e)))
    (call $x.externref (table.get $e (local.get $i)))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br $next))))
)";

const Numbers kIndexes = {0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 0x7fffffff, 0x80000000, 0xffffffff};
const Numbers kFew = {0, 1, 2, 3, 4, 6, 7, 0xffffffff};

// Arms for all combinations of operands: {0}, {1}, {2} in `pattern` stand for one of each list.
std::vector<std::string> Combine(const std::string& pattern, const std::vector<Numbers>& lists) {
  std::vector<std::string> arms = {pattern};
  for (size_t list = 0; list < lists.size(); ++list) {
    const std::string mark = "{" + std::to_string(list) + "}";
    std::vector<std::string> more;
    for (const std::string& arm : arms) {
      const size_t at = arm.find(mark);
      for (const uint64_t number : lists[list]) {
        more.push_back(arm.substr(0, at) + I32(number) + arm.substr(at + mark.size()));
      }
    }
    arms = std::move(more);
  }
  return arms;
}

// Tries each arm, then looks at the tables.
void TryArms(BoundaryTable& table, std::initializer_list<std::string_view> instructions,
             const std::string& name, std::vector<std::string> arms) {
  const std::string body = Choose(arms) + "(call $look)";
  const auto count = static_cast<uint32_t>(arms.size());
  table.Try(instructions, name, count, body,
            [arms = std::move(arms)](uint32_t k) { return arms[k]; });
}

BoundaryTable Edges() {
  BoundaryTable table("table operations");
  table.text().Add(kTables);
  table.text().Add(kLook);
  TryArms(table, {"table.get", "ref.is_null"}, "$get",
          Combine("(call $x.i32 (ref.is_null (table.get $f {0})))", {kIndexes}));
  TryArms(table, {"table.get"}, "$get_extern",
          Combine("(call $x.externref (table.get $e {0}))", {kIndexes}));
  TryArms(table, {"table.set", "ref.func"}, "$set",
          Combine("(table.set $f {0} (ref.func $one))", {kIndexes}));
  TryArms(table, {"table.set", "ref.null"}, "$set_null",
          Combine("(table.set $g {0} (ref.null func))", {kIndexes}));
  TryArms(table, {"table.set"}, "$set_extern",
          Combine("(table.set $e {0} (ref.null extern))", {kIndexes}));
  TryArms(table, {"table.grow", "table.size"}, "$grow",
          Combine("(call $x.i32 (table.grow $f (ref.func $one) {0})) (call $x.i32 (table.size $f))",
                  {{0, 0xffffffff, 0x80000000, 5, 1, 2, 1, 0, 1}}));
  TryArms(table, {"table.grow"}, "$grow_extern",
          Combine("(call $x.i32 (table.grow $e (ref.null extern) {0}))", {{0, 4, 3, 1, 0}}));
  TryArms(table, {"table.grow"}, "$grow_full",
          Combine("(call $x.i32 (table.grow $g (ref.null func) {0}))"
                  "(call $x.i32 (table.grow $none (ref.null func) {1}))",
                  {{0, 1, 2}, {0, 1}}));
  TryArms(table, {"table.fill"}, "$fill",
          Combine("(table.fill $f {0} (ref.func $pair) {1})", {kIndexes, kIndexes}));
  TryArms(table, {"table.fill"}, "$fill_extern",
          Combine("(table.fill $e {0} (ref.null extern) {1})", {kIndexes, kIndexes}));
  TryArms(table, {"table.copy"}, "$copy",
          Combine("(table.copy $f $f {0} {1} {2})", {kFew, kFew, kFew}));
  TryArms(table, {"table.copy"}, "$copy_across",
          Combine("(table.copy $g $f {0} {1} {2})", {kFew, kFew, kFew}));
  TryArms(table, {"table.copy"}, "$copy_extern",
          Combine("(table.copy $e $e {0} {1} {2})", {kFew, kFew, kFew}));
  TryArms(table, {"table.init"}, "$init",
          Combine("(table.init $f $passive {0} {1} {2})", {kFew, kFew, kFew}));
  TryArms(table, {"table.init"}, "$init_extern",
          Combine("(table.init $e $foreign {0} {1} {2})", {kFew, kFew, kFew}));
  TryArms(table, {"table.init"}, "$init_active",
          Combine("(table.init $g $active {0} {1} {2})", {{0, 4, 5}, {0, 1}, {0, 1}}));
  TryArms(table, {"table.init"}, "$init_empty",
          Combine("(table.init $none $empty {0} {1} {2})", {{0, 1}, {0, 1}, {0, 1}}));
  TryArms(table, {"elem.drop", "table.init"}, "$drop",
          Combine("(elem.drop $passive)(elem.drop $passive)(elem.drop $active)"
                  "(elem.drop $foreign)(table.init $f $passive {0} {1} {2})",
                  {{0, 6, 7}, {0, 1}, {0, 1}}));
  return table;
}

// Every index of each table at every type.
BoundaryTable Calls() {
  BoundaryTable table("call_indirect");
  table.text().Add(kTables);
  table.text().Add("(func $look)");
  table.text().Add("(global $index (mut i32) (i32.const 0))");
  static constexpr std::pair<std::string_view, std::string_view> kCalls[] = {
      {"(call $x.i32 (call_indirect {t} (type $number) ", "))"},
      {"(call $x.i32 (call_indirect {t} (type $same) ", "))"},
      {"(call $x.i32 (call_indirect {t} (type $other) (i32.const 5) ", "))"},
      {"(call $x.i64 (call_indirect {t} (type $wide) ", "))"},
      {"(call_indirect {t} (type $nothing) ", ")"},
      {"(call_indirect {t} (type $pair) ", ")(call $x.i32)(call $x.i32)"},
      {"(call_indirect {t} (param f32) (f32.const 1) ", ")"},
      {"(drop (call_indirect {t} (param i32) (result f32) (i32.const 1) ", "))"},
  };
  size_t number = 0;
  for (const char* name : {"$f", "$g", "$none"}) {
    for (const auto& [begin, end] : kCalls) {
      std::string call(begin);
      call.replace(call.find("{t}"), 3, name);
      const std::string group = "$call" + std::to_string(number++);
      TryArms(table, {"call_indirect"}, group,
              Combine(call + "{0}" + std::string(end), {kIndexes}));
      TryArms(table, {"call_indirect"}, group + ".variable",
              Combine("(global.set $index {0})" + call + "(global.get $index)" + std::string(end),
                      {kIndexes}));
    }
  }
  // Functions that have gone from one table to another, and through a global and a local.
  table.text().Add("(global $kept (mut funcref) (ref.null func))");
  table.text().AddState("(call $x.funcref (global.get $kept))");
  table.Try({"table.get", "table.set", "global.get", "global.set", "local.set", "local.get",
             "ref.func", "call_indirect"},
            "$carried", 5, R"((local $held funcref)
(call $x.funcref (local.get $held))
(call $x.funcref (global.get $kept))
(global.set $kept (table.get $f (local.get $k)))
(local.set $held (global.get $kept))
(call $x.funcref (local.get $held))
(table.set $g (i32.const 0) (local.get $held))
(table.set $g (i32.const 3) (ref.func $one))
(call $x.i32 (call_indirect $g (type $number) (i32.const 3)))
(call $x.i32 (call_indirect $g (type $number) (i32.const 0))))");
  return table;
}

// Functions of the host's in a table, in a global and among a guest's own of the same type.
BoundaryTable HostCalls() {
  BoundaryTable table("call_indirect of host functions");
  table.text().Add(R"(
(table $f 5 funcref)
(elem (table $f) (i32.const 0) func $x.host_first_case $x.host_record $own $x.host_first_case)
(global $kept funcref (ref.func $x.host_record))
(func $own (result i64) (i64.const 5)))");
  table.Try({"call_indirect"}, "$host", 6,
            "(call $x.i32 (i64.eqz (call_indirect $f (result i64) (local.get $k))))");
  table.Try({"call_indirect"}, "$host_arguments", 6, R"(
(call $x.i32 (call_indirect $f (param i32 i32 i32 i64 i32 i32) (result i32)
  (i32.const 0) (i32.const 0) (i32.const 1) (i64.const 0x123456789abcdef) (i32.const 0)
  (i32.const 0) (local.get $k))))");
  table.Try({"table.set", "global.get", "call_indirect"}, "$host_kept", 5, R"(
(table.set $f (local.get $k) (global.get $kept))
(drop (call_indirect $f (param i32 i32 i32 i64 i32 i32) (result i32)
  (i32.const 0) (i32.const 0) (i32.const 0) (i64.const 7) (i32.const 0) (i32.const 0)
  (local.get $k)))
(call $x.i32 (i64.eqz (call_indirect $f (result i64) (i32.const 3)))))");
  return table;
}

// More elements than the engine moves between two looks at the clock (131,072).
BoundaryTable Pieces() {
  BoundaryTable table("table operations over 131,072 elements");
  table.text().Add("(table $f 300000 400000 funcref)");
  table.text().Add("(elem declare func $any)(func $any)");
  // Records the number of functions in the table, and where the first and the last one are.
  table.text().Add(R"(
(func $look (local $i i32) (local $count i32) (local $sum i64)
  (loop $next
    (if (i32.eqz (ref.is_null (table.get $f (local.get $i)))) (then
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (local.get $i))))))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $i) (table.size $f))))
  (call $x.i32 (table.size $f)) (call $x.i32 (local.get $count)) (call $x.i64 (local.get $sum))))");
  TryArms(table, {"table.fill", "table.copy", "table.grow"}, "$pieces",
          {"(table.fill $f (i32.const 10) (ref.func $any) (i32.const 131073))",
           "(table.copy $f $f (i32.const 11) (i32.const 5) (i32.const 131080))",
           "(table.copy $f $f (i32.const 5) (i32.const 12) (i32.const 262147))",
           "(table.copy $f $f (i32.const 168924) (i32.const 0) (i32.const 131076))",
           "(table.fill $f (i32.const 70000) (ref.null func) (i32.const 131072))",
           "(call $x.i32 (table.grow $f (ref.func $any) (i32.const 100000)))",
           "(call $x.i32 (table.grow $f (ref.func $any) (i32.const 1)))"});
  return table;
}

}  // namespace

std::vector<BoundaryTable> TableTables() {
  std::vector<BoundaryTable> tables;
  tables.push_back(Edges());
  tables.push_back(Calls());
  tables.push_back(HostCalls());
  tables.push_back(Pieces());
  return tables;
}

}  // namespace pg_checker::conformance
