#include "guest_on_fake_host.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <setjmp.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace pg_checker::compile_test {

namespace {

GuestOnFakeHost* current = nullptr;
jmp_buf entry;

}  // namespace

struct FakeRuntime {
  [[noreturn]] static void Trap(int code, int64_t fuel) {
    reinterpret_cast<checker_context*>(current->instance_.data())->fuel = fuel;
    longjmp(entry, code);
  }

  static int64_t Refuel(int64_t fuel, int* trap_code) {
    GuestOnFakeHost& guest = *current;
    guest.refuels.push_back(fuel);
    if (guest.on_refuel && !guest.on_refuel()) {
      *trap_code = CHECKER_TRAP_HOST;
      return -1;
    }
    int64_t used = guest.handed_out_ - fuel;
    if (used > guest.fuel_limit) {
      *trap_code = CHECKER_TRAP_FUEL;
      return -1;
    }
    int64_t next = std::min(guest.slice, guest.fuel_limit - used);
    guest.handed_out_ = used + next;
    return next;
  }

  static int Call(uint32_t function, uint64_t* slots, int64_t* fuel) {
    int64_t& left = reinterpret_cast<checker_context*>(current->instance_.data())->fuel;
    left = *fuel;
    const int code = Called(function, slots);
    *fuel = left;
    return code;
  }
  static int Called(uint32_t function, uint64_t* slots) {
    std::string_view type = std::string_view(kTypes[function]);
    size_t params = type.find(':');
    current->calls.push_back({function, std::vector<uint64_t>(slots, slots + params)});
    return current->on_call ? current->on_call(function, slots) : 0;
  }

  template <typename T>
  static T* Allocate(uint64_t count) {
    auto* memory = static_cast<T*>(std::calloc(std::max<uint64_t>(count, 1), sizeof(T)));
    current->allocated_.push_back(memory);
    return memory;
  }

  static int AllocateMemory(wasm_rt_memory_t* memory, uint32_t pages, uint32_t max_pages) {
    if (pages > current->most_pages) return CHECKER_TRAP_MEMORY;
    uint32_t reserved = std::min(max_pages, current->most_pages);
    *memory = {Allocate<uint8_t>(uint64_t{reserved} * CHECKER_PAGE_BYTES), pages, reserved,
               uint64_t{pages} * CHECKER_PAGE_BYTES};
    return 0;
  }
  static uint32_t GrowMemory(wasm_rt_memory_t* memory, uint32_t delta) {
    if (delta > memory->max_pages - memory->pages) return UINT32_MAX;
    uint32_t before = memory->pages;
    memory->pages += delta;
    memory->size = uint64_t{memory->pages} * CHECKER_PAGE_BYTES;
    return before;
  }

  template <typename Table, typename Element>
  static int AllocateTable(Table* table, uint32_t elements, uint32_t max_elements) {
    constexpr uint32_t kMost = 1u << 20;
    if (elements > kMost) return CHECKER_TRAP_MEMORY;
    uint32_t reserved = std::min(max_elements, kMost);
    *table = {Allocate<Element>(reserved), reserved, elements};
    return 0;
  }
  template <typename Table>
  static uint32_t GrowTable(Table* table, uint32_t delta) {
    if (delta > table->max_size - table->size) return UINT32_MAX;
    uint32_t before = table->size;
    table->size += delta;
    return before;
  }

  static constexpr const char* kTypes[] = {
#define CHECKER_HOST_FUNCTION(identifier, module, name, type) type,
#include "engine/abi.def"
#undef CHECKER_HOST_FUNCTION
  };
};

namespace {

using FuncrefTable = wasm_rt_funcref_table_t;
using ExternrefTable = wasm_rt_externref_table_t;

constexpr checker_runtime kRuntime = {
    FakeRuntime::Trap,
    FakeRuntime::Refuel,
    FakeRuntime::Call,
    FakeRuntime::AllocateMemory,
    FakeRuntime::GrowMemory,
    FakeRuntime::AllocateTable<FuncrefTable, wasm_rt_funcref_t>,
    FakeRuntime::GrowTable<FuncrefTable>,
    FakeRuntime::AllocateTable<ExternrefTable, wasm_rt_externref_t>,
    FakeRuntime::GrowTable<ExternrefTable>,
    std::memcpy,
    std::memmove,
    std::memset,
    std::memcmp,
    ::floorf,
    ::ceilf,
    ::truncf,
    ::nearbyintf,
    ::floor,
    ::ceil,
    ::trunc,
    ::nearbyint,
};

}  // namespace

GuestOnFakeHost::GuestOnFakeHost(const std::string& wat) {
  HelperRun run = CompileWat(wat, cache_);
  if (!run.ok()) throw std::runtime_error("not compiled: " + run.report);
  library_ = dlopen((cache_ / run.Text("artifact")).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library_ == nullptr) throw std::runtime_error(dlerror());
  module_ = static_cast<const checker_module*>(dlsym(library_, CHECKER_MODULE_SYMBOL));
  EXPECT_EQ(module_->artifact_version, uint32_t{CHECKER_ARTIFACT_VERSION});
  module_->bind(&kRuntime);
  instance_.resize((module_->instance_bytes + 7) / 8);
}

GuestOnFakeHost::~GuestOnFakeHost() {
  for (void* memory : allocated_) std::free(memory);
  if (library_ != nullptr) dlclose(library_);
}

// `body` is left by longjmp; it owns nothing.
int GuestOnFakeHost::Enter(const std::function<void()>& body) {
  char here;
  auto* context = reinterpret_cast<checker_context*>(instance_.data());
  context->stack_limit = &here - stack_bytes;
  context->stop = &stop;
  current = this;
  int code = setjmp(entry);
  if (code == 0) body();
  return code;
}

int GuestOnFakeHost::Instantiate() {
  std::fill(instance_.begin(), instance_.end(), 0);
  handed_out_ = std::min(slice, fuel_limit);
  reinterpret_cast<checker_context*>(instance_.data())->fuel = handed_out_;
  const int code = Enter([this] { module_->instantiate(instance_.data()); });
  const bool starts = code == 0 && module_->exports[CHECKER_EXPORT_START_FUNCTION] != nullptr;
  return starts ? Call(CHECKER_EXPORT_START_FUNCTION) : code;
}

int GuestOnFakeHost::Call(checker_export role, std::vector<uint64_t> arguments) {
  if (module_->exports[role] == nullptr) {
    ADD_FAILURE() << "no export for role " << role;
    return -1;
  }
  std::copy(arguments.begin(), arguments.end(), slots_);
  return Enter([this, role] { module_->exports[role](instance_.data(), slots_); });
}

int GuestOnFakeHost::Run() {
  int code = Instantiate();
  return code != 0 ? code : Check();
}

int64_t GuestOnFakeHost::fuel_used() const {
  return handed_out_ - reinterpret_cast<const checker_context*>(instance_.data())->fuel;
}

void GuestOnFakeHost::Charge(int64_t fuel) {
  reinterpret_cast<checker_context*>(instance_.data())->fuel -= fuel;
}

std::string GuestOnFakeHost::Memory(uint32_t at, uint32_t size) {
  wasm_rt_memory_t* memory = module_->memory(instance_.data());
  if (memory == nullptr || uint64_t{at} + size > memory->size) {
    ADD_FAILURE() << "no memory at " << at;
    return {};
  }
  return std::string(reinterpret_cast<const char*>(memory->data) + at, size);
}

}  // namespace pg_checker::compile_test
