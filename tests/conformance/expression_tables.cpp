// Expressions that a compiler likes to simplify, and may not: what algebra says of real numbers
// does not hold for floats, nor do detours over another type round as the direct way does.
#include <string_view>
#include <utility>

#include "boundary_table.hpp"
#include "operand_memory.hpp"
#include "operands.hpp"

namespace pg_checker::conformance {

namespace {

using wabt::Type;

// X and Y are operands; T stands for f32 or f64. The result is of type T.
constexpr std::string_view kFloatExpressions[] = {
    "(T.sub X X)",
    "(T.div X X)",
    "(T.add X X)",
    "(T.min X X)",
    "(T.max X X)",
    "(T.sqrt (T.mul X X))",
    "(T.mul (T.sqrt X) (T.sqrt X))",
    "(T.neg (T.sub X Y))",
    "(T.sub (T.neg X) Y)",
    "(T.add X (T.neg Y))",
    "(T.sub X (T.neg Y))",
    "(T.mul (T.neg X) Y)",
    "(T.mul (T.neg X) (T.neg Y))",
    "(T.div (T.neg X) Y)",
    "(T.add (T.mul X Y) Y)",
    "(T.sub (T.mul X Y) X)",
    "(T.sub X (T.mul X Y))",
    "(T.add (T.mul X Y) (T.mul Y Y))",
    "(T.div (T.mul X Y) Y)",
    "(T.mul (T.div X Y) Y)",
    "(T.sub (T.add X Y) Y)",
    "(T.add (T.sub X Y) Y)",
    "(T.add (T.add X Y) X)",
    "(T.div (T.const 1) (T.div (T.const 1) X))",
    "(T.div (T.div X (T.const 3)) Y)",
    "(T.mul (T.mul X (T.const 2)) (T.const 0.5))",
    "(T.div (T.mul X (T.const 3)) (T.const 3))",
    "(T.add (T.add X (T.const 1)) (T.const -1))",
    "(T.sub (T.const 0) (T.sub (T.const 0) X))",
    "(T.mul (T.const 0) (T.add X Y))",
    "(T.mul (T.add X (T.const 0)) (T.const 1))",
    "(T.ceil (T.floor X))",
    "(T.nearest (T.trunc X))",
    "(T.floor (T.neg X))",
    "(T.neg (T.ceil X))",
    "(T.add (T.floor X) (T.ceil X))",
    "(T.min (T.max X Y) Y)",
    "(T.max (T.neg X) (T.neg Y))",
    "(T.abs (T.mul X Y))",
    "(T.add (T.copysign X Y) (T.abs Y))",
};

// The same, but the result has known bits even if it is a NaN.
constexpr std::string_view kExactFloatExpressions[] = {
    "(T.neg (T.neg X))",
    "(T.abs (T.neg X))",
    "(T.neg (T.abs X))",
    "(T.copysign X X)",
    "(T.copysign (T.neg X) Y)",
    "(T.copysign X (T.neg Y))",
    "(T.copysign (T.abs X) Y)",
    "(select X Y (T.lt X Y))",
    "(select X Y (T.le X Y))",
    "(select X Y (T.gt X Y))",
    "(select X Y (T.ge X Y))",
    "(select X Y (T.eq X Y))",
    "(select Y X (T.ne X Y))",
    "(select X Y (i32.eqz (T.lt X Y)))",
    "(select (T.neg X) X (T.lt X (T.const 0)))",
    "(select X (T.const 0) (T.eq X X))",
};

// The result is an i32.
constexpr std::string_view kComparisons[] = {
    "(T.eq X X)",
    "(T.ne X X)",
    "(T.lt X X)",
    "(T.le X X)",
    "(i32.eqz (T.lt X Y))",
    "(i32.eqz (T.ge X Y))",
    "(i32.eqz (T.eq X Y))",
    "(i32.and (T.le X Y) (T.ge X Y))",
    "(i32.or (T.lt X Y) (T.gt X Y))",
    "(i32.eq (T.lt X Y) (T.gt Y X))",
    "(T.lt (T.neg X) (T.neg Y))",
    "(T.gt (T.sub X Y) (T.const 0))",
    "(T.eq (T.abs X) (T.const inf))",
    "(T.lt (T.add X (T.const 1)) X)",
};

// Over another type and back: f32 from one f32 or two.
constexpr std::string_view kNarrowDetours[] = {
    "(f32.demote_f64 (f64.promote_f32 X))",
    "(f32.demote_f64 (f64.add (f64.promote_f32 X) (f64.promote_f32 Y)))",
    "(f32.demote_f64 (f64.sub (f64.promote_f32 X) (f64.promote_f32 Y)))",
    "(f32.demote_f64 (f64.mul (f64.promote_f32 X) (f64.promote_f32 Y)))",
    "(f32.demote_f64 (f64.div (f64.promote_f32 X) (f64.promote_f32 Y)))",
    "(f32.demote_f64 (f64.sqrt (f64.promote_f32 X)))",
    "(f32.demote_f64 (f64.floor (f64.promote_f32 X)))",
    "(f32.demote_f64 (f64.neg (f64.promote_f32 X)))",
    "(f32.convert_i32_s (i32.trunc_sat_f32_s X))",
    "(f32.convert_i32_u (i32.trunc_sat_f32_u X))",
    "(f32.convert_i64_s (i64.trunc_sat_f32_s X))",
    "(f32.convert_i64_u (i64.trunc_sat_f32_u X))",
    "(f32.demote_f64 (f64.convert_i32_s (i32.trunc_sat_f32_s X)))",
    "(f32.demote_f64 (f64.convert_i64_u (i64.trunc_sat_f32_u X)))",
};

// f64 from one f64 or two.
constexpr std::string_view kWideDetours[] = {
    "(f64.promote_f32 (f32.demote_f64 X))",
    "(f64.promote_f32 (f32.add (f32.demote_f64 X) (f32.demote_f64 Y)))",
    "(f64.promote_f32 (f32.sqrt (f32.demote_f64 X)))",
    "(f64.promote_f32 (f32.ceil (f32.demote_f64 X)))",
    "(f64.promote_f32 (f32.demote_f64 (f64.mul X Y)))",
    "(f64.convert_i32_s (i32.trunc_sat_f64_s X))",
    "(f64.convert_i32_u (i32.trunc_sat_f64_u X))",
    "(f64.convert_i64_s (i64.trunc_sat_f64_s X))",
    "(f64.convert_i64_u (i64.trunc_sat_f64_u X))",
    "(f64.promote_f32 (f32.convert_i64_s (i64.trunc_sat_f64_s X)))",
    "(f64.promote_f32 (f32.convert_i64_u (i64.trunc_sat_f64_u X)))",
};

// T is i32 or i64.
constexpr std::string_view kIntegerExpressions[] = {
    "(T.div_s (T.mul X (T.const 3)) (T.const 3))",
    "(T.div_u (T.mul X (T.const 6)) (T.const 3))",
    "(T.mul (T.div_s X (T.const 7)) (T.const 7))",
    "(T.sub X (T.mul (T.div_s X (T.const 10)) (T.const 10)))",
    "(T.div_s (T.div_s X (T.const 100)) (T.const -7))",
    "(T.rem_s X (T.or Y (T.const 1)))",
    "(T.rem_u X (T.and Y (T.const 7)))",
    "(T.div_s X (T.sub Y Y))",
    "(T.shr_s (T.shl X (T.const 24)) (T.const 24))",
    "(T.shr_u (T.shl X Y) Y)",
    "(T.shl (T.shr_s X Y) Y)",
    "(T.shl X (T.add Y (T.const 32)))",
    "(T.or (T.shl X Y) (T.shr_u X (T.sub (T.const 0) Y)))",
    "(T.rotl (T.rotr X Y) Y)",
    "(T.rotl X (T.const 65))",
    "(T.sub (T.const 0) (T.sub (T.const 0) X))",
    "(T.xor (T.xor X Y) Y)",
    "(T.add (T.xor X (T.const -1)) (T.const 1))",
    "(T.and X (T.sub X (T.const 1)))",
    "(T.sub (T.add X Y) X)",
    "(T.ctz (T.sub (T.const 0) X))",
    "(T.clz (T.or X (T.const 1)))",
    "(T.extend8_s (T.shr_u X (T.const 8)))",
    "(T.extend16_s (T.and X (T.const 0xffff)))",
    "(select X Y (T.lt_s X Y))",
    "(select X Y (T.gt_u X Y))",
    "(select X (T.const 0) (T.lt_s (T.add X (T.const 1)) X))",
    "(select (T.sub (T.const 0) X) X (T.lt_s X (T.const 0)))",
};

std::string Replace(std::string_view expression, std::string_view type) {
  const std::string name(type);
  std::string text;
  for (size_t at = 0; at < expression.size(); ++at) {
    const char letter = expression[at];
    if (letter == 'T') {
      text += name;
    } else if (letter == 'X') {
      text += "(local.get $x)";
    } else if (letter == 'Y') {
      text += "(local.get $y)";
    } else {
      text += letter;
    }
  }
  return text;
}

// Tries expressions over all boundary values as X, and the dozen constants, unknown to the
// compiler, as Y.
class ExpressionTable {
 public:
  explicit ExpressionTable(const std::string& name, Type operands)
      : table_(name), memory_(table_.text()), operands_(operands) {
    memory_.Add("left", operands, BoundaryValues(operands));
    memory_.Add("right", operands, ConstantValues(operands));
  }

