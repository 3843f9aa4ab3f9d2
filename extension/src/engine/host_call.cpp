#include "engine/host_call.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "engine/utf8.hpp"

namespace pg_checker::engine {

// Numbers are copied as they lie in memory, which wasm defines as little-endian.
static_assert(std::endian::native == std::endian::little);

namespace {

constexpr uint64_t kBytesPerTick = 64;
// Between two charges of a long copy: a whole number of ticks, a few microseconds of work.
constexpr size_t kPieceBytes = 64u << 10;

// Which of the guest's allocators the host uses: the first that it exports.
std::optional<checker_export> AllocatorOf(const checker_module& module) {
  for (const checker_export slot :
       {CHECKER_EXPORT_ALLOC, CHECKER_EXPORT_REALLOC, CHECKER_EXPORT_MALLOC}) {
    if (module.exports[slot] != nullptr) return slot;
  }
  return std::nullopt;
}

}  // namespace

std::string NameOf(HostFunction function) {
  const HostFunctionEntry& entry = kHostFunctions[function];
  // Under the name by which compilers import it; the older wasi_unstable is the same.
  std::string name = "\"";
  name += entry.module == "wasi" ? "wasi_snapshot_preview1" : entry.module;
  name += "\".\"";
  name += entry.name;
  name += '"';
  return name;
}

Error HostCall::Trap(std::string_view what) const {
  return {ErrorKind::kTrap, NameOf(function_) + ": " + std::string(what)};
}

Error HostCall::OutOfMemory(std::string_view what) const {
  return {ErrorKind::kMemory, NameOf(function_) + ": " + std::string(what), "",
          "Raise checker.memory_limit, let the dataset return fewer rows or columns, or use the "
          "assertions that the host decides."};
}

Result<void> HostCall::Check(uint32_t pointer, uint64_t length) {
  const wasm_rt_memory_t* memory = instance_.memory();
  if (memory == nullptr) {
    Error error = Trap("the guest exports no memory");
    error.hint = "Export the module's memory under the name \"memory\".";
    return error;
  }
  if (length <= memory->size && pointer <= memory->size - length) return {};
  return Trap("pointer " + std::to_string(pointer) + " + length " + std::to_string(length) +
              " is outside of the guest's memory of " + std::to_string(memory->size) + " bytes");
}

Result<std::string> HostCall::Bytes(uint32_t pointer, uint32_t length) {
  if (Result<void> inside = Check(pointer, length); !inside.ok()) return inside.error();
  std::string bytes;
  bytes.reserve(length);
  for (uint64_t done = 0; done < length;) {
    const uint64_t piece = std::min<uint64_t>(kPieceBytes, length - done);
    bytes.append(reinterpret_cast<const char*>(At(pointer)) + done, piece);
    done += piece;
    if (Result<void> paid = instance_.Charge(piece / kBytesPerTick); !paid.ok()) {
      return paid.error();
    }
  }
  return bytes;
}

Result<std::string> HostCall::Text(uint32_t pointer, uint32_t length, uint32_t kept_bytes) {
  if (Result<void> inside = Check(pointer, length); !inside.ok()) return inside.error();
  const std::string_view text(reinterpret_cast<const char*>(At(pointer)), length);
  // Where it lies, because what is not kept need not be copied: the guest does not run meanwhile.
  // Piece by piece, so that a cancel is seen; a sequence that a piece cuts in two begins the next
  // one.
  constexpr size_t kLongestSequence = 4;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view piece = rest.substr(0, kPieceBytes);
    const size_t valid = ValidUtf8Prefix(piece);
    const bool cut = piece.size() < rest.size() && piece.size() - valid < kLongestSequence;
    if (valid < piece.size() && !cut) {
      const size_t offset = text.size() - rest.size() + valid;
      return Trap("text of " + std::to_string(length) + " bytes at pointer " +
                  std::to_string(pointer) + " is not valid UTF-8 (byte " + std::to_string(offset) +
                  ")");
    }
    rest.remove_prefix(valid);
    if (Result<void> paid = instance_.Charge(piece.size() / kBytesPerTick); !paid.ok())
      return paid.error();
  }
  if (length <= kept_bytes) return std::string(text);
  const std::string_view kept = text.substr(0, kept_bytes);
  return std::string(kept.substr(0, ValidUtf8Prefix(kept)));
}

Result<std::string> HostCall::Shown(size_t first, uint32_t kept_bytes) {
  Result<std::string> text = Text(U32(first), U32(first + 1), kept_bytes);
  if (!text.ok()) return text;
  return WithoutNul(std::move(*text));
}

