#include "interpreted_guest.hpp"

#include <wabt/binary-reader.h>
#include <wabt/error.h>
#include <wabt/interp/binary-reader-interp.h>
#include <wabt/interp/interp.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "offered_features.hpp"

namespace pg_checker::conformance {

namespace interp = wabt::interp;

namespace {

// Beginnings of the interpreter's messages.
constexpr std::pair<std::string_view, End> kTraps[] = {
    {"out of bounds memory access", End::kOutOfBounds},
    {"out of bounds table access", End::kOutOfBounds},
    {"integer overflow", End::kIntegerOverflow},
    {"integer divide by zero", End::kDivideByZero},
    {"invalid conversion to integer", End::kInvalidConversion},
    {"unreachable executed", End::kUnreachable},
    {"undefined table index", End::kIndirectCall},
    {"uninitialized table element", End::kIndirectCall},
    {"indirect call signature mismatch", End::kIndirectCall},
};

End EndOf(const std::string& message) {
  for (const auto& [beginning, end] : kTraps) {
    if (message.compare(0, beginning.size(), beginning) == 0) return end;
  }
  return End::kLimit;
}

}  // namespace

class InterpretedGuest::Interpreter {
 public:
  explicit Interpreter(std::string_view wasm);
  Recording RunFrom(uint32_t first_case);

 private:
  interp::HostFunc::Ptr HostFunction(const interp::ImportType& import);
  interp::Ref Export(const interp::Instance& instance, std::string_view name) const;
  void Call(const interp::Instance& instance, std::string_view name,
            const interp::Values& arguments);
  void EndWith(const interp::Trap::Ptr& trap);

  interp::Store store_;
  interp::Module::Ptr module_;
  std::vector<interp::HostFunc::Ptr> host_functions_;  // kept alive
  interp::RefVec imports_;
  // Of the current run.
  Recording recording_;
  std::vector<Entry>* into_ = nullptr;
};

InterpretedGuest::Interpreter::Interpreter(std::string_view wasm) : store_(OfferedFeatures()) {
  interp::ModuleDesc description;
  wabt::Errors errors;
  const wabt::ReadBinaryOptions options(OfferedFeatures(), nullptr, /*read_debug_names=*/false,
                                        /*stop_on_first_error=*/true,
                                        /*fail_on_custom_section_error=*/false);
  if (wabt::Failed(interp::ReadBinaryInterp("guest", wasm.data(), wasm.size(), options, &errors,
                                            &description))) {
    throw std::runtime_error("the interpreter does not take the module: " +
                             (errors.empty() ? "unknown error" : errors.front().message));
  }
  module_ = interp::Module::New(store_, std::move(description));
  for (const interp::ImportType& import : module_->import_types()) {
    host_functions_.push_back(HostFunction(import));
    imports_.push_back(host_functions_.back()->self());
  }
}

Recording InterpretedGuest::Interpreter::RunFrom(uint32_t first_case) {
  recording_ = {};
  recording_.first_case = first_case;
  into_ = &recording_.entries;
  interp::Trap::Ptr trap;
  interp::Instance::Ptr instance =
      interp::Instance::Instantiate(store_, module_.ref(), imports_, &trap);
  if (trap) {
    EndWith(trap);
  } else {
    Call(*instance, "check", {});
    State state;
    into_ = &state.values;
    Call(*instance, "checker_alloc", {interp::Value::Make(0u), interp::Value::Make(0u)});
    interp::Memory::Ptr memory(store_, Export(*instance, "memory"));
    state.memory_bytes = memory->ByteSize();
    state.memory = NonZeroBlocks(memory->UnsafeData(), memory->ByteSize());
    recording_.state = std::move(state);
  }
  instance.reset();
  trap.reset();
  store_.Collect();
  return std::move(recording_);
}

interp::HostFunc::Ptr InterpretedGuest::Interpreter::HostFunction(
    const interp::ImportType& import) {
  interp::HostFunc::Callback callback;
  if (import.name == "assert_row_count") {
    callback = [this](interp::Thread&, const interp::Values& arguments, interp::Values& results,
                      interp::Trap::Ptr* trap) {
      if (into_->size() >= kEntriesAtMost) {
        *trap = interp::Trap::New(store_, "recording is full");
        return wabt::Result::Error;
      }
      into_->push_back({static_cast<ValueKind>(arguments[2].Get<interp::u32>()),
                        arguments[3].Get<interp::u64>()});
      results[0].Set<interp::u32>(1);
      return wabt::Result::Ok;
    };
  } else if (import.name == "now") {
    callback = [this](interp::Thread&, const interp::Values&, interp::Values& results,
                      interp::Trap::Ptr*) {
      results[0].Set<interp::u64>(recording_.first_case);
      return wabt::Result::Ok;
    };
  } else {
    callback = [](interp::Thread&, const interp::Values&, interp::Values& results,
                  interp::Trap::Ptr*) {
      results[0].Set<interp::u32>(1);
      return wabt::Result::Ok;
    };
  }
  return interp::HostFunc::New(store_, static_cast<const interp::FuncType&>(*import.type),
                               std::move(callback));
}

interp::Ref InterpretedGuest::Interpreter::Export(const interp::Instance& instance,
                                                  std::string_view name) const {
  const auto& types = module_->export_types();
  for (size_t index = 0; index < types.size(); ++index) {
    if (types[index].name == name) return instance.exports()[index];
  }
  throw std::runtime_error("no export " + std::string(name));
}

void InterpretedGuest::Interpreter::Call(const interp::Instance& instance, std::string_view name,
                                         const interp::Values& arguments) {
  interp::Func::Ptr function(store_, Export(instance, name));
  interp::Values results;
  interp::Trap::Ptr trap;
  if (wabt::Failed(function->Call(store_, arguments, results, &trap))) EndWith(trap);
}

// The first trap is how the run ended.
void InterpretedGuest::Interpreter::EndWith(const interp::Trap::Ptr& trap) {
  if (recording_.end != End::kReturned) return;
  recording_.end_text = trap->message();
  recording_.end = EndOf(recording_.end_text);
}

InterpretedGuest::InterpretedGuest(std::string_view wasm)
    : interpreter_(std::make_unique<Interpreter>(wasm)) {}

InterpretedGuest::~InterpretedGuest() = default;

Recording InterpretedGuest::RunFrom(uint32_t first_case) {
  return interpreter_->RunFrom(first_case);
}

}  // namespace pg_checker::conformance
