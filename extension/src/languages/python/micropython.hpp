// MicroPython in one instance: its C functions, called by name, and its objects.
//
// The build is MicroPython 1.27.0 for wasm32 of npm's micropython-webassembly-pyscript, as
// prepare.mjs makes it. An object is 32 bits: a small integer, one of a few constants, an interned
// string, or the address of something on the collected heap. The collector finds an object from the
// stack in linear memory, from other objects, and from nowhere else: whoever makes two here keeps
// the first on that stack.
//
// What MicroPython does runs in the sandbox. A trap there comes out of these methods as
// GuestTrapped, a Python exception that nobody in the guest catches as one with
// CHECKER_TRAP_UNWIND: it unwinds the host's function, which passes it on to the guest that has
// called.
#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "engine/instance.hpp"
#include "engine/interpreter.hpp"
#include "engine/result.hpp"

namespace pg_checker::languages {

struct PythonTrapped {
  int code;
};

using PyObject = uint32_t;

namespace py {

inline constexpr PyObject kNone = 6;
inline constexpr PyObject kFalse = 14;
inline constexpr PyObject kTrue = 30;

}  // namespace py

// The exports that are used, found once.
struct MicroPythonFunctions {
  checker_call construct, init, init_proxies, execute, malloc, free, free_reference, stack_pointer,
      set_stack_pointer, limit_stack, new_int, new_float, new_str, new_tuple, start_collection,
      mark, end_collection, add_heap;

  static engine::Result<MicroPythonFunctions> Find(const engine::Interpreter& interpreter);
};

// What boot leaves behind in guest memory, for every instance that starts from its snapshot.
struct MicroPythonAddresses {
  uint32_t stack_top = 0;  // the stack in linear memory grows down from here
  uint32_t scratch = 0;    // kScratchBytes
};

// An exception that ended a program.
struct PythonException {
  std::string type;  // "ValueError"
  std::string
      traceback;  // as Python prints it, without the word "Traceback"; the last line says what
};

class MicroPython {
 public:
  static constexpr uint32_t kScratchBytes = 16u << 10;

  MicroPython(engine::Instance& instance, const MicroPythonFunctions& functions)
      : instance_(instance), functions_(functions) {}

  engine::Instance& instance() { return instance_; }
  const MicroPythonAddresses& addresses() const { return addresses_; }
  void set_addresses(const MicroPythonAddresses& addresses) { addresses_ = addresses; }

  // Starts it in a fresh instance.
  void Boot();
  // Runs `source` as a program of its own; nothing if it ended well.
  std::optional<PythonException> Execute(std::string_view source);

  PyObject NewInt(int64_t value) {
    constexpr int64_t kSmall = 1 << 30;
    if (value >= -kSmall && value < kSmall) return static_cast<uint32_t>(value) << 1 | 1;
    return Invoke(functions_.new_int, {static_cast<uint64_t>(value)});
  }
  PyObject NewFloat(double value);
  PyObject NewStr(std::string_view utf8);
  // Of `count` objects that lie at `items`.
  PyObject NewTuple(uint32_t count, uint32_t items) {
    return Invoke(functions_.new_tuple, {count, items});
  }

  // Room on the stack in linear memory, zero, for as long as this lives.
  class StackRoom;

  // An object that Python has passed by reference, which is let go.
  PyObject TakeReference(uint32_t reference);
  // Where the items of a list lie, and how many there are. What is no list ends the run.
  struct Items {
    uint32_t at;
    uint32_t count;
  };
  Items ItemsOf(PyObject list);

  // Collects garbage: what is not reachable from the stack or from other objects. First Mark, after
  // which IsMarked may be asked of objects, then Sweep.
  void Mark();
  void Sweep();
  // Whether the object was reached, or is none on the heap.
  bool IsMarked(PyObject object);
  // By how many bytes the heap may grow.
  uint32_t HeapRoom();

  // A copy of the text in memory from malloc, which the guest frees.
  uint32_t Place(std::string_view text);

  // Guest memory, checked. What lies outside ends the run.
  template <typename Number>
  Number Load(uint32_t at) {
    Number number;
    std::memcpy(&number, At(at, sizeof(number)), sizeof(number));
    return number;
  }
  template <typename Number>
  void Store(uint32_t at, Number number) {
    std::memcpy(At(at, sizeof(number)), &number, sizeof(number));
  }
  // Address of `bytes` bytes at offset `at`; void once the guest runs.
  uint8_t* At(uint32_t at, uint64_t bytes);
  std::string LoadText(uint32_t at, uint32_t bytes) {
    return {reinterpret_cast<const char*>(At(at, bytes)), bytes};
  }
  // Text up to a NUL, at most 256 bytes.
  std::string_view LoadName(uint32_t at);

  // Takes `ticks` for work of the host's that is as long as the guest likes, and ends the run if
  // the host is to stop.
  void Pay(uint64_t ticks);

  // Ends the run with `error`.
  [[noreturn]] void Stop(engine::Error error);
  void Require(engine::Result<void> result) {
    if (!result.ok()) Stop(std::move(result.error()));
  }
  template <typename Value>
  Value Require(engine::Result<Value> result) {
    if (!result.ok()) Stop(std::move(result.error()));
    return std::move(*result);
  }

 private:
  struct HeapUse {
    uint64_t used_bytes;
    uint64_t all_bytes;
  };
  // Calls an export; slots take arguments, and the result in slot 0 comes out.
  uint32_t Invoke(checker_call function, std::initializer_list<uint64_t> arguments);
  uint32_t Malloc(uint32_t bytes);
  // Where on the heap a word points to, if it does.
  struct Block {
    uint32_t area;
    uint32_t number;
    uint32_t states;  // address of the byte in the area's table
    uint32_t shift;   // in that byte
  };
  // Calls visit(address, area) for each area of the heap, until it returns false.
  template <typename Visit>
  void VisitAreas(Visit visit);
  std::optional<Block> BlockAt(uint32_t word);
  void MarkFrom(uint32_t word);
  void MarkAgain();
  void GrowIfFull();
  HeapUse CountHeap();

  engine::Instance& instance_;
  const MicroPythonFunctions& functions_;
  MicroPythonAddresses addresses_;
};

class MicroPython::StackRoom {
 public:
  StackRoom(MicroPython& python, uint32_t bytes);
  ~StackRoom() noexcept(false);
  StackRoom(const StackRoom&) = delete;
  StackRoom& operator=(const StackRoom&) = delete;
  uint32_t at() const { return at_; }

 private:
  MicroPython& python_;
  uint32_t before_;
  uint32_t at_;
};

}  // namespace pg_checker::languages
