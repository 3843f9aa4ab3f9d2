// One call of a host function: its arguments, and the only way to the guest's memory.
//
// A pointer is checked against the memory's present base and size in 64 bits. Every method that
// moves n bytes charges n / 64 ticks, in pieces, so that no single call outlives a cancel. After
// Allocate the guest has run: pointers into its memory are void, its size may be another.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "engine/host_functions.hpp"
#include "engine/instance.hpp"
#include "engine/result.hpp"

namespace pg_checker::engine {

class HostCall {
 public:
  // `slots` as in checker_runtime.call; all must outlive this.
  HostCall(Instance& instance, HostFunction function, uint64_t* slots)
      : instance_(instance), function_(function), slots_(slots) {}

  Instance& instance() { return instance_; }
  Host& host() { return instance_.host(); }
  HostFunction function() const { return function_; }

  uint32_t U32(size_t argument) const { return static_cast<uint32_t>(slots_[argument]); }
  uint64_t U64(size_t argument) const { return slots_[argument]; }
  // Results take the arguments' place: read those first.
  void Return(uint32_t value) { slots_[0] = value; }
  void Return(uint64_t value) { slots_[0] = value; }
  void Return(uint32_t first, uint32_t second) {
    slots_[0] = first;
    slots_[1] = second;
  }

  // An Error that names this function: `"checker"."fail": <what>`.
  Error Trap(std::string_view what) const;
  Error OutOfMemory(std::string_view what) const;

  // Whether [pointer, pointer + length) lies in the guest's memory.
  Result<void> Check(uint32_t pointer, uint64_t length);

  // A copy of what stands there.
  Result<std::string> Bytes(uint32_t pointer, uint32_t length);
  // The same of text, which must be UTF-8, all of it; a NUL in it is text. No more is copied than
  // the whole characters among the first `kept_bytes`.
  Result<std::string> Text(uint32_t pointer, uint32_t length, uint32_t kept_bytes);

  // What is taken of the name of a dataset or parameter; none is as long.
  static constexpr uint32_t kNameKeptBytes = 1u << 20;
  // The text at arguments `first` (pointer) and `first + 1` (length) with U+FFFD in the place of
  // NUL, which no host could keep. A name with it is as unknown as the one with NUL, and can be
  // shown.
  Result<std::string> Shown(size_t first, uint32_t kept_bytes);
  Result<std::string> DatasetName(size_t first) { return Shown(first, kNameKeptBytes); }

  Result<void> Write(uint32_t pointer, std::string_view bytes);

  // One little-endian number.
  template <typename Number>
  Result<void> WriteNumber(uint32_t pointer, Number number) {
    if (Result<void> inside = Check(pointer, sizeof(number)); !inside.ok()) return inside;
    std::memcpy(At(pointer), &number, sizeof(number));
    return {};
  }

  struct Block {
    uint32_t pointer;
    uint32_t length;
  };
  // Memory of the guest's own allocator, or else fresh pages, with `text` in it. Never null, also
  // for an empty text.
  Result<Block> Deliver(std::string_view text);
  // The longest text that Deliver may have room for.
  uint64_t DeliveryLimit();

  // Memory of the guest's own allocator, or else fresh pages. Never 0. An Error of kind kMemory if
  // there is no room: the guest may go on after it. The guest may have run: see above.
  Result<uint32_t> Allocate(uint64_t bytes);

 private:
  Result<uint32_t> AllocateByGuest(checker_export allocator, uint32_t bytes);
  Result<uint32_t> AllocateByGrowing(uint64_t bytes);

  // Address of an offset that Check has passed.
  uint8_t* At(uint32_t pointer) { return instance_.memory()->data + pointer; }

  Instance& instance_;
  HostFunction function_;
  uint64_t* slots_;
};

// `"checker"."fail"`, as messages name a host function.
std::string NameOf(HostFunction function);

}  // namespace pg_checker::engine