  template <typename Expressions>
  void Add(const Expressions& expressions, const std::string& record) {
    const auto lefts = static_cast<uint32_t>(BoundaryValues(operands_).size());
    const auto rights = static_cast<uint32_t>(ConstantValues(operands_).size());
    const std::string type = TypeText(operands_);
    const std::string divisor = " (local.get $k) (i32.const " + std::to_string(rights) + "))";
    const std::string begin = "(local $x " + type + ") (local $y " + type + ")\n(local.set $x " +
                              Operand("left", operands_, "(i32.div_u" + divisor) +
                              ")\n(local.set $y " +
                              Operand("right", operands_, "(i32.rem_u" + divisor) + ")\n";
    for (const std::string_view expression : expressions) {
      const std::string text = Replace(expression, type);
      table_.Try({}, "$expression" + std::to_string(count_++), lefts * rights,
                 begin + "(call $x." + record + " " + text + ")", [text, rights](uint32_t k) {
                   return text + " of boundary value " + std::to_string(k / rights) +
                          " and constant " + std::to_string(k % rights);
                 });
    }
  }

  BoundaryTable Take() { return std::move(table_); }

 private:
  BoundaryTable table_;
  OperandMemory memory_;
  Type operands_;
  uint32_t count_ = 0;
};

}  // namespace

std::vector<BoundaryTable> ExpressionTables() {
  std::vector<BoundaryTable> tables;
  for (const Type::Enum type : {Type::F32, Type::F64}) {
    const std::string name = TypeText(type);
    ExpressionTable table("expressions of " + name, type);
    table.Add(kFloatExpressions, name);
    table.Add(kExactFloatExpressions, "exact_" + name);
    table.Add(kComparisons, "i32");
    if (type == Type::F32) {
      table.Add(kNarrowDetours, name);
    } else {
      table.Add(kWideDetours, name);
    }
    tables.push_back(table.Take());
  }
  for (const Type::Enum type : {Type::I32, Type::I64}) {
    ExpressionTable table("expressions of " + TypeText(type), type);
    table.Add(kIntegerExpressions, TypeText(type));
    tables.push_back(table.Take());
  }
  return tables;
}

}  // namespace pg_checker::conformance
