#include "compile/module_interface.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "compile/quoted.hpp"

namespace pg_checker::compile {
namespace {

using engine::HostFunction;
using engine::HostFunctionEntry;
using engine::kHostFunctionCount;
using engine::kHostFunctions;

constexpr std::string_view kCheckerModule = "checker";
constexpr std::string_view kWasiModule = "wasi";

// The letter of abi.def; '?' for references, which no host function takes.
char Letter(wabt::Type type) {
  if (type == wabt::Type::I32) return 'i';
  if (type == wabt::Type::I64) return 'I';
  if (type == wabt::Type::F32) return 'f';
  if (type == wabt::Type::F64) return 'F';
  return '?';
}

std::string Letters(const wabt::FuncSignature& signature) {
  std::string letters;
  for (wabt::Type type : signature.param_types) letters += Letter(type);
  letters += ':';
  for (wabt::Type type : signature.result_types) letters += Letter(type);
  return letters;
}

// "[i32 i64] -> []" for "iI:".
std::string TypeText(std::string_view letters) {
  std::string text = "[";
  for (char letter : letters) {
    if (letter == ':') {
      text += "] -> [";
      continue;
    }
    if (text.back() != '[') text += ' ';
    text += letter == 'i'   ? "i32"
            : letter == 'I' ? "i64"
            : letter == 'f' ? "f32"
            : letter == 'F' ? "f64"
                            : "ref";
  }
  return text + "]";
}

// What abi.def calls the module that an import names; empty if it knows none.
std::string_view AbiModule(std::string_view name) {
  if (name == kCheckerModule) return kCheckerModule;
  if (name == "wasi_snapshot_preview1" || name == "wasi_unstable") return kWasiModule;
  return {};
}

const char* KindText(wabt::ExternalKind kind) {
  switch (kind) {
    case wabt::ExternalKind::Table:
      return "table";
    case wabt::ExternalKind::Memory:
      return "memory";
    case wabt::ExternalKind::Global:
      return "global";
    default:
      return "tag";
  }
}

// Levenshtein's distance, for names of bounded length.
size_t EditDistance(std::string_view from, std::string_view to) {
  std::vector<size_t> row(to.size() + 1);
  for (size_t column = 0; column <= to.size(); ++column) row[column] = column;
  for (size_t line = 1; line <= from.size(); ++line) {
    size_t diagonal = row[0];
    row[0] = line;
    for (size_t column = 1; column <= to.size(); ++column) {
      size_t substituted = diagonal + (from[line - 1] == to[column - 1] ? 0 : 1);
      diagonal = row[column];
      row[column] = std::min({row[column] + 1, row[column - 1] + 1, substituted});
    }
  }
  return row[to.size()];
}

std::string UnknownImportHint(const wabt::Import& import, std::string_view abi_module) {
  constexpr size_t kLongestName = 64;
  const HostFunctionEntry* closest = nullptr;
  size_t closest_distance = 3;
  for (const HostFunctionEntry& entry : kHostFunctions) {
    if (import.field_name.size() > kLongestName) break;
    if (!abi_module.empty() && entry.module != abi_module) continue;
    size_t distance = EditDistance(import.field_name, entry.name);
    if (distance < closest_distance) {
      closest = &entry;
      closest_distance = distance;
    }
  }
  if (closest != nullptr) {
    std::string_view module =
        closest->module == kWasiModule ? "wasi_snapshot_preview1" : closest->module;
    return "Did you mean \"" + std::string(module) + "\".\"" + std::string(closest->name) + "\"?";
  }
  return "A module may import functions of \"checker\", \"wasi_snapshot_preview1\" and "
         "\"wasi_unstable\" only. "
         "Remove the import, or build for the target wasm32-wasi.";
}

Outcome<HostFunction> ResolveImport(const wabt::Import& import) {
  std::string name = Quoted(import.module_name) + "." + Quoted(import.field_name);
  std::string_view abi_module = AbiModule(import.module_name);
  if (import.kind() != wabt::ExternalKind::Func) {
    return Failure{
        FailureKind::kUnknownImport,
        std::string(KindText(import.kind())) + " import " + name + " is not offered by the host",
        {},
        "The host offers functions only. Define the " + std::string(KindText(import.kind())) +
            " in the module itself, and export a memory as \"memory\"."};
  }
  std::string type = Letters(static_cast<const wabt::FuncImport&>(import).func.decl.sig);
  for (uint32_t number = 0; number < kHostFunctionCount; ++number) {
    const HostFunctionEntry& entry = kHostFunctions[number];
    if (entry.module != abi_module || entry.name != import.field_name) continue;
    if (entry.type == type) return static_cast<HostFunction>(number);
    return Failure{FailureKind::kUnknownImport,
                   "import " + name + " has type " + TypeText(type) + ", the host offers it as " +
                       TypeText(entry.type),
                   {},
                   "Declare the import with the type that the host offers."};
  }
  return Failure{FailureKind::kUnknownImport,
                 "import " + name + " is not offered by the host",
                 {},
                 UnknownImportHint(import, abi_module)};
}

struct ExportRole {
  checker_export role;
  std::string_view name;
  std::string_view type;
  bool must_fit;  // a wrong type is refused; otherwise such an export is ignored
};

constexpr ExportRole kExportRoles[] = {
    {CHECKER_EXPORT_CHECK, "check", ":", true},
    {CHECKER_EXPORT_CHECK, "check", ":i", true},
    {CHECKER_EXPORT_START, "_start", ":", true},
    {CHECKER_EXPORT_INITIALIZE, "_initialize", ":", true},
    {CHECKER_EXPORT_ALLOC, "checker_alloc", "ii:i", false},
    {CHECKER_EXPORT_REALLOC, "cabi_realloc", "iiii:i", false},
    {CHECKER_EXPORT_MALLOC, "malloc", "i:i", false},
};

std::string OfferedTypes(std::string_view name) {
  std::string types;
  for (const ExportRole& role : kExportRoles) {
    if (role.name == name) types += (types.empty() ? "" : " or ") + TypeText(role.type);
  }
  return types;
}

std::optional<Failure> AssignRole(const wabt::Module& module, const wabt::Export& exported,
                                  ModuleInterface& found) {
  const ExportRole* wrong = nullptr;
  for (const ExportRole& role : kExportRoles) {
    if (role.name != exported.name) continue;
    if (exported.kind == wabt::ExternalKind::Func) {
      uint32_t index = module.GetFuncIndex(exported.var);
      if (Letters(module.funcs[index]->decl.sig) == role.type) {
        found.exports[role.role] = index;
        if (role.role == CHECKER_EXPORT_CHECK && role.type == ":i")
          found.flags |= CHECKER_MODULE_CHECK_RETURNS;
        return std::nullopt;
      }
    }
    wrong = &role;
  }
  if (wrong == nullptr || !wrong->must_fit) return std::nullopt;
  std::string is = exported.kind == wabt::ExternalKind::Func
                       ? "has type " + TypeText(Letters(module.GetFunc(exported.var)->decl.sig))
                       : "is a " + std::string(KindText(exported.kind));
  std::string types = OfferedTypes(wrong->name);
  return Failure{
      FailureKind::kMissingEntry,
      "export \"" + std::string(wrong->name) + "\" " + is + ", it must be a function " + types,
      {},
      "Change the function's parameters and results, or export it under another name."};
}

// Names that go into C as they are.
bool IsPlainName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  });
}

