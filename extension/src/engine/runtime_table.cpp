#include "engine/runtime_table.hpp"

#include <cmath>
#include <cstring>
#include <exception>
#include <utility>

#include "engine/host_calls.hpp"
#include "engine/instance.hpp"

namespace pg_checker::engine {

namespace {

// Called by generated code, which has nothing to unwind an exception with: everything that may
// throw is caught here, kept, and thrown again by Run once the guest's frames are gone.

// As the table declares it: to clang [[noreturn]] is no part of a function's type.
__attribute__((noreturn)) void Trap(int code, int64_t fuel) {
  Instance::Current()->Trap(code, fuel);
}

int64_t Refuel(int64_t fuel, int* trap_code) {
  Instance& instance = *Instance::Current();
  *trap_code = CHECKER_TRAP_HOST;
  try {
    Result<void> go_on = instance.Refuel(fuel);
    if (go_on.ok()) {
      *trap_code = 0;
      return instance.slice();
    }
    if (go_on.error().kind == ErrorKind::kFuel) *trap_code = CHECKER_TRAP_FUEL;
    instance.Stop(std::move(go_on.error()));
  } catch (...) {
    instance.Keep(std::current_exception());
  }
  return -1;
}

int Call(uint32_t function, uint64_t* slots, int64_t* fuel) {
  Instance& instance = *Instance::Current();
  instance.set_fuel_left(*fuel);
  const int code = DispatchHostCall(instance, function, slots);
  *fuel = instance.fuel_left();
  return code;
}

// Runs `allocate` on the current instance's storage.
template <typename Allocate>
int Guarded(Allocate allocate) {
  Instance& instance = *Instance::Current();
  try {
    return allocate(instance.storage());
  } catch (...) {
    instance.Keep(std::current_exception());
    return CHECKER_TRAP_HOST;
  }
}

// The same for growing: what cannot be told is a refusal.
template <typename Grow>
uint32_t GuardedGrow(Grow grow) {
  try {
    return grow(Instance::Current()->storage());
  } catch (...) {
    return UINT32_MAX;
  }
}

int AllocateMemory(wasm_rt_memory_t* memory, uint32_t initial_pages, uint32_t max_pages) {
  return Guarded([=](GuestStorage& storage) {
    return storage.AllocateMemory(memory, initial_pages, max_pages);
  });
}

uint32_t GrowMemory(wasm_rt_memory_t* memory, uint32_t delta_pages) {
  return GuardedGrow(
      [=](GuestStorage& storage) { return storage.GrowMemory(memory, delta_pages); });
}

template <typename Table>
int AllocateTable(Table* table, uint32_t elements, uint32_t max_elements) {
  return Guarded(
      [=](GuestStorage& storage) { return storage.AllocateTable(table, elements, max_elements); });
}

template <typename Table>
uint32_t GrowTable(Table* table, uint32_t delta) {
  return GuardedGrow([=](GuestStorage& storage) { return storage.GrowTable(table, delta); });
}

constexpr checker_runtime kTable = {
    .trap = Trap,
    .refuel = Refuel,
    .call = Call,
    .allocate_memory = AllocateMemory,
    .grow_memory = GrowMemory,
    .allocate_funcref_table = AllocateTable<wasm_rt_funcref_table_t>,
    .grow_funcref_table = GrowTable<wasm_rt_funcref_table_t>,
    .allocate_externref_table = AllocateTable<wasm_rt_externref_table_t>,
    .grow_externref_table = GrowTable<wasm_rt_externref_table_t>,
    .memcpy_ = std::memcpy,
    .memmove_ = std::memmove,
    .memset_ = std::memset,
    .memcmp_ = std::memcmp,
    .floorf_ = ::floorf,
    .ceilf_ = ::ceilf,
    .truncf_ = ::truncf,
    .nearbyintf_ = ::nearbyintf,
    .floor_ = ::floor,
    .ceil_ = ::ceil,
    .trunc_ = ::trunc,
    .nearbyint_ = ::nearbyint,
};

}  // namespace

const checker_runtime& RuntimeTable() { return kTable; }

}  // namespace pg_checker::engine
