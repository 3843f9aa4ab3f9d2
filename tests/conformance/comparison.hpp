// What two engines showed of the same guest, held against each other.
#pragma once

#include <cstddef>
#include <string>

#include "guest_text.hpp"
#include "interpreter.hpp"
#include "native_engine.hpp"
#include "recording.hpp"

namespace pg_checker::conformance {

struct Verdict {
  // The first difference in words; empty if there is none.
  std::string difference;
  // Why the rest could not be compared; empty if all was.
  std::string cut_short;
  size_t cases = 0;   // that began in both
  size_t values = 0;  // recorded, and equal in both
  size_t traps = 0;   // of the same kind in both
};

Verdict Compare(const Guest& guest, const std::vector<Recording>& native,
                const Reference& reference);

}  // namespace pg_checker::conformance
