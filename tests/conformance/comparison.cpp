#include "comparison.hpp"

#include <algorithm>
#include <cstdio>

namespace pg_checker::conformance {

namespace {

std::string EndText(const Recording& recording) {
  return recording.end == End::kReturned ? "returns" : "ends with \"" + recording.end_text + "\"";
}

// The case that entry `at` belongs to.
std::string CaseText(const Guest& guest, const std::vector<Entry>& entries, size_t at) {
  for (size_t i = std::min(at + 1, entries.size()); i-- > 0;) {
    if (entries[i].kind != ValueKind::kCase) continue;
    const auto number = static_cast<uint32_t>(entries[i].bits);
    return "case " + std::to_string(number) + ", " + guest.describe_case(number) + ": ";
  }
  return "before the first case: ";
}

size_t FirstDifference(const std::vector<Entry>& native, const std::vector<Entry>& reference) {
  return std::mismatch(native.begin(), native.end(), reference.begin(), reference.end()).first -
         native.begin();
}

std::string EntryOrEnd(const std::vector<Entry>& entries, size_t at, const std::string& end) {
  return at < entries.size() ? "records " + Describe(entries[at]) : end;
}

std::string Hexadecimal(uint64_t number) {
  char text[24];
  snprintf(text, sizeof(text), "0x%llx", static_cast<unsigned long long>(number));
  return text;
}

uint8_t ByteAt(const std::vector<Block>& memory, uint64_t at) {
  for (const Block& block : memory) {
    if (at >= block.at && at - block.at < block.bytes.size()) {
      return static_cast<uint8_t>(block.bytes[at - block.at]);
    }
  }
  return 0;
}

std::string MemoryDifference(const State& native, const State& reference) {
  if (native.memory_bytes != reference.memory_bytes) {
    return "memory has " + std::to_string(native.memory_bytes) + " bytes, the interpreter's " +
           std::to_string(reference.memory_bytes);
  }
  if (native.memory == reference.memory) return {};
  for (const std::vector<Block>* blocks : {&native.memory, &reference.memory}) {
    for (const Block& block : *blocks) {
      for (uint64_t at = block.at; at < block.at + block.bytes.size(); ++at) {
        const uint8_t ours = ByteAt(native.memory, at);
        const uint8_t theirs = ByteAt(reference.memory, at);
        if (ours == theirs) continue;
        return "memory at " + Hexadecimal(at) + " has " + Hexadecimal(ours) +
               ", the interpreter's " + Hexadecimal(theirs);
      }
    }
  }
  return {};
}

std::string StateDifference(const State& native, const State& reference) {
  const size_t at = FirstDifference(native.values, reference.values);
  if (at < native.values.size() || at < reference.values.size()) {
    const std::string end = "has no such value";
    return "value " + std::to_string(at) + " of globals and tables: native code " +
           EntryOrEnd(native.values, at, end) + ", the interpreter " +
           EntryOrEnd(reference.values, at, end);
  }
  return MemoryDifference(native, reference);
}

// Compares the recordings of one run. Returns false if nothing behind it can be compared.
bool CompareRun(const Guest& guest, const Recording& native, const Recording& reference,
                Verdict& verdict) {
  const size_t at = FirstDifference(native.entries, reference.entries);
  verdict.values += at;
  verdict.cases +=
      std::count_if(native.entries.begin(), native.entries.begin() + static_cast<ptrdiff_t>(at),
                    [](const Entry& entry) { return entry.kind == ValueKind::kCase; });
  // A limit cuts a recording short: what one engine has beyond it says nothing.
  const bool native_cut = native.end == End::kLimit && at == native.entries.size();
  const bool reference_cut = reference.end == End::kLimit && at == reference.entries.size();
  if (native_cut || reference_cut) {
    verdict.cut_short =
        native_cut ? "native code: " + native.end_text : "the interpreter: " + reference.end_text;
    return false;
  }
  if (at < native.entries.size() || at < reference.entries.size() || native.end != reference.end) {
    verdict.difference = CaseText(guest, native.entries, at) + "native code " +
                         EntryOrEnd(native.entries, at, EndText(native)) + ", the interpreter " +
                         EntryOrEnd(reference.entries, at, EndText(reference));
    return false;
  }
  if (native.end != End::kReturned) ++verdict.traps;
  if (native.state.has_value() && reference.state.has_value()) {
    const std::string difference = StateDifference(*native.state, *reference.state);
    if (!difference.empty()) {
      verdict.difference = "behind the run from case " + std::to_string(native.first_case) +
                           " to the end of " + CaseText(guest, native.entries, at) + difference;
      return false;
    }
  }
  return true;
}

}  // namespace

Verdict Compare(const Guest& guest, const std::vector<Recording>& native,
                const Reference& reference) {
  Verdict verdict;
  const size_t runs = std::min(native.size(), reference.recordings.size());
  for (size_t run = 0; run < runs; ++run) {
    if (!CompareRun(guest, native[run], reference.recordings[run], verdict)) return verdict;
  }
  if (!reference.died.empty()) {
    verdict.cut_short = reference.died;
  } else if (native.size() != reference.recordings.size()) {
    verdict.difference = "native code has " + std::to_string(native.size()) +
                         " runs, the interpreter " + std::to_string(reference.recordings.size());
  }
  return verdict;
}

}  // namespace pg_checker::conformance
