#include "fuzzed_guest.hpp"

#include <wabt/apply-names.h>
#include <wabt/binary-reader-ir.h>
#include <wabt/binary-reader.h>
#include <wabt/cast.h>
#include <wabt/error.h>
#include <wabt/generate-names.h>
#include <wabt/ir.h>
#include <wabt/stream.h>
#include <wabt/wat-writer.h>

#include <iterator>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "offered_features.hpp"
#include "operands.hpp"

namespace pg_checker::conformance {

namespace {

using wabt::Expr;
using wabt::ExprType;
using wabt::Opcode;
using wabt::Type;

constexpr std::string_view kHangLimit = "hangLimitInitializer";
// The fuzzer's own limit, 10, ends most functions before they have done much.
constexpr uint32_t kLoopsAndCalls = 100;
// The results of one in so many instructions are recorded: in some modules all.
constexpr uint64_t kInstructionsPerTap[] = {1, 2, 4, 8};
constexpr int kRoundsWithParameters = 4;
constexpr int kRoundsWithout = 2;

std::unique_ptr<wabt::Module> ReadWithNames(std::string_view wasm) {
  auto module = std::make_unique<wabt::Module>();
  wabt::Errors errors;
  const wabt::ReadBinaryOptions options(OfferedFeatures(), nullptr, /*read_debug_names=*/false,
                                        /*stop_on_first_error=*/true,
                                        /*fail_on_custom_section_error=*/false);
  if (wabt::Failed(
          wabt::ReadBinaryIr("fuzzed", wasm.data(), wasm.size(), options, &errors, module.get())) ||
      wabt::Failed(wabt::GenerateNames(module.get())) ||
      wabt::Failed(wabt::ApplyNames(module.get()))) {
    throw std::runtime_error("the fuzzer's module could not be read");
  }
  if (module->memories.size() != 1 || module->num_func_imports != module->imports.size() ||
      !module->starts.empty()) {
    throw std::runtime_error("the fuzzer's module is not of the form that is expected");
  }
  return module;
}

// Invalid for instructions without an opcode, such as blocks.
Opcode OpcodeOf(const Expr& expression) {
  switch (expression.type()) {
    case ExprType::Store:
      return wabt::cast<wabt::StoreExpr>(&expression)->opcode;
    case ExprType::Load:
      return wabt::cast<wabt::LoadExpr>(&expression)->opcode;
    case ExprType::Convert:
      return wabt::cast<wabt::ConvertExpr>(&expression)->opcode;
    case ExprType::Compare:
      return wabt::cast<wabt::CompareExpr>(&expression)->opcode;
    case ExprType::Unary:
      return wabt::cast<wabt::UnaryExpr>(&expression)->opcode;
    case ExprType::Binary:
      return wabt::cast<wabt::BinaryExpr>(&expression)->opcode;
    default:
      return Opcode::Invalid;
  }
}

// The type of the float on top of the stack whose bits the instruction shows; else void.
Type ShownFloat(Opcode opcode) {
  switch (opcode) {
    case Opcode::F32Store:
    case Opcode::I32ReinterpretF32:
    case Opcode::F32Copysign:
      return Type::F32;
    case Opcode::F64Store:
    case Opcode::I64ReinterpretF64:
    case Opcode::F64Copysign:
      return Type::F64;
    default:
      return Type::Void;
  }
}

std::unique_ptr<Expr> CallOf(const char* prefix, Type type) {
  return std::make_unique<wabt::CallExpr>(wabt::Var(prefix + TypeText(type), {}));
}

// Puts in what fuzzed_guest.hpp says of NaNs and of taps.
void Instrument(wabt::ExprList& expressions, uint64_t per_tap, std::mt19937_64& random) {
  for (auto at = expressions.begin(); at != expressions.end(); ++at) {
    if (auto* block = wabt::dyn_cast<wabt::BlockExpr>(&*at)) {
      Instrument(block->block.exprs, per_tap, random);
    } else if (auto* loop = wabt::dyn_cast<wabt::LoopExpr>(&*at)) {
      Instrument(loop->block.exprs, per_tap, random);
    } else if (auto* choice = wabt::dyn_cast<wabt::IfExpr>(&*at)) {
      Instrument(choice->true_.exprs, per_tap, random);
      Instrument(choice->false_, per_tap, random);
    }
    const Opcode opcode = OpcodeOf(*at);
    if (opcode == Opcode::Invalid) continue;
    if (const Type type = ShownFloat(opcode); type != Type::Void) {
      expressions.insert(at, CallOf("$x.plain_", type));
    }
    if (opcode.GetResultType() != Type::Void && random() % per_tap == 0) {
      at = expressions.insert(std::next(at), CallOf("$x.tap_", opcode.GetResultType()));
    }
  }
}

std::string TapFunctions() {
  std::string text;
  for (const char* type : {"i32", "i64", "f32", "f64"}) {
    const std::string name(type);
    text += "(func $x.tap_" + name + " (param " + name + ") (result " + name + ") (call $x." +
            name + " (local.get 0)) (local.get 0))\n";
  }
  return text;
}

// The function's body is a constant, and the assignment to a global.
void RaiseLimit(wabt::Func& set_limit) {
  auto* constant =
      set_limit.exprs.empty() ? nullptr : wabt::dyn_cast<wabt::ConstExpr>(&set_limit.exprs.front());
  if (constant == nullptr || constant->const_.type() != Type::I32) {
    throw std::runtime_error("the fuzzer's limit on loops is not of the form that is expected");
  }
  constant->const_.set_u32(kLoopsAndCalls);
}

std::string CallText(const std::string& function, const std::string& arguments) {
  return "(call " + function + " " + arguments + ")";
}

std::string LocalText(size_t index) { return "(local.get " + std::to_string(index) + ")"; }

// The fuzzer's functions for logging, as functions of the guest's own.
std::string LogFunctions(const wabt::Module& module) {
  std::string text;
  for (size_t index = 0; index < module.imports.size(); ++index) {
    const wabt::Func& function = *module.funcs[index];
    if (module.imports[index]->module_name != "fuzzing-support" || function.GetNumResults() != 0) {
      throw std::runtime_error("the fuzzer's module has an import that is not known: " +
                               module.imports[index]->field_name);
    }
    text += "(func " + function.name;
    std::string body;
    for (size_t number = 0; number < function.GetNumParams(); ++number) {
      const std::string type = TypeText(function.GetParamType(number));
      text += " (param " + type + ")";
      body += CallText("$x." + type, LocalText(number));
    }
    text += " " + body + ")\n";
  }
  return text;
}

// The fields that a guest's text does not bring itself.
std::string OwnFields(wabt::Module& module) {
  std::vector<std::unique_ptr<wabt::ModuleField>> taken;  // other parts of the module point to them
  for (auto field = module.fields.begin(); field != module.fields.end();) {
    const auto next = std::next(field);
    if (field->type() == wabt::ModuleFieldType::Import ||
        field->type() == wabt::ModuleFieldType::Memory ||
        field->type() == wabt::ModuleFieldType::Export) {
      taken.push_back(module.fields.extract(field));
    }
    field = next;
  }
  wabt::MemoryStream stream;
  if (wabt::Failed(wabt::WriteWat(&stream, &module, wabt::WriteWatOptions()))) {
    throw std::runtime_error("the fuzzer's module could not be written as text");
  }
  const auto& bytes = stream.output_buffer().data;
  const std::string text(bytes.begin(), bytes.end());
  constexpr std::string_view kBegin = "(module";
  const size_t begin = text.find(kBegin) + kBegin.size();
  return text.substr(begin, text.rfind(')') - begin);
}

std::string Argument(Type type, std::mt19937_64& random) {
  if (type == Type::FuncRef) return "(ref.null func)";
  if (type == Type::ExternRef) return "(ref.null extern)";
  const std::vector<uint64_t>& values = BoundaryValues(type);
  return ConstantText(type, values[random() % values.size()]);
}

// A case that calls the function and records its results, the last one first.
void AddCase(GuestText& text, const wabt::Func& function, const std::string& limit,
             std::mt19937_64& random) {
  std::string arguments;
  for (size_t number = 0; number < function.GetNumParams(); ++number) {
    arguments += Argument(function.GetParamType(number), random);
  }
  std::string record;
  for (size_t number = function.GetNumResults(); number-- > 0;) {
    record += "(call $x." + TypeText(function.GetResultType(number)) + ")";
  }
  const std::string name = "$x.case" + std::to_string(text.cases());
  const std::string call = CallText(function.name, arguments);
  text.Add("(func " + name + " (param i32) " + CallText(limit, {}) + call + record + ")");
  text.AddCases(name, 1, [call](uint32_t) { return call; });
}

std::string LimitsText(const wabt::Limits& limits) {
  return std::to_string(limits.initial) + (limits.has_max ? " " + std::to_string(limits.max) : "");
}

}  // namespace

GuestText FuzzedGuest(std::string_view wasm, uint64_t seed) {
  const std::unique_ptr<wabt::Module> module = ReadWithNames(wasm);
  const wabt::Export* limit = module->GetExport(kHangLimit);
  if (limit == nullptr) throw std::runtime_error("the fuzzer's module has no limit on loops");
  wabt::Func& set_limit = *module->GetFunc(limit->var);
  RaiseLimit(set_limit);
  std::mt19937_64 random(seed);
  const uint64_t per_tap = kInstructionsPerTap[random() % std::size(kInstructionsPerTap)];
  for (wabt::Func* function : module->funcs) {
    if (function != &set_limit) Instrument(function->exprs, per_tap, random);
  }

  GuestText text;
  text.SetMemory(LimitsText(module->memories[0]->page_limits));
  text.Add(LogFunctions(*module));
  text.Add(TapFunctions());
  for (size_t index = module->num_func_imports; index < module->funcs.size(); ++index) {
    const wabt::Func& function = *module->funcs[index];
    if (&function == &set_limit) continue;
    const int rounds = function.GetNumParams() > 0 ? kRoundsWithParameters : kRoundsWithout;
    for (int round = 0; round < rounds; ++round) AddCase(text, function, set_limit.name, random);
  }
  for (const wabt::Global* global : module->globals) {
    text.AddState("(call $x." + TypeText(global->type) + " (global.get " + global->name + "))");
  }
  text.Add(OwnFields(*module));
  return text;
}

}  // namespace pg_checker::conformance
