// memory.fill, memory.copy, memory.init and data.drop at the edges of memory and of segments, and,
// for more than the engine does at once (a megabyte), across the borders of its pieces.
#include <utility>

#include "boundary_table.hpp"
#include "operand_memory.hpp"
#include "operands.hpp"

namespace pg_checker::conformance {

namespace {

using Numbers = std::vector<uint64_t>;

std::string I32(uint64_t value) { return ConstantText(wabt::Type::I32, value); }

// "(call $pick3 (i32.div_u (local.get $k) ...))": the operand of case $k from a list, where the
// lists behind it take `behind` cases together.
std::string Pick(const std::string& function, size_t behind, size_t count) {
  return "(call " + function + " (i32.rem_u (i32.div_u (local.get $k) " + I32(behind) + ") " +
         I32(count) + "))";
}

// A function from an index to a number of the list.
void AddList(GuestText& text, const std::string& name, const Numbers& numbers) {
  std::vector<std::string> arms;
  for (const uint64_t number : numbers) arms.push_back("(return " + I32(number) + ")");
  text.Add("(func " + name + " (param $k i32) (result i32)\n" + Choose(arms) + " (unreachable))");
}

// All triples of operands for an instruction that takes three, each followed by a look at memory.
void TryTriples(BoundaryTable& table, const std::string& instruction, const std::string& label,
                const Numbers& first, const Numbers& second, const Numbers& third) {
  const std::string name = "$" + label;
  AddList(table.text(), name + ".1", first);
  AddList(table.text(), name + ".2", second);
  AddList(table.text(), name + ".3", third);
  const std::string opcode = instruction.substr(0, instruction.find(' '));
  table.Try({opcode}, name, static_cast<uint32_t>(first.size() * second.size() * third.size()),
            "(" + instruction + " " +
                Pick(name + ".1", second.size() * third.size(), first.size()) +
                Pick(name + ".2", third.size(), second.size()) +
                Pick(name + ".3", 1, third.size()) + ")(call $look)",
            [instruction, first, second, third](uint32_t k) {
              return instruction + "(" + std::to_string(first[k / third.size() / second.size()]) +
                     ", " + std::to_string(second[k / third.size() % second.size()]) + ", " +
                     std::to_string(third[k % third.size()]) + ")";
            });
}

// $look records a hash of every byte where `step` is 1, of some where it is more.
void AddLook(GuestText& text, uint32_t step) {
  text.Add(R"(
(func $look (local $at i32) (local $hash i64)
  (loop $next
    (local.set $hash (i64.add (i64.mul (local.get $hash) (i64.const 0x9e3779b97f4a7c15))
                              (i64.load8_u (local.get $at))))
    (local.set $at (i32.add (local.get $at) )" +
           I32(step) + R"())
    (br_if $next (i32.lt_u (local.get $at) (i32.mul (memory.size) (i32.const 65536)))))
  (call $x.i64 (local.get $hash))))");
}

constexpr uint64_t kEdge = 65536;

BoundaryTable Edges() {
  BoundaryTable table("bulk memory operations");
  GuestText& text = table.text();
  AddLook(text, 61);
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte * 101 + 7);
  text.Add("(data $active (i32.const 100) " + DataText(bytes) + ")");
  text.Add("(data $passive " + DataText(bytes.substr(0, 16)) + ")");
  text.Add("(data $empty \"\")");
  text.Add("(data (i32.const 65520) " + DataText(bytes.substr(32, 16)) + ")");
  const Numbers places = {0,          1,         100,   104,       108,        kEdge - 17,
                          kEdge - 16, kEdge - 1, kEdge, kEdge + 1, 0x80000000, 0xffffffff};
  const Numbers lengths = {0, 1, 8, 16, 17, 200, kEdge - 1, kEdge, kEdge + 1, 0xffffffff};
  TryTriples(table, "memory.copy", "copy", places, places, lengths);
  TryTriples(table, "memory.fill", "fill", places, {0, 0x1ff, 0x80, 0xffffffff}, lengths);
  const Numbers inside = {0, 1, 8, 15, 16, 17, 0xffffffff};
  TryTriples(table, "memory.init $passive", "init", places, inside, inside);
  TryTriples(table, "memory.init $empty", "init_empty", {0, kEdge, kEdge + 1}, {0, 1}, {0, 1});
  TryTriples(table, "memory.init $active", "init_active", {0, kEdge, kEdge + 1}, {0, 1}, {0, 1});
  table.Try({"data.drop", "memory.init"}, "$drop", 5,
            "(data.drop $passive)(data.drop $passive)(data.drop $active)\n" +
                Choose({"(memory.init $passive (i32.const 0) (i32.const 0) (i32.const 0))",
                        "(memory.init $passive (i32.const 65536) (i32.const 0) (i32.const 0))",
                        "(memory.init $passive (i32.const 0) (i32.const 1) (i32.const 0))",
                        "(memory.init $passive (i32.const 0) (i32.const 0) (i32.const 1))",
                        "(memory.init $passive (i32.const 65537) (i32.const 0) (i32.const 0))"}) +
                "(call $look)");
  return table;
}

BoundaryTable Pieces() {
  constexpr uint64_t kPiece = 1u << 20;
  BoundaryTable table("bulk memory operations over a megabyte");
  GuestText& text = table.text();
  text.SetMemory("40 40");
  AddLook(text, 4099);
  // A pattern without a period: doubled, and disturbed at each end.
  text.SetStart(R"(
(i64.store (i32.const 0) (i64.const 0x0123456789abcdef))
(call $spread (i32.const 8)))");
  text.Add(R"(
(func $spread (param $bytes i32)
  (loop $next
    (memory.copy (local.get $bytes) (i32.const 0) (local.get $bytes))
    (i32.store8 (i32.sub (i32.shl (local.get $bytes) (i32.const 1)) (i32.const 1))
                (i32.ctz (local.get $bytes)))
    (local.set $bytes (i32.shl (local.get $bytes) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $bytes) (i32.const 1048576))))))");
  const Numbers lengths = {kPiece - 1, kPiece, kPiece + 1, 2 * kPiece + 3};
  TryTriples(table, "memory.copy", "copy", {0, 1, 5000, kPiece / 2}, {0, 4097, kPiece / 2},
             lengths);
  TryTriples(table, "memory.fill", "fill", {0, 4099, 40 * kEdge - kPiece}, {0x35}, lengths);
  return table;
}

}  // namespace

std::vector<BoundaryTable> BulkMemoryTables() {
  std::vector<BoundaryTable> tables;
  tables.push_back(Edges());
  tables.push_back(Pieces());
  return tables;
}

}  // namespace pg_checker::conformance
