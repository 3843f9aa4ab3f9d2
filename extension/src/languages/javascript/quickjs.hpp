// QuickJS in one instance: its C functions, called by name, and its values.
//
// The build is quickjs-ng 0.17.0 for wasm32, of npm's quickjs-wasi 3.6.2. A JSValue is 64 bits: a
// tag in the upper half, from -10 to 7, and a number or a pointer into guest memory in the lower
// one; any other upper half is a double's, moved by kDoubleOffset. Boot sees to it that these are
// right (Verify). Values with a negative tag are counted references: who gets one from a method
// here, owns it, unless it says otherwise.
//
// What QuickJS does runs in the sandbox. A trap there comes out of these methods as GuestTrapped,
// the one exception of this folder: it unwinds the host's function, which then traps in its turn.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>

#include "engine/instance.hpp"
#include "engine/interpreter.hpp"
#include "engine/result.hpp"

namespace pg_checker::languages {

struct GuestTrapped {
  int code;
};

using JsValue = uint64_t;

namespace js {

enum class Tag : int32_t {
  kBigInt = -9,
  kString = -7,
  kObject = -1,
  kInt = 0,
  kBool = 1,
  kNull = 2,
  kUndefined = 3,
  kException = 6,
  kShortBigInt = 7
};

constexpr JsValue Make(Tag tag, uint32_t payload) {
  return uint64_t{static_cast<uint32_t>(tag)} << 32 | payload;
}
inline constexpr JsValue kNull = Make(Tag::kNull, 0);
inline constexpr JsValue kUndefined = Make(Tag::kUndefined, 0);

constexpr uint64_t kDoubleOffset = 0x8007FFF600000000;
constexpr uint64_t kNan = 0x7FF8000000000000;

constexpr JsValue Bool(bool value) { return Make(Tag::kBool, value ? 1 : 0); }
constexpr JsValue Int(int32_t value) { return Make(Tag::kInt, static_cast<uint32_t>(value)); }
constexpr JsValue ShortBigInt(int32_t value) {
  return Make(Tag::kShortBigInt, static_cast<uint32_t>(value));
}
inline JsValue Double(double value) {
  return (value != value ? kNan : std::bit_cast<uint64_t>(value)) + kDoubleOffset;
}
inline double DoubleOf(JsValue value) { return std::bit_cast<double>(value - kDoubleOffset); }
constexpr int32_t TagOf(JsValue value) { return static_cast<int32_t>(value >> 32); }
constexpr bool Is(JsValue value, Tag tag) { return TagOf(value) == static_cast<int32_t>(tag); }
constexpr uint32_t Payload(JsValue value) { return static_cast<uint32_t>(value); }
// Whether it is a counted reference.
constexpr bool IsCounted(JsValue value) { return TagOf(value) < 0 && TagOf(value) >= -10; }

}  // namespace js

// The exports that are used, found once.
struct QuickJsFunctions {
  checker_call init, context, eval, call, free_value, dup_value, new_string, new_big_int, new_date,
      parse_json, to_text, free_text, take_exception, throw_type_error, run_job, promise_state,
      promise_result, get_element, set_element, new_array, new_bytes, array_buffer,
      new_host_function, box, free_box, malloc, free, watch_rejections, limit_stack,
      limit_collection;

  static engine::Result<QuickJsFunctions> Find(const engine::Interpreter& interpreter);
};

// What boot leaves behind in guest memory, for every instance that starts from its snapshot.
struct QuickJsAddresses {
  uint32_t context = 0;
  uint32_t scratch = 0;  // kScratchBytes
};

class QuickJs {
 public:
  static constexpr uint32_t kScratchBytes = 64u << 10;

  QuickJs(engine::Instance& instance, const QuickJsFunctions& functions)
      : instance_(instance), functions_(functions), memory_(instance.memory()) {}

  engine::Instance& instance() { return instance_; }
  const QuickJsAddresses& addresses() const { return addresses_; }
  void set_addresses(const QuickJsAddresses& addresses) { addresses_ = addresses; }

  // Starts it in a fresh instance. An Error if values or objects do not look as this class expects.
  engine::Result<void> Boot();

  // Evaluates `source` with flags JS_EVAL_*. kException if it threw.
  enum EvalFlags : uint32_t { kGlobal = 0, kCompileOnly = 1u << 5, kAsync = 1u << 7 };
  JsValue Eval(std::string_view source, const std::string& file, uint32_t flags);
  JsValue Call(JsValue function, std::initializer_list<JsValue> arguments);
  // The pending exception; there is none afterwards.
  JsValue TakeException();

  JsValue NewString(std::string_view utf8);
  JsValue NewBigInt(int64_t value) {
    const auto narrow = static_cast<int32_t>(value);
    return narrow == value ? js::ShortBigInt(narrow) : NewLongBigInt(value);
  }
  JsValue NewDate(double milliseconds);
  JsValue ParseJson(std::string_view text);
  JsValue NewBytes(std::string_view bytes);  // a Uint8Array
  JsValue NewArray();
  // A function `name` that calls host_call with that name.
  JsValue NewHostFunction(std::string_view name);

  JsValue GetElement(JsValue array, uint32_t index);
  void SetElement(JsValue array, uint32_t index, JsValue value);  // takes the value over
  // The text of a value, as String(value) has it.
  std::string Text(JsValue value);
  // Where the bytes of an ArrayBuffer lie; their number in *bytes.
  uint32_t ArrayBuffer(JsValue buffer, uint32_t* bytes);

  void Free(JsValue value);
  JsValue Dup(JsValue value);
  // A value in memory of its own, as host_call returns it; takes the value over.
  uint32_t Box(JsValue value);
  void FreeBox(uint32_t box);
  // Throws a TypeError with this message into the script, cut to 200 bytes.
  void ThrowTypeError(std::string_view message);

  // Runs the next job of promises; 0 if there is none, below 0 if it threw.
  int RunJob();
  enum PromiseState : int { kPending = 0, kFulfilled = 1, kRejected = 2 };
  int StateOf(JsValue promise);
  JsValue ResultOf(JsValue promise);

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
  uint8_t* At(uint32_t at, uint64_t bytes) {
    const wasm_rt_memory_t& memory = *memory_;
    if (bytes > memory.size || at > memory.size - bytes) StopForDamage();
    return memory.data + at;
  }
  std::string LoadText(uint32_t at, uint32_t bytes) {
    return {reinterpret_cast<const char*>(At(at, bytes)), bytes};
  }

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
  // Calls an export; slots take arguments, and the result in slot 0 comes out.
  uint64_t Invoke(checker_call function, std::initializer_list<uint64_t> arguments);
  JsValue NewLongBigInt(int64_t value);
  uint32_t Malloc(uint32_t bytes);
  // `text` with a NUL behind it in guest memory, for the time of one call.
  class Placed;
  engine::Result<void> Verify();
  [[noreturn]] void StopForDamage();

  engine::Instance& instance_;
  const QuickJsFunctions& functions_;
  const wasm_rt_memory_t* memory_;  // of the instance, in which it stays where it is
  QuickJsAddresses addresses_;
};

}  // namespace pg_checker::languages
