#include "engine/instance.hpp"

#include <new>
#include <utility>

#include "engine/trap_text.hpp"

namespace pg_checker::engine {

namespace {

thread_local constinit Instance* current = nullptr;

// What checker_context.stop points to if the host has no flag: generated code need not test the
// pointer.
constexpr int kNeverStop = 0;

}  // namespace

Instance::Instance(const checker_module& module, Host& host, const RunOptions& options)
    : module_(module),
      host_(host),
      options_(options),
      native_(std::calloc(1, module.instance_bytes)),
      storage_(options.limits.memory_bytes),
      fuel_(options.limits.fuel),
      wasi_(options),
      outer_(current) {
  if (native_ == nullptr) throw std::bad_alloc();
  const volatile int* stop = host.StopFlag();
  context().fuel = fuel_.slice();
  context().stack_limit = options.limits.stack_limit;
  context().stop = stop != nullptr ? stop : &kNeverStop;
  current = this;
}

Instance::~Instance() { current = outer_; }

Instance* Instance::Current() { return current; }

// `body` and this frame are left by longjmp: neither may own anything, and no local may change
// after _setjmp. The underscore, because saving the signal mask would be a system call for each
// run.
template <typename Body>
[[gnu::noinline]] int Instance::Enter(Body body) {
  static_assert(std::is_trivially_destructible_v<Body>);
  jmp_buf here;
  jmp_buf* const outer = entry_;
  entry_ = &here;
  if (_setjmp(here) == 0) {
    body();
    entry_ = outer;
    return 0;
  }
  entry_ = outer;
  return trap_code_;
}

int Instance::Instantiate() {
  return Enter([this] { module_.instantiate(native_.get()); });
}

int Instance::Call(checker_export export_slot, uint64_t* slots) {
  return Call(module_.exports[export_slot], slots);
}

int Instance::Call(checker_call function, uint64_t* slots) {
  return Enter([this, function, slots] { function(native_.get(), slots); });
}

void Instance::Trap(int code, int64_t fuel) {
  trap_code_ = code;
  context().fuel = fuel;
  _longjmp(*entry_, 1);
}

wasm_rt_memory_t* Instance::memory() {
  return module_.memory != nullptr ? module_.memory(native_.get()) : nullptr;
}

Result<void> Instance::Charge(uint64_t ticks) {
  // Nothing that the host does for a guest is as long as 2^62 ticks: a tick is 64 bytes.
  context().fuel -= static_cast<int64_t>(ticks);
  if (context().fuel >= 0) return {};
  return Refuel(context().fuel);
}

Result<void> Instance::Refuel(int64_t left) {
  if (!fuel_.Settle(left)) {
    return Error{
        ErrorKind::kFuel, "fuel limit of " + std::to_string(fuel_.limit()) + " is used up",
        "The guest pays one tick for each function that it enters, each turn of a loop, and "
        "each 64 bytes that are moved for it.",
        "Raise checker.fuel, or look for an endless loop."};
  }
  context().fuel = fuel_.slice();
  Result<void> go_on = host_.Continue();
  if (!go_on.ok()) fuel_.Stop();
  return go_on;
}

Result<void> Instance::Poll() {
  if (*context().stop == 0) return {};
  return Refuel(context().fuel);
}

void Instance::Stop(Error error) { error_ = std::move(error); }

void Instance::Exit(int32_t code) { exit_code_ = code; }

Error Instance::ErrorOf(int code) const {
  Error error{ErrorKind::kTrap, ""};
  if (error_.has_value()) {
    error = *error_;
  } else if (code == CHECKER_TRAP_MEMORY && storage_.failure().has_value()) {
    error = *storage_.failure();
  } else {
    error = TrapError(code);
  }
  const bool memory_may_be_why = error.kind == ErrorKind::kTrap || error.kind == ErrorKind::kMemory;
  if (memory_may_be_why && !storage_.refusal().empty() &&
      error.detail.find(storage_.refusal()) == std::string::npos) {
    if (!error.detail.empty()) error.detail += ' ';
    error.detail += storage_.refusal();
  }
  return error;
}

}  // namespace pg_checker::engine
