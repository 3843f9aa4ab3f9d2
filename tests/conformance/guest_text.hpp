// The text of a guest under test: numbered cases, and around them what makes both engines show the
// same things, through host functions that pass numbers and need no memory of the guest's.
//
//   checker.assert_row_count   records a value: the operator says of which kind (ValueKind), the
//                              limit is the value. At once, so that a trap loses nothing.
//   checker.now                says with which case to begin.
//   checker.dataset_open       tells the host that the guest's own code begins. What is open is
//                              closed when the run has ended, and then the host looks at memory.
//   export checker_alloc       records globals and tables; called behind the end of a run.
//
// Names of the guest's that begin with "$x." are the harness's:
//
//   $x.i32 $x.i64 $x.f32 $x.f64      record a value, NaNs made equal
//   $x.exact_f32 $x.exact_f64        record all bits
//   $x.plain_f32 $x.plain_f64        the value itself; of a NaN only whether it is quiet
//   $x.funcref $x.externref          record whether a reference is null
//
// WebAssembly leaves a NaN's payload and sign open, but not that it is quiet where an instruction
// computed it: making those NaNs equal to signalling ones would hide a missing -fsignaling-nans.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace pg_checker::conformance {

// A binary module with its cases.
struct Guest {
  std::string wasm;
  uint32_t cases = 0;
  std::function<std::string(uint32_t)> describe_case;
};

class GuestText {
 public:
  // Adds a field of the module: functions, tables, globals, segments. Not the memory.
  void Add(std::string_view field);
  // The fields of the memory that the guest exports: "1 3".
  void SetMemory(std::string_view limits) { memory_ = limits; }
  // Adds `count` cases: function `name` with a parameter, the number of the case from 0. `describe`
  // says in words what such a case does; without one it is the name.
  void AddCases(std::string_view name, uint32_t count,
                std::function<std::string(uint32_t)> describe = nullptr);
  // Instructions that record what a run leaves in globals and tables.
  void AddState(std::string_view instructions) { state_ += instructions; }
  // Instructions before the cases, when the module starts.
  void SetStart(std::string_view instructions) { start_ = instructions; }

  uint32_t cases() const { return groups_.empty() ? 0 : groups_.back().end; }
  std::string Text() const;
  // Throws std::runtime_error with the assembler's message if the text is wrong.
  Guest Assemble() const;

 private:
  struct Group {
    std::string name;
    uint32_t begin;
    uint32_t end;
    std::function<std::string(uint32_t)> describe;
  };

  // Calls the group of $case among those from `first` to before `last`, by halving.
  std::string Dispatch(size_t first, size_t last) const;

  std::string fields_;
  std::string memory_ = "1 1";
  std::string state_;
  std::string start_;
  std::vector<Group> groups_;
};

// Text to a validated binary module with the features that the engine offers. Throws
// std::runtime_error with the first error.
std::string AssembleText(std::string_view text);

}  // namespace pg_checker::conformance