Result<void> HostCall::Write(uint32_t pointer, std::string_view bytes) {
  if (Result<void> inside = Check(pointer, bytes.size()); !inside.ok()) return inside;
  for (uint64_t done = 0; done < bytes.size();) {
    const std::string_view piece = bytes.substr(done, kPieceBytes);
    std::memcpy(At(pointer) + done, piece.data(), piece.size());
    done += piece.size();
    if (Result<void> paid = instance_.Charge(piece.size() / kBytesPerTick); !paid.ok()) return paid;
  }
  return {};
}

Result<HostCall::Block> HostCall::Deliver(std::string_view text) {
  // Pointer 0 means "absent", so an empty text wants a byte too.
  Result<uint32_t> pointer = Allocate(std::max<uint64_t>(text.size(), 1));
  if (!pointer.ok()) return pointer.error();
  if (Result<void> written = Write(*pointer, text); !written.ok()) return written.error();
  return Block{*pointer, static_cast<uint32_t>(text.size())};
}

uint64_t HostCall::DeliveryLimit() {
  const wasm_rt_memory_t* memory = instance_.memory();
  if (memory == nullptr) return 0;
  const uint64_t capacity = instance_.storage().Capacity(*memory);
  // An allocator may find room in what is there already; without one there is only what can grow.
  const bool has_allocator = AllocatorOf(instance_.module()).has_value();
  return std::min<uint64_t>(has_allocator ? capacity : capacity - memory->size, UINT32_MAX);
}

Result<uint32_t> HostCall::Allocate(uint64_t bytes) {
  if (Result<void> has_memory = Check(0, 0); !has_memory.ok()) return has_memory.error();
  if (bytes > UINT32_MAX) {
    return OutOfMemory(std::to_string(bytes) + " bytes do not fit into a 32-bit guest");
  }
  const std::optional<checker_export> allocator = AllocatorOf(instance_.module());
  if (!allocator.has_value()) return AllocateByGrowing(bytes);
  return AllocateByGuest(*allocator, static_cast<uint32_t>(bytes));
}

Result<uint32_t> HostCall::AllocateByGuest(checker_export allocator, uint32_t bytes) {
  constexpr uint32_t kAlignment = 8;
  uint64_t slots[4] = {};
  switch (allocator) {
    case CHECKER_EXPORT_ALLOC:
      slots[0] = bytes;
      slots[1] = kAlignment;
      break;
    case CHECKER_EXPORT_REALLOC:  // (old pointer, old size, alignment, new size)
      slots[2] = kAlignment;
      slots[3] = bytes;
      break;
    default:
      slots[0] = bytes;
  }
  instance_.set_in_allocator(true);
  const int code = instance_.Call(allocator, slots);
  instance_.set_in_allocator(false);
  if (code != 0) {
    Error error = instance_.ErrorOf(code);
    const bool fault_of_allocator =
        error.kind == ErrorKind::kTrap || error.kind == ErrorKind::kStack;
    if (fault_of_allocator) {
      error.detail = "It happened in the guest's allocator, which " + NameOf(function_) +
                     " had asked for " + std::to_string(bytes) + " bytes." +
                     (error.detail.empty() ? "" : " ") + error.detail;
    }
    return error;
  }
  const auto pointer = static_cast<uint32_t>(slots[0]);
  if (pointer == 0) {
    return OutOfMemory("the guest's allocator has no room for " + std::to_string(bytes) + " bytes");
  }
  if (const wasm_rt_memory_t* memory = instance_.memory();
      bytes > memory->size || pointer > memory->size - bytes) {
    return Trap("the guest's allocator returned pointer " + std::to_string(pointer) + " for " +
                std::to_string(bytes) + " bytes, outside of its memory of " +
                std::to_string(memory->size) + " bytes");
  }
  return pointer;
}

Result<uint32_t> HostCall::AllocateByGrowing(uint64_t bytes) {
  wasm_rt_memory_t* memory = instance_.memory();
  const uint64_t pages = (bytes + CHECKER_PAGE_BYTES - 1) / CHECKER_PAGE_BYTES;
  const uint32_t old_pages = instance_.storage().GrowMemory(memory, static_cast<uint32_t>(pages));
  if (old_pages == UINT32_MAX) {
    return OutOfMemory("memory cannot grow by " + std::to_string(pages) + " pages for " +
                       std::to_string(bytes) + " bytes");
  }
  // A module may start with no page at all, and pointer 0 is not for use: leave the first 8 bytes.
  if (old_pages == 0) {
    constexpr uint32_t kFirstPointer = 8;
    if (bytes + kFirstPointer > memory->size &&
        instance_.storage().GrowMemory(memory, 1) == UINT32_MAX) {
      return OutOfMemory("memory cannot grow for " + std::to_string(bytes) + " bytes");
    }
    return kFirstPointer;
  }
  return old_pages * CHECKER_PAGE_BYTES;
}

}  // namespace pg_checker::engine
