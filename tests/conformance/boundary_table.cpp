#include "boundary_table.hpp"

#include <stdexcept>
#include <utility>

#include "offered_features.hpp"

namespace pg_checker::conformance {

namespace {

using wabt::Opcode;
using wabt::Type;

bool IsNumber(Type type) {
  return type == Type::I32 || type == Type::I64 || type == Type::F32 || type == Type::F64;
}

bool HasInstruction(std::string_view body, std::string_view instruction) {
  for (size_t at = body.find(instruction); at != body.npos; at = body.find(instruction, at + 1)) {
    const char before = at == 0 ? ' ' : body[at - 1];
    const size_t end = at + instruction.size();
    const char behind = end == body.size() ? ' ' : body[end];
    if (std::string_view(" (\n").find(before) != std::string_view::npos &&
        std::string_view(" )\n").find(behind) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

std::string ChooseAmong(const std::vector<std::string>& arms, size_t first, size_t last) {
  if (last - first == 1) return arms[first];
  const size_t middle = first + (last - first) / 2;
  return "(if (i32.lt_u (local.get $k) (i32.const " + std::to_string(middle) + "))\n(then " +
         ChooseAmong(arms, first, middle) + ")\n(else " + ChooseAmong(arms, middle, last) + "))";
}

}  // namespace

void BoundaryTable::Try(std::initializer_list<std::string_view> instructions, std::string_view name,
                        uint32_t count, std::string_view body,
                        std::function<std::string(uint32_t)> describe) {
  for (const std::string_view instruction : instructions) {
    if (!HasInstruction(body, instruction)) {
      throw std::logic_error("cases \"" + std::string(name) + "\" do not have " +
                             std::string(instruction));
    }
    instructions_.emplace(instruction);
  }
  text_.Add("(func " + std::string(name) + " (param $k i32)\n" + std::string(body) + ")");
  text_.AddCases(name, count, std::move(describe));
}

std::vector<Opcode> OfferedInstructions() {
  // WABT calls some enabled whose feature is not, and some that only its interpreter has.
  constexpr uint8_t kSimdPrefix = 0xfd;
  const std::set<Opcode::Enum> others = {Opcode::CatchAll, Opcode::InterpCatchDrop,
                                         Opcode::InterpAdjustFrameForReturnCall};
  std::vector<Opcode> offered;
  for (uint32_t number = 0; number < Opcode::Invalid; ++number) {
    const Opcode opcode(static_cast<Opcode::Enum>(number));
    if (opcode.IsEnabled(OfferedFeatures()) && opcode.GetPrefix() != kSimdPrefix &&
        !others.contains(opcode)) {
      offered.push_back(opcode);
    }
  }
  return offered;
}

std::vector<Opcode> NumericInstructions() {
  std::vector<Opcode> numeric;
  for (const Opcode opcode : OfferedInstructions()) {
    if (opcode.GetMemorySize() == 0 && IsNumber(opcode.GetResultType()) &&
        IsNumber(opcode.GetParamType1()) && opcode != Opcode::MemoryGrow) {
      numeric.push_back(opcode);
    }
  }
  return numeric;
}

std::string Choose(const std::vector<std::string>& arms) {
  return ChooseAmong(arms, 0, arms.size());
}

std::vector<BoundaryTable> AllBoundaryTables() {
  std::vector<BoundaryTable> all;
  for (const auto& make : {NumericTables, ExpressionTables, MemoryTables, BulkMemoryTables,
                           TableTables, ControlTables, SizeTables}) {
    for (BoundaryTable& table : make()) all.push_back(std::move(table));
  }
  return all;
}

}  // namespace pg_checker::conformance
