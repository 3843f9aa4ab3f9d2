// The state of an instance between two calls, from which any number of fresh instances start: what
// an interpreter is after it has booted.
//
// Linear memory is kept without its zeros, and copied into a fresh instance's: half a megabyte
// comes with one page fault then, into a huge page. (Mapping it privately from a file, so that only
// what a run touches is copied, took 3.5 ms on a virtual machine, for the faults.) Globals and the
// table are copied too. Belongs to the process that has taken it (functions are addresses) and to
// the module that it was taken of, which must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/guest_runtime.h"

namespace pg_checker::engine {

class Instance;

class Snapshot {
 public:
  // Of an interpreter's instance that no call is under way in.
  static std::unique_ptr<Snapshot> Take(Instance& instance);
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  friend class Instance;
  Snapshot() = default;

  std::vector<uint8_t> native_;  // of the instance: globals, and structs whose pointers are void
  wasm_rt_memory_t memory_{};    // sizes only
  // The memory's stretches that are not zero, by where they begin; the bytes of all are in bytes_.
  struct Stretch {
    uint64_t at;
    uint64_t bytes;
  };
  std::vector<Stretch> stretches_;
  std::vector<uint8_t> bytes_;
  wasm_rt_funcref_table_t table_{};
  std::vector<wasm_rt_funcref_t> elements_;  // of the table; module_instance null for the instance
};

}  // namespace pg_checker::engine
