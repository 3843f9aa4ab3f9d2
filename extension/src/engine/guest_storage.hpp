// The linear memory and the tables of one instance, all counted against one limit, all released
// together.
//
// Generated code and this class share the structs of guest_runtime.h, which lie in the instance:
// this class owns what their `data` points to. Memory is counted by its logical size, a funcref
// with 24 bytes, an externref with 8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/guest_runtime.h"
#include "engine/reservation.hpp"
#include "engine/result.hpp"

namespace pg_checker::engine {

class GuestStorage {
 public:
  explicit GuestStorage(uint64_t limit_bytes) : limit_bytes_(limit_bytes) {}

  // Return 0, or CHECKER_TRAP_MEMORY with the reason in failure().
  int AllocateMemory(wasm_rt_memory_t* memory, uint32_t initial_pages, uint32_t max_pages);
  // The same for memory that will be written at once and soon grow: begins with a huge page, if
  // that is within what it may have.
  int AllocateBusyMemory(wasm_rt_memory_t* memory, uint32_t initial_pages, uint32_t max_pages);
  int AllocateTable(wasm_rt_funcref_table_t* table, uint32_t elements, uint32_t max_elements);
  int AllocateTable(wasm_rt_externref_table_t* table, uint32_t elements, uint32_t max_elements);

  // Return the old size, or UINT32_MAX, after which refusal() may say why.
  uint32_t GrowMemory(wasm_rt_memory_t* memory, uint32_t delta_pages);
  // New elements are null: a reservation is zero until it is written, and no table shrinks.
  uint32_t GrowTable(wasm_rt_funcref_table_t* table, uint32_t delta);
  uint32_t GrowTable(wasm_rt_externref_table_t* table, uint32_t delta);

  uint64_t limit_bytes() const { return limit_bytes_; }
  // Bytes to which `memory` could grow yet, under its own maximum and under the limit.
  uint64_t Capacity(const wasm_rt_memory_t& memory) const;

  // Why an allocation failed.
  const std::optional<Error>& failure() const { return failure_; }
  // A sentence about the last growth that the limit refused; empty if none was. Guests seldom say
  // that they are out of memory: they trap somewhere else, and the reader wants to know of this.
  const std::string& refusal() const { return refusal_; }
  bool refused() const { return !refusal_.empty(); }

 private:
  template <typename Element, typename Table>
  int AllocateElements(Table* table, uint32_t elements, uint32_t max_elements);
  template <typename Element, typename Table>
  uint32_t GrowElements(Table* table, uint32_t delta);
  // Room under the limit, in bytes.
  uint64_t Left() const { return limit_bytes_ > used_bytes_ ? limit_bytes_ - used_bytes_ : 0; }
  // A fresh reservation that lives as long as this object; null on failure, which is noted.
  void* Reserve(uint64_t bytes);
  int Fail(std::string message, std::string detail, std::string hint);

  uint64_t limit_bytes_;
  uint64_t used_bytes_ = 0;
  std::vector<Reservation> reservations_;
  std::optional<Error> failure_;
  std::string refusal_;
};

}  // namespace pg_checker::engine
