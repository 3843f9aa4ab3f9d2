// Loads and stores at every alignment and offset and at the edges of memory; memory.size and
// memory.grow.
#include <algorithm>
#include <utility>

#include "boundary_table.hpp"
#include "operand_memory.hpp"
#include "operands.hpp"

namespace pg_checker::conformance {

namespace {

using wabt::Opcode;
using wabt::Type;

constexpr uint64_t kPage = 65536;
constexpr uint64_t kOffsets[] = {0,     1,          7,          65528,      65535,
                                 65536, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff};

bool IsStore(Opcode opcode) { return opcode.GetResultType() == Type::Void; }
Type ValueType(Opcode opcode) {
  return IsStore(opcode) ? opcode.GetParamType2() : opcode.GetResultType();
}

std::vector<Opcode> Accesses() {
  std::vector<Opcode> accesses;
  for (const Opcode opcode : OfferedInstructions()) {
    if (opcode.GetMemorySize() != 0) accesses.push_back(opcode);
  }
  return accesses;
}

std::string Number(uint64_t number) { return std::to_string(number); }

std::string I32(uint64_t value) { return ConstantText(Type::I32, value); }

// Addresses that matter with this offset: small and huge ones, and those that put the access at the
// edge of memory and of what 32 bits hold.
std::vector<uint64_t> Addresses(uint64_t offset, uint64_t bytes) {
  std::vector<uint64_t> addresses = {0,          1,          2,          3,          8,
                                     13,         65535,      65536,      0x7fffffff, 0x80000000,
                                     0xffff0000, 0xfffffff8, 0xfffffffe, 0xffffffff};
  for (const uint64_t edge : {kPage, uint64_t{1} << 32}) {
    for (uint64_t near = 0; near <= bytes + 1; ++near) {
      const uint64_t address = edge + 1 - near - offset;
      if (address <= 0xffffffff) addresses.push_back(address);
    }
  }
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  return addresses;
}

// What is stored: bits that differ in all bytes, among them the sign bits, and a signalling NaN.
std::string StoredValue(Type type, uint64_t number) {
  static constexpr uint64_t kValues[] = {0x7f81e2c3a4958677, 0xfffefdfc7fa12345,
                                         0x7ff4000000000001};
  const uint64_t bits = kValues[number % 3];
  return ConstantText(type, BytesOf(type) == 4 ? bits & 0xffffffff : bits);
}

// A load that records the value, or a store that records the bytes around it.
std::string Access(Opcode opcode, const std::string& immediates, uint64_t offset,
                   const std::string& address, uint64_t number) {
  const std::string instruction = std::string("(") + opcode.GetName() + immediates + " ";
  const Type type = ValueType(opcode);
  if (IsStore(opcode)) {
    return instruction + address + " " + StoredValue(type, number) + ")(call $bytes (i32.add " +
           address + I32(offset) + "))";
  }
  const std::string exact = type == Type::F32 || type == Type::F64 ? "exact_" : "";
  return "(call $x." + exact + TypeText(type) + instruction + address + "))";
}

std::string Immediates(uint64_t offset, uint64_t alignment) {
  return (offset != 0 ? " offset=" + Number(offset) : "") +
         (alignment != 0 ? " align=" + Number(alignment) : "");
}

// Cases with one offset and alignment: addresses that the compiler does not know, or, with
// `constant`, that it does.
void TryAccess(BoundaryTable& table, Opcode opcode, uint64_t offset, uint64_t alignment,
               bool constant) {
  const std::vector<uint64_t> addresses = Addresses(offset, opcode.GetMemorySize());
  const std::string immediates = Immediates(offset, alignment);
  const std::string name = "$" + std::string(opcode.GetName()) + "." + Number(offset) + "." +
                           Number(alignment) + (constant ? ".constant" : "");
  std::vector<std::string> arms;
  for (const uint64_t address : addresses) {
    arms.push_back(constant
                       ? Access(opcode, immediates, offset, I32(address), address)
                       : "(local.set $address (i32.xor (global.get $zero) " + I32(address) + "))");
  }
  std::string body = "(local $address i32)\n" + Choose(arms);
  if (!constant) body += Access(opcode, immediates, offset, "(local.get $address)", offset);
  table.Try({opcode.GetName()}, name, static_cast<uint32_t>(addresses.size()), body,
            [text = opcode.GetName() + immediates, addresses, constant](uint32_t k) {
              return text + " at " + (constant ? "the constant " : "") + Number(addresses[k]);
            });
}

void AddBytes(GuestText& text) {
  // Records the bytes from 8 before to 15 behind an address, as far as they are in memory.
  text.Add(R"(
(func $bytes (param $at i32) (local $i i32) (local $hash i64)
  (local.set $i (i32.const -8))
  (loop $next
    (if (i32.lt_u (i32.add (local.get $at) (local.get $i))
                  (i32.mul (memory.size) (i32.const 65536)))
      (then (local.set $hash (i64.add (i64.mul (local.get $hash) (i64.const 257))
        (i64.add (i64.const 1) (i64.load8_u (i32.add (local.get $at) (local.get $i))))))))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $next (i32.lt_s (local.get $i) (i32.const 16))))
  (call $x.i64 (local.get $hash))))");
}

// Both ends of the page hold bytes of all kinds.
void AddPattern(GuestText& text) {
  std::string bytes;
  for (int byte = 0; byte < 64; ++byte) bytes += static_cast<char>(0x81 + byte * 37);
  text.Add("(data (i32.const 0) " + DataText(bytes) + ")");
  text.Add("(data (i32.const 65472) " + DataText(bytes) + ")");
}

BoundaryTable Access() {
  BoundaryTable table("loads and stores");
  AddBytes(table.text());
  AddPattern(table.text());
  table.text().Add("(global $zero (mut i32) (i32.const 0))");
  for (const Opcode opcode : Accesses()) {
    for (const uint64_t offset : kOffsets) TryAccess(table, opcode, offset, 0, false);
    for (uint64_t alignment = 1; alignment <= opcode.GetMemorySize(); alignment *= 2) {
      TryAccess(table, opcode, 3, alignment, false);
    }
  }
  return table;
}

BoundaryTable ConstantAccess() {
  BoundaryTable table("loads and stores at constant addresses");
  AddBytes(table.text());
  AddPattern(table.text());
  for (const Opcode opcode : Accesses()) {
    for (const uint64_t offset : {kOffsets[0], kOffsets[2], kOffsets[5], kOffsets[9]}) {
      TryAccess(table, opcode, offset, 0, true);
    }
  }
  return table;
}

// Grows by $k's arm, records what comes of it, and looks at the edge of what there is then.
void TryGrow(BoundaryTable& table) {
  std::vector<std::string> arms;
  const std::vector<uint64_t> deltas = {0, 0x80000000, 65536, 65535, 0xffffffff, 3, 1,
                                        0, 1,          65534, 1,     2,          0};
  for (const uint64_t delta : deltas) {
    arms.push_back("(call $x.i32 (memory.grow " + I32(delta) + "))");
  }
  table.Try({"memory.grow", "memory.size"}, "$grow", static_cast<uint32_t>(deltas.size()),
            Choose(arms) + R"(
(call $x.i32 (memory.size))
(if (memory.size) (then
  (call $x.i64 (i64.load (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 8))))
  (i64.store (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 8))
             (i64.const 0x0123456789abcdef)))))",
            [deltas](uint32_t k) { return "memory.grow by " + Number(deltas[k]); });
  table.Try({"memory.size"}, "$edge", 4, R"(
(call $x.i32 (i32.load8_u (i32.sub (i32.add (i32.mul (memory.size) (i32.const 65536))
                                            (local.get $k)) (i32.const 2)))))");
}

std::vector<BoundaryTable> Growth() {
  std::vector<BoundaryTable> tables;
  for (const char* limits : {"1 3", "0 2", "0 0", "2 2"}) {
    BoundaryTable table(std::string("memory of ") + limits);
    table.text().SetMemory(limits);
    TryGrow(table);
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace

std::vector<BoundaryTable> MemoryTables() {
  std::vector<BoundaryTable> tables = Growth();
  tables.push_back(Access());
  tables.push_back(ConstantAccess());
  return tables;
}

}  // namespace pg_checker::conformance
