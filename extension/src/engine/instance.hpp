// One guest that runs: its native instance, memory, tables, fuel, the state of its WASI, and how it
// was stopped.
//
// Lives in the frame of Run and dies with it. Guests run one at a time in a thread; the one that
// runs is current, and generated code finds it there. Inside Enter the guest may leave by longjmp:
// nothing between Enter and generated code, nor between generated code and the runtime table, may
// own anything.
#pragma once

#include <csetjmp>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

#include "engine/dataset_streams.hpp"
#include "engine/fuel_meter.hpp"
#include "engine/guest_runtime.h"
#include "engine/guest_storage.hpp"
#include "engine/host.hpp"
#include "engine/result.hpp"
#include "engine/run.hpp"
#include "engine/snapshot.hpp"
#include "engine/wasi_state.hpp"

namespace pg_checker::engine {

class Instance;

// The part of the host that is made for one interpreter: answers its own imports.
class InterpreterImports {
 public:
  virtual ~InterpreterImports() = default;
  // Import number `import` of checker_interpreter.imports; slots as checker_runtime.call says.
  // Returns 0, or what the guest has to trap with: CHECKER_TRAP_HOST after Instance::Stop, or
  // CHECKER_TRAP_UNWIND. It may call the instance, and throw.
  virtual int Call(Instance& instance, uint32_t import, uint64_t* slots) = 0;
};

class Instance {
 public:
  // Makes itself current until it is destroyed. `module`, `host` and `options` must live as long.
  Instance(const checker_module& module, Host& host, const RunOptions& options);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // The instance that runs in this thread; null if none does.
  static Instance* Current();

  // Runs `export_slot`, which the module must have, or the instantiation without the start
  // function. Returns 0, or the code of the trap that ended it. `slots` as for checker_call. May be
  // called from a host call (the guest's allocator): a trap then ends the inner call only, and the
  // host call passes it on.
  int Instantiate();
  int Call(checker_export export_slot, uint64_t* slots);
  // The same for a function of an interpreter's.
  int Call(checker_call function, uint64_t* slots);
  // In the place of Instantiate, for an interpreter: its state is the snapshot's then.
  int StartFrom(const Snapshot& snapshot);
  // Leaves the innermost Instantiate or Call, with so much left of the slice of fuel.
  [[noreturn]] void Trap(int code, int64_t fuel);

  const checker_module& module() const { return module_; }
  Host& host() { return host_; }
  const RunOptions& options() const { return options_; }
  GuestStorage& storage() { return storage_; }
  const GuestStorage& storage() const { return storage_; }
  WasiState& wasi() { return wasi_; }
  DatasetStreams& streams() { return streams_; }
  // Null unless the instance is an interpreter's.
  InterpreterImports* imports() const { return imports_; }
  void set_imports(InterpreterImports* imports) { imports_ = imports; }

  // The exported memory; null if there is none. Base and size hold until the guest runs again.
  wasm_rt_memory_t* memory();

  // Fuel. Charge takes `ticks` for work of the host's, and asks the host whether to go on when the
  // slice is used up.
  Result<void> Charge(uint64_t ticks);
  // Accounts for a slice of which `left` are left, asks the host, and hands out the next one.
  Result<void> Refuel(int64_t left);
  // Asks the host if the stop flag is set: behind what takes the host's time and costs no fuel.
  Result<void> Poll();
  int64_t slice() const { return fuel_.slice(); }
  // What is left of the slice, while no guest code runs.
  int64_t fuel_left() const { return context().fuel; }
  void set_fuel_left(int64_t fuel) { context().fuel = fuel; }
  int64_t FuelUsed() const { return fuel_.Used(context().fuel); }

  // How the run ends before its end: with an Error (the last one stands), with an exit code, or
  // with an exception of the host's that may not pass through the guest's frames. The guest has to
  // be trapped with CHECKER_TRAP_HOST then.
  void Stop(Error error);
  void Exit(int32_t code);
  void Keep(std::exception_ptr exception) { exception_ = std::move(exception); }
  const std::optional<int32_t>& exit_code() const { return exit_code_; }
  const std::exception_ptr& exception() const { return exception_; }

  // The Error for a trap with `code`: the one that Stop has kept, or what the code means.
  Error ErrorOf(int code) const;

  // Whether the guest's allocator runs, in which no host function may be called.
  bool in_allocator() const { return in_allocator_; }
  void set_in_allocator(bool value) { in_allocator_ = value; }

 private:
  friend class Snapshot;
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };

  template <typename Body>
  int Enter(Body body);

  checker_context& context() const { return *static_cast<checker_context*>(native_.get()); }

  const checker_module& module_;
  Host& host_;
  const RunOptions& options_;
  std::unique_ptr<void, Free> native_;  // what generated code calls its instance
  GuestStorage storage_;
  FuelMeter fuel_;
  WasiState wasi_;
  DatasetStreams streams_;
  std::optional<Error> error_;
  std::optional<int32_t> exit_code_;
  std::exception_ptr exception_;
  InterpreterImports* imports_ = nullptr;
  bool in_allocator_ = false;
  int trap_code_ = 0;
  jmp_buf* entry_ = nullptr;  // of the innermost Enter
  Instance* outer_;           // what was current before
};

// What came of a run that ended with `code`: 0, or that of the trap. Closes the datasets that it
// has left open. Throws what Instance::Keep has kept.
RunReport Conclude(Instance& instance, int code, RunReport report);

}  // namespace pg_checker::engine
