#include "compile/module_glue.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace pg_checker::compile {
namespace {

using wabt::Type;

std::string CType(Type type) {
  if (type == Type::I32) return "u32";
  if (type == Type::I64) return "u64";
  if (type == Type::F32) return "f32";
  return "f64";
}

// wasm2c's letter for a type in the names of structs of several results and of their members.
char ResultLetter(Type type) {
  if (type == Type::I32) return 'i';
  if (type == Type::I64) return 'j';
  if (type == Type::F32) return 'f';
  return 'd';
}

std::string ResultType(const wabt::TypeVector& results) {
  if (results.empty()) return "void";
  if (results.size() == 1) return CType(results[0]);
  std::string name = "struct wasm_multi_";
  for (Type type : results) name += ResultLetter(type);
  return name;
}

std::string ToSlot(Type type, const std::string& value) {
  if (type == Type::F32) return "i32_reinterpret_f32(" + value + ")";
  if (type == Type::F64) return "i64_reinterpret_f64(" + value + ")";
  return value;
}

std::string FromSlot(Type type, const std::string& slot) {
  if (type == Type::F32) return "f32_reinterpret_i32((u32)" + slot + ")";
  if (type == Type::F64) return "f64_reinterpret_i64(" + slot + ")";
  return "(" + CType(type) + ")" + slot;
}

std::string Slot(size_t index) { return "slots[" + std::to_string(index) + "]"; }

std::string ImportName(uint32_t index) { return "Z_hZ_i" + std::to_string(index); }

// The definition of an import: arguments into slots, the host's function by number, results out of
// the slots. wasm2c means `host` for the instance of the module that exports it; there is none.
std::string ImportDefinition(uint32_t index, const wabt::FuncSignature& signature,
                             uint32_t function) {
  const wabt::TypeVector& params = signature.param_types;
  const wabt::TypeVector& results = signature.result_types;
  std::string c = ResultType(results) + " " + ImportName(index) + "(struct Z_h_instance_t* host";
  for (size_t param = 0; param < params.size(); ++param) {
    c += ", " + CType(params[param]) + " p" + std::to_string(param);
  }
  size_t slots = std::max({params.size(), results.size(), size_t{1}});
  c += ") {\n  int64_t fuel = checker_fuel;\n  uint64_t slots[" + std::to_string(slots) + "];\n";
  for (size_t param = 0; param < params.size(); ++param) {
    c += "  " + Slot(param) + " = " + ToSlot(params[param], "p" + std::to_string(param)) + ";\n";
  }
  c += "  int trap = rt->call(" + std::to_string(function) +
       ", slots, &fuel);\n  checker_fuel = fuel;\n  if (UNLIKELY(trap)) wasm_rt_trap(trap);\n";
  if (results.size() == 1) {
    c += "  return " + FromSlot(results[0], Slot(0)) + ";\n";
  } else if (!results.empty()) {
    c += "  " + ResultType(results) + " results = {";
    for (size_t result = 0; result < results.size(); ++result)
      c += FromSlot(results[result], Slot(result)) + ", ";
    c += "};\n  return results;\n";
  }
  return c + "}\n";
}

std::string TrampolineAround(const std::string& name, const std::string& statements) {
  return "static void " + name +
         "(void* instance, uint64_t* slots) {\n  CHECKER_COME_IN((struct "
         "checker_context*)instance);\n  " +
         statements + ";\n  CHECKER_GO_BACK((struct checker_context*)instance);\n}\n";
}

// A function of the module behind the type checker_call. Exported functions have at most one result
// here.
std::string Trampoline(const std::string& name, uint32_t index, const wabt::Module& module) {
  const wabt::FuncSignature& signature = module.funcs[index]->decl.sig;
  bool is_import = index < module.num_func_imports;
  std::string call =
      is_import ? ImportName(index) + "(NULL" : "w2c_f" + std::to_string(index) + "(instance";
  for (size_t param = 0; param < signature.param_types.size(); ++param) {
    call += ", " + FromSlot(signature.param_types[param], Slot(param));
  }
  call += ")";
  if (!signature.result_types.empty())
    call = Slot(0) + " = " + ToSlot(signature.result_types[0], call);
  return TrampolineAround(name, call);
}

constexpr std::string_view kInvokePrefix = "env.invoke_";

std::string FunctionTable() { return "((Z_m_instance_t*)instance)->w2c_T0"; }

// What stands for an import invoke_<types> of Emscripten: calls the element of the table that slot
// 0 names. The import's other parameters are the callee's.
std::string Invocation(const std::string& name, const wabt::FuncSignature& import,
                       const wabt::Module& module) {
  wabt::FuncSignature callee = import;
  callee.param_types.erase(callee.param_types.begin());
  const wabt::Index type = module.GetFuncTypeIndex(callee);
  if (type == wabt::kInvalidIndex) return {};
  std::string pointer = ResultType(callee.result_types) + " (*)(void*";
  std::string arguments = FunctionTable() + ".data[element].module_instance";
  for (size_t param = 0; param < callee.param_types.size(); ++param) {
    pointer += ", " + CType(callee.param_types[param]);
    arguments += ", " + FromSlot(callee.param_types[param], Slot(param + 1));
  }
  std::string call = "CALL_INDIRECT(" + FunctionTable() + ", " + pointer + "), " +
                     std::to_string(type) + ", element, " + arguments + ")";
  if (!callee.result_types.empty()) call = Slot(0) + " = " + ToSlot(callee.result_types[0], call);
  return TrampolineAround(name, "u32 element = (u32)" + Slot(0) + ";\n  " + call);
}

// The functions of an interpreter by name, and the struct that lists them.
std::string WriteInterpreter(const wabt::Module& module, const ModuleInterface& interface) {
  std::string c;
  std::string imports;
  std::vector<std::pair<std::string, std::string>> exports;
  for (uint32_t index = 0; index < interface.imports.size(); ++index) {
    if (interface.imports[index] < CHECKER_INTERPRETER_IMPORTS) continue;
    const std::string& name =
        interface.own_imports[interface.imports[index] - CHECKER_INTERPRETER_IMPORTS];
    imports += "\"" + name + "\", ";
    if (!name.starts_with(kInvokePrefix)) continue;
    const std::string trampoline = "checker_invoke_" + std::to_string(index);
    const std::string definition = Invocation(trampoline, module.funcs[index]->decl.sig, module);
    if (definition.empty()) continue;
    c += definition;
    exports.emplace_back(name.substr(name.find('.') + 1), trampoline);
  }
  std::set<uint32_t> written;
  for (const ModuleInterface::NamedFunction& exported : interface.named_exports) {
    const std::string trampoline = "checker_named_" + std::to_string(exported.function);
    if (written.insert(exported.function).second)
      c += Trampoline(trampoline, exported.function, module);
    exports.emplace_back(exported.name, trampoline);
  }
  std::sort(exports.begin(), exports.end());
  c += "static const char* const checker_imports[] = {" + imports + "NULL};\n";
  c += "static const struct checker_named_export checker_exports[] = {\n";
  for (const auto& [name, trampoline] : exports) c += "  {\"" + name + "\", " + trampoline + "},\n";
  c += "};\nstatic wasm_rt_funcref_table_t* checker_table(void* instance) {\n  return &" +
       FunctionTable() + ";\n}\n";
  c += "static const struct checker_interpreter checker_interpreter = {" +
       std::to_string(interface.own_imports.size()) + ", checker_imports, " +
       std::to_string(exports.size()) + ", checker_exports, checker_table};\n";
  return c;
}

}  // namespace

