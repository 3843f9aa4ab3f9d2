#include "compile/instruction_census.hpp"

#include <wabt/cast.h>

namespace pg_checker::compile {
namespace {

void Count(const wabt::ExprList& exprs, FunctionCensus& census) {
  using wabt::ExprType;
  for (const wabt::Expr& expr : exprs) {
    switch (expr.type()) {
      case ExprType::Block:
        Count(wabt::cast<wabt::BlockExpr>(&expr)->block.exprs, census);
        break;
      case ExprType::Loop: {
        const wabt::ExprList& body = wabt::cast<wabt::LoopExpr>(&expr)->block.exprs;
        if (!body.empty()) ++census.loops;
        Count(body, census);
        break;
      }
      case ExprType::If: {
        const auto* branches = wabt::cast<wabt::IfExpr>(&expr);
        Count(branches->true_.exprs, census);
        Count(branches->false_, census);
        break;
      }
      case ExprType::MemoryGrow:
      case ExprType::MemoryFill:
      case ExprType::MemoryCopy:
      case ExprType::MemoryInit:
      case ExprType::TableFill:
      case ExprType::TableCopy:
      case ExprType::TableInit:
      case ExprType::TableGrow:
        ++census.bulk_operations;
        break;
      case ExprType::Br:
      case ExprType::BrTable:
      case ExprType::Return:
      case ExprType::Unreachable:
        return;
      default:
        break;
    }
  }
}

}  // namespace

std::vector<FunctionCensus> TakeCensus(const wabt::Module& module) {
  std::vector<FunctionCensus> census;
  for (size_t index = module.num_func_imports; index < module.funcs.size(); ++index) {
    Count(module.funcs[index]->exprs, census.emplace_back());
  }
  return census;
}

}  // namespace pg_checker::compile
