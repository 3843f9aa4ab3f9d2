// A compiled guest on a host of a few lines: enough to run it, count its fuel, see its calls and
// catch its traps. Shows that an artifact needs nothing but the table of guest_runtime.h.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/guest_runtime.h"
#include "helper_run.hpp"

namespace pg_checker::compile_test {

struct HostCall {
  uint32_t function;
  std::vector<uint64_t> slots;  // as the guest passed them
};

class GuestOnFakeHost {
 public:
  // Compiles `wat` and loads the artifact; throws, which fails the test, if that does not work.
  explicit GuestOnFakeHost(const std::string& wat);
  ~GuestOnFakeHost();
  GuestOnFakeHost(const GuestOnFakeHost&) = delete;
  GuestOnFakeHost& operator=(const GuestOnFakeHost&) = delete;

  // Each returns a trap code, 0 if there was none. Call Instantiate first.
  int Instantiate();
  int Call(checker_export role, std::vector<uint64_t> arguments = {});
  int Check() { return Call(CHECKER_EXPORT_CHECK); }
  // Instantiates, and runs check if that did not trap.
  int Run();

  uint64_t result() const { return slots_[0]; }
  int64_t fuel_used() const;
  // What a host does for work of its own.
  void Charge(int64_t fuel);
  const checker_module& module() const { return *module_; }
  // `size` bytes of the exported memory.
  std::string Memory(uint32_t at, uint32_t size);

  // Settings, before the run.
  int64_t fuel_limit = 1'000'000'000;  // so that no test hangs
  int64_t slice = 20000;
  size_t stack_bytes = 256u << 10;
  uint32_t most_pages = 1024;
  std::function<int(uint32_t function, uint64_t* slots)> on_call;
  std::function<bool()> on_refuel;  // false stops the guest
  volatile int stop = 0;

  // What was seen.
  std::vector<HostCall> calls;
  std::vector<int64_t> refuels;  // the fuel that came in

 private:
  friend struct FakeRuntime;

  int Enter(const std::function<void()>& body);

  TemporaryFolder cache_;
  void* library_ = nullptr;
  const checker_module* module_ = nullptr;
  std::vector<uint64_t> instance_;
  std::vector<void*> allocated_;
  int64_t handed_out_ = 0;
  uint64_t slots_[16] = {};
};

}  // namespace pg_checker::compile_test
