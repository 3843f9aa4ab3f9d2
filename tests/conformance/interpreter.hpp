// The reference: WABT's interpreter. It has known memory errors, so it runs in a process of its own
// with limits of its own, and dies there.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "guest_text.hpp"
#include "recording.hpp"

namespace pg_checker::conformance {

struct Reference {
  // As many as the process got done.
  std::vector<Recording> recordings;
  // Empty if it ended as it should, else what happened to it: a signal, the time limit. The last
  // recording may be missing then, which says nothing about the guest.
  std::string died;
};

// Runs all cases. Throws std::runtime_error if there can be no process.
Reference Interpret(const Guest& guest, std::chrono::seconds time_limit);

}  // namespace pg_checker::conformance