std::string WriteGlue(const wabt::Module& module, const ModuleInterface& interface) {
  std::string c;
  for (uint32_t index = 0; index < module.num_func_imports; ++index) {
    c += ImportDefinition(index, module.funcs[index]->decl.sig, interface.imports[index]);
  }
  std::string exports;
  for (size_t role = 0; role < CHECKER_EXPORT_COUNT; ++role) {
    if (!interface.exports[role]) {
      exports += "NULL, ";
      continue;
    }
    const std::string trampoline = "checker_export_" + std::to_string(role);
    c += Trampoline(trampoline, *interface.exports[role], module);
    exports += trampoline + ", ";
  }
  c += "static void checker_bind(const struct checker_runtime* runtime) {\n"
       "  rt = runtime;\n  Z_m_init_module();\n}\n";
  c += "static void checker_instantiate(void* instance) {\n"
       "  CHECKER_COME_IN((struct checker_context*)instance);\n  Z_m_instantiate(instance";
  if (!module.imports.empty()) c += ", NULL";
  c += ");\n  CHECKER_GO_BACK((struct checker_context*)instance);\n}\n";
  c += "static wasm_rt_memory_t* checker_memory(void* instance) {\n  return ";
  c += interface.exports_memory ? "&((Z_m_instance_t*)instance)->w2c_M0" : "NULL";
  c += ";\n}\n";
  const bool is_interpreter = interface.kind == ModuleKind::kInterpreter;
  if (is_interpreter) c += WriteInterpreter(module, interface);
  c += "__attribute__((visibility(\"default\"))) const struct checker_module checker_module = {\n"
       "  CHECKER_ARTIFACT_VERSION, " +
       std::to_string(interface.flags) + ", sizeof(Z_m_instance_t), " +
       std::to_string(interface.memory_min_pages) + ", " +
       std::to_string(interface.memory_max_pages) +
       ",\n  checker_bind, checker_instantiate, checker_memory,\n  {" + exports + "}, " +
       (is_interpreter ? "&checker_interpreter" : "NULL") + "};\n";
  return c;
}

}  // namespace pg_checker::compile
