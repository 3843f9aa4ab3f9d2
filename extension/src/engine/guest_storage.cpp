#include "engine/guest_storage.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace pg_checker::engine {

namespace {

constexpr uint32_t kRefused = UINT32_MAX;

std::string Bytes(uint64_t bytes) { return std::to_string(bytes) + " bytes"; }

}  // namespace

int GuestStorage::Fail(std::string message, std::string detail, std::string hint) {
  failure_ = Error{ErrorKind::kMemory, std::move(message), std::move(detail), std::move(hint)};
  return CHECKER_TRAP_MEMORY;
}

void* GuestStorage::Reserve(uint64_t bytes) {
  Reservation reservation;
  if (!reservation.Reserve(bytes)) {
    Fail("could not reserve " + Bytes(bytes) + " for the guest's memory",
         std::string("The system says: ") + std::strerror(errno) + ".",
         "Lower checker.memory_limit, or give the server more memory.");
    return nullptr;
  }
  reservations_.push_back(std::move(reservation));
  return reservations_.back().data();
}

int GuestStorage::AllocateMemory(wasm_rt_memory_t* memory, uint32_t initial_pages,
                                 uint32_t max_pages) {
  *memory = {};
  const uint64_t initial_bytes = uint64_t{initial_pages} * CHECKER_PAGE_BYTES;
  if (initial_bytes > Left()) {
    return Fail(
        "initial memory of " + Bytes(initial_bytes) + " is over the memory limit of " +
            Bytes(limit_bytes_),
        "The module starts with " + std::to_string(initial_pages) + " pages of 65536 bytes.",
        "Raise checker.memory_limit, or build the module with less memory.");
  }
  // Whatever the tables take later, memory never gets beyond this, so that growing never moves it.
  const uint64_t pages = std::min<uint64_t>(max_pages, Left() / CHECKER_PAGE_BYTES);
  const uint64_t reserved_bytes = std::max<uint64_t>(pages, initial_pages) * CHECKER_PAGE_BYTES;
  if (reserved_bytes > 0) {
    memory->data = static_cast<uint8_t*>(Reserve(reserved_bytes));
    if (memory->data == nullptr) return CHECKER_TRAP_MEMORY;
  }
  memory->pages = initial_pages;
  memory->max_pages = max_pages;
  memory->size = initial_bytes;
  PreferHugePages(memory->data, 0, initial_bytes);
  used_bytes_ += initial_bytes;
  return 0;
}

int GuestStorage::AllocateBusyMemory(wasm_rt_memory_t* memory, uint32_t initial_pages,
                                     uint32_t max_pages) {
  const int trap = AllocateMemory(memory, initial_pages, max_pages);
  if (trap == 0 && memory->size < kHugePageBytes && Capacity(*memory) >= kHugePageBytes)
    PreferHugePages(memory->data, 0, kHugePageBytes);
  return trap;
}

uint32_t GuestStorage::GrowMemory(wasm_rt_memory_t* memory, uint32_t delta_pages) {
  const uint32_t old_pages = memory->pages;
  if (delta_pages > memory->max_pages - old_pages) return kRefused;
  const uint64_t delta_bytes = uint64_t{delta_pages} * CHECKER_PAGE_BYTES;
  if (delta_bytes > Left()) {
    refusal_ = "memory.grow was refused before: " + Bytes(memory->size) + " of memory plus " +
               Bytes(delta_bytes) + " are over checker.memory_limit (" + Bytes(limit_bytes_) + ").";
    return kRefused;
  }
  memory->pages = old_pages + delta_pages;
  PreferHugePages(memory->data, memory->size, memory->size + delta_bytes);
  memory->size += delta_bytes;
  used_bytes_ += delta_bytes;
  return old_pages;
}

uint64_t GuestStorage::Capacity(const wasm_rt_memory_t& memory) const {
  const uint64_t pages_left = Left() / CHECKER_PAGE_BYTES;
  return std::min<uint64_t>(memory.max_pages, memory.pages + pages_left) * CHECKER_PAGE_BYTES;
}

template <typename Element, typename Table>
int GuestStorage::AllocateElements(Table* table, uint32_t elements, uint32_t max_elements) {
  *table = {};
  const uint64_t bytes = uint64_t{elements} * sizeof(Element);
  if (bytes > Left()) {
    return Fail("table of " + std::to_string(elements) + " elements is over the memory limit of " +
                    Bytes(limit_bytes_),
                "An element takes " + Bytes(sizeof(Element)) + ".",
                "Raise checker.memory_limit, or build the module with a smaller table.");
  }
  const uint64_t reserved = std::min<uint64_t>(max_elements, Left() / sizeof(Element));
  if (reserved > 0) {
    table->data = static_cast<Element*>(Reserve(reserved * sizeof(Element)));
    if (table->data == nullptr) return CHECKER_TRAP_MEMORY;
  }
  table->size = elements;
  table->max_size = max_elements;
  used_bytes_ += bytes;
  return 0;
}

template <typename Element, typename Table>
uint32_t GuestStorage::GrowElements(Table* table, uint32_t delta) {
  const uint32_t old_size = table->size;
  if (delta > table->max_size - old_size) return kRefused;
  const uint64_t bytes = uint64_t{delta} * sizeof(Element);
  if (bytes > Left()) {
    refusal_ = "table.grow was refused before: " + std::to_string(delta) +
               " more elements are over checker.memory_limit (" + Bytes(limit_bytes_) + ").";
    return kRefused;
  }
  table->size = old_size + delta;
  used_bytes_ += bytes;
  return old_size;
}

int GuestStorage::AllocateTable(wasm_rt_funcref_table_t* table, uint32_t elements,
                                uint32_t max_elements) {
  return AllocateElements<wasm_rt_funcref_t>(table, elements, max_elements);
}

int GuestStorage::AllocateTable(wasm_rt_externref_table_t* table, uint32_t elements,
                                uint32_t max_elements) {
  return AllocateElements<wasm_rt_externref_t>(table, elements, max_elements);
}

uint32_t GuestStorage::GrowTable(wasm_rt_funcref_table_t* table, uint32_t delta) {
  return GrowElements<wasm_rt_funcref_t>(table, delta);
}

uint32_t GuestStorage::GrowTable(wasm_rt_externref_table_t* table, uint32_t delta) {
  return GrowElements<wasm_rt_externref_t>(table, delta);
}

}  // namespace pg_checker::engine