Outcome<ModuleInterface> CheckInterpreter(const wabt::Module& module, ModuleInterface found) {
  found.kind = ModuleKind::kInterpreter;
  for (const wabt::Import* import : module.imports) {
    Outcome<HostFunction> function = ResolveImport(*import);
    if (function.ok()) {
      found.imports.push_back(*function);
      continue;
    }
    const bool is_plain = import->kind() == wabt::ExternalKind::Func &&
                          IsPlainName(import->module_name) && IsPlainName(import->field_name);
    if (!is_plain) return function.failure();
    found.imports.push_back(CHECKER_INTERPRETER_IMPORTS +
                            static_cast<uint32_t>(found.own_imports.size()));
    found.own_imports.push_back(import->module_name + "." + import->field_name);
  }
  for (const wabt::Export* exported : module.exports) {
    if (exported->kind != wabt::ExternalKind::Func || !IsPlainName(exported->name)) continue;
    const uint32_t index = module.GetFuncIndex(exported->var);
    const std::string type = Letters(module.funcs[index]->decl.sig);
    const bool can_be_called = type.find('?') == type.npos && type.size() - type.find(':') <= 2;
    if (can_be_called) found.named_exports.push_back({exported->name, index});
  }
  if (module.tables.size() != 1 || !found.exports_memory) {
    return Failure{FailureKind::kInvalidModule,
                   "an interpreter exports its memory and has one table"};
  }
  return found;
}

}  // namespace

Outcome<ModuleInterface> CheckInterface(const wabt::Module& module, ModuleKind kind) {
  ModuleInterface found;
  if (!module.memories.empty()) {
    const wabt::Limits& limits = module.memories[0]->page_limits;
    constexpr uint64_t kMostPages = 65536;
    found.memory_min_pages = static_cast<uint32_t>(std::min(limits.initial, kMostPages));
    found.memory_max_pages = static_cast<uint32_t>(
        limits.has_max ? std::min<uint64_t>(limits.max, kMostPages) : kMostPages);
  }
  for (const wabt::Export* exported : module.exports) {
    if (exported->kind == wabt::ExternalKind::Memory && exported->name == "memory")
      found.exports_memory = true;
    if (auto failure = AssignRole(module, *exported, found)) return *failure;
  }
  if (kind == ModuleKind::kInterpreter) return CheckInterpreter(module, std::move(found));

  bool only_outcomes = true;
  for (const wabt::Import* import : module.imports) {
    Outcome<HostFunction> function = ResolveImport(*import);
    if (!function.ok()) return function.failure();
    found.imports.push_back(*function);
    bool outcome =
        *function == engine::kFail || *function == engine::kSucceed || *function == engine::kOk;
    if (kHostFunctions[*function].module == kCheckerModule && !outcome) only_outcomes = false;
  }
  if (only_outcomes) found.flags |= CHECKER_MODULE_ONLY_OUTCOMES;
  if (!module.starts.empty())
    found.exports[CHECKER_EXPORT_START_FUNCTION] = module.GetFuncIndex(*module.starts[0]);
  if (!found.exports[CHECKER_EXPORT_CHECK] && !found.exports[CHECKER_EXPORT_START]) {
    return Failure{FailureKind::kMissingEntry,
                   "module exports neither \"check\" nor \"_start\"",
                   {},
                   "Export a function check: [] -> [] or [] -> [i32], or build a WASI command, "
                   "which exports _start."};
  }
  return found;
}

}  // namespace pg_checker::compile
