#include "compile/emscripten_unwinding.hpp"

#include <algorithm>
#include <optional>

#include "compile/c_types.hpp"

namespace pg_checker::compile {
namespace {

constexpr std::string_view kThrow = "env._emscripten_throw_longjmp";
constexpr std::string_view kInvokePrefix = "env.invoke_";

std::optional<uint32_t> SetThrew(const ModuleInterface& interface) {
  for (const ModuleInterface::NamedFunction& exported : interface.named_exports) {
    if (exported.name == "setThrew") return exported.function;
  }
  return std::nullopt;
}

}  // namespace

bool IsUnwindingImport(std::string_view name) {
  return name == kThrow || name.starts_with(kInvokePrefix);
}

bool Unwinds(const wabt::Module& module, const ModuleInterface& interface) {
  return std::find(interface.own_imports.begin(), interface.own_imports.end(), kThrow) !=
             interface.own_imports.end() &&
         SetThrew(interface) && !module.globals.empty() &&
         module.globals[0]->type == wabt::Type::I32;
}

// gcc's own setjmp: it keeps three words and leaves the register of the fuel alone, which so stays
// exact. Frames between throw and catch are the guest's and own nothing: an entry from the host
// hides what lies below it, and a throw that finds nothing becomes a trap, which the host passes
// on.
std::string WriteUnwindingState() {
  return "struct checker_catch {\n  void* jump[5];\n  struct checker_catch* outer;\n"
         "  u32 stack_pointer;\n};\n"
         "static struct checker_catch* checker_catches;\n"
         "static Z_m_instance_t* checker_current;\n"
         // Around calls that leave the guest or come into it.
         "#define CHECKER_LEAVE struct checker_catch* const catches = checker_catches; \\\n"
         "  Z_m_instance_t* const current = checker_current\n"
         "#define CHECKER_RETURN checker_catches = catches; checker_current = current\n"
         "#define CHECKER_BEGIN(instance) checker_catches = NULL; checker_current = instance\n"
         "static CHECKER_COLD __attribute__((noreturn)) void checker_throw(void) {\n"
         "  if (!checker_catches) wasm_rt_trap(CHECKER_TRAP_UNWIND);\n"
         "  __builtin_longjmp(checker_catches->jump, 1);\n}\n";
}

std::string WriteUnwinding(std::string_view name, const wabt::FuncSignature& signature,
                           const wabt::Module& module, const ModuleInterface& interface) {
  if (name == kThrow) return "  checker_throw();\n";
  wabt::FuncSignature callee = signature;
  callee.param_types.erase(callee.param_types.begin());
  const wabt::Index type = module.GetFuncTypeIndex(callee);
  if (type == wabt::kInvalidIndex) return {};
  const std::string table = "instance->w2c_T0";
  std::string pointer = ResultType(callee.result_types) + " (*)(void*";
  std::string arguments = table + ".data[p0].module_instance";
  for (size_t param = 0; param < callee.param_types.size(); ++param) {
    pointer += ", " + CType(callee.param_types[param]);
    arguments += ", p" + std::to_string(param + 1);
  }
  const std::string call = "CALL_INDIRECT(" + table + ", " + pointer + "), " +
                           std::to_string(type) + ", p0, " + arguments + ")";
  const bool returns = !callee.result_types.empty();
  const std::string result_type = ResultType(callee.result_types);
  return "  Z_m_instance_t* const instance = checker_current;\n"
         "  struct checker_catch here;\n"
         "  here.outer = checker_catches;\n"
         "  here.stack_pointer = instance->w2c_g0;\n"
         "  checker_catches = &here;\n"
         "  if (__builtin_setjmp(here.jump) == 0) {\n    " +
         (returns ? "const " + result_type + " result = " + call : call) +
         ";\n    checker_catches = here.outer;\n    return" + (returns ? " result" : "") +
         ";\n  }\n"
         "  struct checker_catch* const caught = checker_catches;\n"
         "  checker_catches = caught->outer;\n"
         "  checker_current->w2c_g0 = caught->stack_pointer;\n"
         "  w2c_f" +
         std::to_string(*SetThrew(interface)) + "(checker_current, 1, 0);\n" +
         (returns ? "  return 0;\n" : "");
}

}  // namespace pg_checker::compile
