// The same instructions in great number: many targets, parameters, results, locals, operands, and
// blocks within blocks.
#include <string>
#include <utility>

#include "boundary_table.hpp"
#include "operands.hpp"

namespace pg_checker::conformance {

namespace {

using wabt::Type;

constexpr Type::Enum kNumbers[] = {Type::I32, Type::I64, Type::F32, Type::F64};

std::string I32(uint64_t value) { return ConstantText(Type::I32, value); }
std::string Name(uint64_t index) { return TypeText(kNumbers[index % 4]); }

// A number of the type from an i32 instruction, the same for no two small numbers.
std::string FromI32(uint64_t index, const std::string& number) {
  static constexpr const char* kConversions[] = {"i32.add (i32.const 1)", "i64.extend_i32_s",
                                                 "f32.convert_i32_s", "f64.convert_i32_s"};
  return std::string("(") + kConversions[index % 4] + " " + number + ")";
}

std::string Record(uint64_t index, const std::string& value) {
  return "(call $x." + Name(index) + " " + value + ")";
}

// A target for each index, five of them in a pattern without a period that is a power of two.
void TryTargets(BoundaryTable& table) {
  constexpr uint32_t kTargets = 3000;
  std::string targets;
  for (uint32_t index = 0; index < kTargets; ++index) {
    targets += " " + std::to_string(index * index / 7 % 5);
  }
  std::string body = "(br_table" + targets + " 5 (local.get $k))";
  for (uint32_t block = 0; block <= 5; ++block) {
    body = "(block " + body + ") (call $x.i32 " + I32(block) + ")";
  }
  table.Try({"br_table"}, "$targets", kTargets + 5, body);
}

void TryDepth(BoundaryTable& table) {
  constexpr uint32_t kDepth = 400;
  std::string targets;
  for (uint32_t depth = 0; depth < kDepth; ++depth) targets += " " + std::to_string(depth);
  std::string body = "(br_table" + targets + " (local.get $k))";
  for (uint32_t depth = 0; depth < kDepth; ++depth) {
    body = "(block " + body + ")\n(local.set $left (i32.add (local.get $left) (i32.const 1)))";
  }
  table.Try({"block", "br_table"}, "$depth", kDepth + 2,
            "(local $left i32) " + body + " (call $x.i32 (local.get $left))");
}

// Numbers of all types in, directly and through a table, and out again in reverse.
void TrySignature(BoundaryTable& table) {
  constexpr uint64_t kCount = 120;
  std::string parameters, results, returned, arguments, record;
  for (uint64_t index = 0; index < kCount; ++index) {
    parameters += " (param " + Name(index) + ")";
    arguments += FromI32(index, "(i32.mul (local.get $k) " + I32(index + 1) + ")");
    record += "(call $x." + Name(index) + ")";
  }
  for (uint64_t index = kCount; index-- > 0;) {
    results += " (result " + Name(index) + ")";
    returned += "(local.get " + std::to_string(index) + ")";
  }
  table.text().Add("(type $many (func" + parameters + results + "))");
  table.text().Add("(func $reverse (type $many) " + returned + ")");
  table.text().Add("(table funcref (elem $reverse))");
  table.Try({"call"}, "$call_many", 3, arguments + "(call $reverse)" + record);
  table.Try({"call_indirect"}, "$call_indirect_many", 3,
            arguments + "(call_indirect (type $many) (i32.const 0))" + record);
  table.Try({"block"}, "$block_many", 3,
            arguments + "(block (type $many) (call $reverse))" + record);
}

void TryLocals(BoundaryTable& table) {
  constexpr uint64_t kCount = 1000;
  std::string declarations, assignments, record;
  for (uint64_t index = 0; index < kCount; ++index) {
    const std::string local = "$l" + std::to_string(index);
    declarations += "(local " + local + " " + Name(index) + ")";
    // Every third keeps its zero.
    if (index % 3 != 0) {
      assignments += "(local.set " + local + " " +
                     FromI32(index, "(i32.add (local.get $k) " + I32(index) + ")") + ")";
    }
    record +=
        Record(kCount - 1 - index, "(local.get $l" + std::to_string(kCount - 1 - index) + ")");
  }
  table.Try({"local.get", "local.set"}, "$locals", 2, declarations + assignments + record);
}

void TryOperands(BoundaryTable& table) {
  constexpr uint64_t kCount = 1000;
  std::string body;
  for (uint64_t index = 0; index < kCount; ++index) {
    body += "(i32.xor (local.get $k) " + I32(index * index) + ")";
  }
  for (uint64_t index = 1; index < kCount; ++index)
    body += index % 2 == 0 ? " i32.sub" : " i32.mul";
  table.Try({"i32.sub", "i32.mul"}, "$operands", 4, body + " (call $x.i32)");
}

void TryGlobals(BoundaryTable& table) {
  constexpr uint64_t kCount = 500;
  std::string body;
  for (uint64_t index = 0; index < kCount; ++index) {
    const std::string global = "$g" + std::to_string(index);
    table.text().Add("(global " + global + " (mut " + Name(index) + ") " +
                     ConstantText(kNumbers[index % 4], index) + ")");
    body += "(global.set " + global + " " +
            FromI32(index, "(i32.add (local.get $k) " + I32(index)) + "))";
    table.text().AddState(Record(index, "(global.get " + global + ")"));
  }
  table.Try({"global.set"}, "$globals", 3, body);
}

}  // namespace

std::vector<BoundaryTable> SizeTables() {
  std::vector<BoundaryTable> tables;
  tables.emplace_back("great numbers");
  for (const auto& add : {TryTargets, TryDepth, TrySignature, TryLocals, TryOperands, TryGlobals}) {
    add(tables.back());
  }
  return tables;
}

}  // namespace pg_checker::conformance
