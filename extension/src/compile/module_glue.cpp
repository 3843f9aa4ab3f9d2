#include "compile/module_glue.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "compile/c_types.hpp"
#include "compile/emscripten_unwinding.hpp"

namespace pg_checker::compile {
namespace {

using wabt::Type;

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

// The head of the definition of an import. wasm2c means `host` for the instance of the module that
// exports it; there is none.
std::string ImportHead(uint32_t index, const wabt::FuncSignature& signature) {
  std::string c =
      ResultType(signature.result_types) + " " + ImportName(index) + "(struct Z_h_instance_t* host";
  for (size_t param = 0; param < signature.param_types.size(); ++param) {
    c += ", " + CType(signature.param_types[param]) + " p" + std::to_string(param);
  }
  return c + ") {\n";
}

// The definition of an import: arguments into slots, the host's function by number, results out of
// the slots. Where the module unwinds, the host may have called it again, and passes a throw on.
std::string ImportDefinition(uint32_t index, const wabt::FuncSignature& signature,
                             uint32_t function, bool unwinds) {
  const wabt::TypeVector& params = signature.param_types;
  const wabt::TypeVector& results = signature.result_types;
  std::string c = ImportHead(index, signature);
  size_t slots = std::max({params.size(), results.size(), size_t{1}});
  c += "  int64_t fuel = checker_fuel;\n  uint64_t slots[" + std::to_string(slots) + "];\n";
  for (size_t param = 0; param < params.size(); ++param) {
    c += "  " + Slot(param) + " = " + ToSlot(params[param], "p" + std::to_string(param)) + ";\n";
  }
  if (unwinds) c += "  CHECKER_LEAVE;\n";
  c += "  int trap = rt->call(" + std::to_string(function) +
       ", slots, &fuel);\n  checker_fuel = fuel;\n";
  if (unwinds) c += "  CHECKER_RETURN;\n  if (trap == CHECKER_TRAP_UNWIND) checker_throw();\n";
  c += "  if (UNLIKELY(trap)) wasm_rt_trap(trap);\n";
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

// All imports. Those that stand for setjmp and longjmp never reach the host.
std::string ImportDefinitions(const wabt::Module& module, const ModuleInterface& interface,
                              bool unwinds) {
  std::string c;
  for (uint32_t index = 0; index < module.num_func_imports; ++index) {
    const wabt::FuncSignature& signature = module.funcs[index]->decl.sig;
    const uint32_t function = interface.imports[index];
    if (unwinds && function >= CHECKER_INTERPRETER_IMPORTS) {
      const std::string& name = interface.own_imports[function - CHECKER_INTERPRETER_IMPORTS];
      const std::string body = IsUnwindingImport(name)
                                   ? WriteUnwinding(name, signature, module, interface)
                                   : std::string();
      if (!body.empty()) {
        c += ImportHead(index, signature) + body + "}\n";
        continue;
      }
    }
    c += ImportDefinition(index, signature, function, unwinds);
  }
  return c;
}

// A function of the module behind the type checker_call. Exported functions have at most one result
// here.
std::string Trampoline(const std::string& name, uint32_t index, const wabt::Module& module,
                       bool unwinds) {
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
  std::string c = "static void " + name +
                  "(void* instance, uint64_t* slots) {\n"
                  "  CHECKER_COME_IN((struct checker_context*)instance);\n";
  if (unwinds) c += "  CHECKER_LEAVE;\n  CHECKER_BEGIN(instance);\n";
  c += "  " + call + ";\n";
  if (unwinds) c += "  CHECKER_RETURN;\n";
  return c + "  CHECKER_GO_BACK((struct checker_context*)instance);\n}\n";
}

std::string FunctionTable() { return "((Z_m_instance_t*)instance)->w2c_T0"; }

// The functions of an interpreter by name, and the struct that lists them.
std::string WriteInterpreter(const wabt::Module& module, const ModuleInterface& interface,
                             bool unwinds) {
  std::string c;
  std::string imports;
  std::vector<std::pair<std::string, std::string>> exports;
  for (uint32_t index = 0; index < interface.imports.size(); ++index) {
    if (interface.imports[index] < CHECKER_INTERPRETER_IMPORTS) continue;
    const std::string& name =
        interface.own_imports[interface.imports[index] - CHECKER_INTERPRETER_IMPORTS];
    imports += "\"" + name + "\", ";
  }
  std::set<uint32_t> written;
  for (const ModuleInterface::NamedFunction& exported : interface.named_exports) {
    const std::string trampoline = "checker_named_" + std::to_string(exported.function);
    if (written.insert(exported.function).second)
      c += Trampoline(trampoline, exported.function, module, unwinds);
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
  const bool unwinds = Unwinds(module, interface);
  if (unwinds) c += WriteUnwindingState();
  c += ImportDefinitions(module, interface, unwinds);
  std::string exports;
  for (size_t role = 0; role < CHECKER_EXPORT_COUNT; ++role) {
    if (!interface.exports[role]) {
      exports += "NULL, ";
      continue;
    }
    const std::string trampoline = "checker_export_" + std::to_string(role);
    c += Trampoline(trampoline, *interface.exports[role], module, unwinds);
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
  if (is_interpreter) c += WriteInterpreter(module, interface, unwinds);
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
