// Instructions that compute numbers: on all pairs of boundary values that the compiler does not
// know, with one of the two as a constant, and with nothing but constants, which is what a compiler
// folds.
#include <cstdio>
#include <utility>

#include "boundary_table.hpp"
#include "operand_memory.hpp"
#include "operands.hpp"

namespace pg_checker::conformance {

namespace {

using wabt::Opcode;
using wabt::Type;

constexpr Type::Enum kTypes[] = {Type::I32, Type::I64, Type::F32, Type::F64};

bool IsFloat(Type type) { return type == Type::F32 || type == Type::F64; }
// WABT's table of opcodes gives f32.abs to f32.sqrt, and those of f64, two operands.
bool IsBinary(Opcode opcode) {
  const bool one_float = (opcode >= Opcode::F32Abs && opcode <= Opcode::F32Sqrt) ||
                         (opcode >= Opcode::F64Abs && opcode <= Opcode::F64Sqrt);
  return opcode.GetParamType2() != Type::Void && !one_float;
}

// Those that change nothing but the sign, so that even a NaN's bits are known.
bool IsExact(Opcode opcode) {
  switch (opcode) {
    case Opcode::F32Abs:
    case Opcode::F32Neg:
    case Opcode::F32Copysign:
    case Opcode::F32ReinterpretI32:
    case Opcode::F64Abs:
    case Opcode::F64Neg:
    case Opcode::F64Copysign:
    case Opcode::F64ReinterpretI64:
      return true;
    default:
      return false;
  }
}

std::string RecordResult(Opcode opcode, const std::string& arguments) {
  const Type result = opcode.GetResultType();
  const std::string exact = IsFloat(result) && IsExact(opcode) ? "exact_" : "";
  return "(call $x." + exact + TypeText(result) + " (" + opcode.GetName() + " " + arguments + "))";
}

std::string Hexadecimal(Type type, uint64_t bits) {
  char text[24];
  snprintf(text, sizeof(text), "0x%0*llx", static_cast<int>(2 * BytesOf(type)),
           static_cast<unsigned long long>(bits));
  return text;
}

std::string CallText(Opcode opcode, uint64_t left, uint64_t right) {
  std::string text =
      std::string(opcode.GetName()) + "(" + Hexadecimal(opcode.GetParamType1(), left);
  if (IsBinary(opcode)) text += ", " + Hexadecimal(opcode.GetParamType2(), right);
  return text + ")";
}

BoundaryTable VariableOperands() {
  BoundaryTable table("numeric, variables");
  OperandMemory memory(table.text());
  for (const Type type : kTypes) {
    memory.Add("boundary", type, BoundaryValues(type));
    memory.Add("wide", type, WideValues(type));
  }
  for (const Opcode opcode : NumericInstructions()) {
    const Type left = opcode.GetParamType1();
    const Type right = opcode.GetParamType2();
    const std::string name = "$" + std::string(opcode.GetName());
    if (!IsBinary(opcode)) {
      std::vector<uint64_t> values = WideValues(left);
      const auto count = static_cast<uint32_t>(values.size());
      table.Try({opcode.GetName()}, name, count,
                RecordResult(opcode, Operand("wide", left, "(local.get $k)")),
                [opcode, values = std::move(values)](uint32_t k) {
                  return CallText(opcode, values[k], 0);
                });
      continue;
    }
    const auto lefts = static_cast<uint32_t>(BoundaryValues(left).size());
    const auto rights = static_cast<uint32_t>(BoundaryValues(right).size());
    const std::string divisor = " (local.get $k) (i32.const " + std::to_string(rights) + "))";
    table.Try({opcode.GetName()}, name, lefts * rights,
              RecordResult(opcode, Operand("boundary", left, "(i32.div_u" + divisor) +
                                       Operand("boundary", right, "(i32.rem_u" + divisor)),
              [opcode, left, right, rights](uint32_t k) {
                return CallText(opcode, BoundaryValues(left)[k / rights],
                                BoundaryValues(right)[k % rights]);
              });
  }
  return table;
}

// One operand is a constant: first the left one, then the right one.
void TryHalfConstants(BoundaryTable& table, Opcode opcode) {
  const Type type = opcode.GetParamType1();
  const std::vector<uint64_t>& values = BoundaryValues(type);
  const auto count = static_cast<uint32_t>(values.size());
  const std::string variable = Operand("boundary", type, "(local.get $k)");
  for (const uint64_t constant : ConstantValues(type)) {
    const std::string text = ConstantText(type, constant);
    const std::string name =
        "$" + std::string(opcode.GetName()) + "." + Hexadecimal(type, constant);
    table.Try({opcode.GetName()}, name + ".left", count, RecordResult(opcode, text + variable),
              [opcode, constant, &values](uint32_t k) {
                return CallText(opcode, constant, values[k]) + ", the left one a constant";
              });
    table.Try({opcode.GetName()}, name + ".right", count, RecordResult(opcode, variable + text),
              [opcode, constant, &values](uint32_t k) {
                return CallText(opcode, values[k], constant) + ", the right one a constant";
              });
  }
}

void TryConstants(BoundaryTable& table, Opcode opcode) {
  const Type type = opcode.GetParamType1();
  std::vector<std::pair<uint64_t, uint64_t>> operands;
  if (IsBinary(opcode)) {
    for (const uint64_t left : ConstantValues(type)) {
      for (const uint64_t right : ConstantValues(type)) operands.emplace_back(left, right);
    }
  } else {
    for (const uint64_t value : BoundaryValues(type)) operands.emplace_back(value, 0);
  }
  std::vector<std::string> arms;
  for (const auto& [left, right] : operands) {
    arms.push_back(RecordResult(
        opcode, ConstantText(type, left) + (IsBinary(opcode) ? ConstantText(type, right) : "")));
  }
  const auto count = static_cast<uint32_t>(arms.size());
  table.Try({opcode.GetName()}, "$" + std::string(opcode.GetName()) + ".constants", count,
            Choose(arms), [opcode, operands = std::move(operands)](uint32_t k) {
              return CallText(opcode, operands[k].first, operands[k].second) + " of constants";
            });
}

BoundaryTable ConstantOperands(Type type) {
  BoundaryTable table("numeric, constants of " + TypeText(type));
  OperandMemory memory(table.text());
  memory.Add("boundary", type, BoundaryValues(type));
  for (const Opcode opcode : NumericInstructions()) {
    if (Type(opcode.GetParamType1()) != type) continue;
    TryConstants(table, opcode);
    if (IsBinary(opcode)) TryHalfConstants(table, opcode);
  }
  return table;
}

}  // namespace

std::vector<BoundaryTable> NumericTables() {
  std::vector<BoundaryTable> tables;
  tables.push_back(VariableOperands());
  for (const Type type : kTypes) tables.push_back(ConstantOperands(type));
  return tables;
}

}  // namespace pg_checker::conformance
