// What a run of a guest under test showed, the same for both engines: the values that it recorded,
// how it ended, and what it left behind.
//
// A guest under test (guest_text.hpp) has numbered cases and runs them in order, from the one that
// it is told. A trap ends the run; the next one starts behind the case that trapped, in a fresh
// instance. So a module's behaviour is a list of recordings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pg_checker::conformance {

// The number with which a guest records a value says what the value is.
enum class ValueKind : uint32_t { kI32, kI64, kF32, kF64, kReference, kCase };
inline constexpr uint32_t kValueKinds = 6;

struct Entry {
  ValueKind kind = ValueKind::kI32;
  uint64_t bits = 0;
  bool operator==(const Entry& other) const { return kind == other.kind && bits == other.bits; }
};

enum class End : uint32_t {
  kReturned,
  kOutOfBounds,
  kIntegerOverflow,
  kDivideByZero,
  kInvalidConversion,
  kUnreachable,
  kIndirectCall,
  // Ended by a limit of this engine only (fuel, stack, memory, size of the recording), so that the
  // other one may have got further.
  kLimit,
};

// A stretch of memory that is not all zeros.
struct Block {
  uint64_t at = 0;
  std::string bytes;
  bool operator==(const Block& other) const { return at == other.at && bytes == other.bytes; }
};

// Globals, tables and memory behind the end of a run, however it ended.
struct State {
  std::vector<Entry> values;  // of globals and tables, as the guest records them
  uint64_t memory_bytes = 0;
  std::vector<Block> memory;
};

struct Recording {
  uint32_t first_case = 0;
  std::vector<Entry> entries;
  End end = End::kReturned;
  std::string end_text;        // the engine's own words for a trap or a limit
  std::optional<State> state;  // none if the run ended before the guest's own code began

  // The case that ran last; none if not even the first began.
  std::optional<uint32_t> LastCase() const;
};

// A recording of more entries ends with kLimit: a guest that records in a loop would fill memory.
inline constexpr size_t kEntriesAtMost = 4'000'000;

std::vector<Block> NonZeroBlocks(const uint8_t* memory, uint64_t bytes);

std::string Describe(const Entry& entry);

// For a pipe between processes. Decode takes one recording from the front of `bytes`; none if it is
// not there as a whole.
std::string Encode(const Recording& recording);
std::optional<Recording> Decode(std::string_view& bytes);

// Runs all of a guest's cases: `run_from` runs from a case and returns the recording, which goes to
// `take`. Stops at a limit, because what follows depends on how far the run got.
template <typename RunFrom, typename Take>
void RecordAll(uint32_t cases, RunFrom run_from, Take take) {
  for (uint32_t first = 0;;) {
    Recording recording = run_from(first);
    const End end = recording.end;
    const std::optional<uint32_t> last = recording.LastCase();
    take(std::move(recording));
    if (end == End::kReturned || end == End::kLimit || !last.has_value()) return;
    first = *last + 1;
    if (first >= cases) return;
  }
}

}  // namespace pg_checker::conformance
