#include "languages/javascript/quickjs.hpp"

#include <algorithm>
#include <utility>

namespace pg_checker::languages {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

// Of guest memory that the interpreter's C code may use for frames. A recursion of functions meets
// this, and a RangeError, before it meets the end of the native stack (1 MB, checker.stack_limit),
// which it uses twice as fast.
constexpr uint32_t kStackBytes = 384u << 10;
// Between two collections of cycles. The snapshot has about 1 MB.
constexpr uint32_t kCollectionBytes = 8u << 20;

}  // namespace

Result<QuickJsFunctions> QuickJsFunctions::Find(const engine::Interpreter& interpreter) {
  QuickJsFunctions found{};
  const std::pair<checker_call*, const char*> wanted[] = {
      {&found.init, "qjs_init"},
      {&found.context, "qjs_get_context_ptr"},
      {&found.eval, "JS_Eval"},
      {&found.call, "JS_Call"},
      {&found.free_value, "JS_FreeValue"},
      {&found.dup_value, "JS_DupValue"},
      {&found.new_string, "JS_NewStringLen"},
      {&found.new_big_int, "JS_NewBigInt64"},
      {&found.new_date, "JS_NewDate"},
      {&found.parse_json, "JS_ParseJSON"},
      {&found.to_text, "JS_ToCStringLen2"},
      {&found.free_text, "JS_FreeCString"},
      {&found.take_exception, "JS_GetException"},
      {&found.throw_type_error, "JS_ThrowTypeError"},
      {&found.run_job, "qjs_execute_pending_job"},
      {&found.promise_state, "JS_PromiseState"},
      {&found.promise_result, "JS_PromiseResult"},
      {&found.get_element, "JS_GetPropertyUint32"},
      {&found.set_element, "JS_SetPropertyUint32"},
      {&found.new_array, "JS_NewArray"},
      {&found.new_bytes, "JS_NewUint8ArrayCopy"},
      {&found.array_buffer, "JS_GetArrayBuffer"},
      {&found.new_host_function, "qjs_new_host_function"},
      {&found.box, "qjs_dup_value"},
      {&found.free_box, "qjs_free_value"},
      {&found.malloc, "malloc"},
      {&found.free, "free"},
      {&found.watch_rejections, "qjs_set_promise_rejection_handler"},
      {&found.limit_stack, "qjs_set_max_stack_size"},
      {&found.limit_collection, "qjs_set_gc_threshold"},
  };
  for (const auto& [call, name] : wanted) {
    *call = interpreter.Find(name);
    if (*call == nullptr) {
      return Error{ErrorKind::kCompilerUnavailable,
                   std::string("the interpreter of JavaScript has no function \"") + name + "\"",
                   "", "Install pg_checker again, with all its files."};
    }
  }
  return found;
}

// In the scratch area if there is room.
class QuickJs::Placed {
 public:
  Placed(QuickJs& quickjs, std::string_view text)
      : quickjs_(quickjs), at_(quickjs.addresses_.scratch) {
    if (text.size() >= kScratchBytes) {
      if (text.size() >= UINT32_MAX) quickjs.Stop({ErrorKind::kMemory, "text is too long"});
      at_ = quickjs.Malloc(static_cast<uint32_t>(text.size() + 1));
    }
    uint8_t* const bytes = quickjs.At(at_, text.size() + 1);
    std::memcpy(bytes, text.data(), text.size());
    bytes[text.size()] = 0;
  }
  ~Placed() noexcept(false) {
    if (at_ != quickjs_.addresses_.scratch && std::uncaught_exceptions() == 0)
      quickjs_.Invoke(quickjs_.functions_.free, {at_});
  }
  Placed(const Placed&) = delete;
  Placed& operator=(const Placed&) = delete;
  uint32_t at() const { return at_; }

 private:
  QuickJs& quickjs_;
  uint32_t at_;
};

uint64_t QuickJs::Invoke(checker_call function, std::initializer_list<uint64_t> arguments) {
  uint64_t slots[6] = {};
  std::copy(arguments.begin(), arguments.end(), slots);
  if (const int code = instance_.Call(function, slots); code != 0) throw GuestTrapped{code};
  return slots[0];
}

void QuickJs::Stop(Error error) {
  instance_.Stop(std::move(error));
  throw GuestTrapped{CHECKER_TRAP_HOST};
}

void QuickJs::StopForDamage() { Stop({ErrorKind::kTrap, "the interpreter's memory is damaged"}); }

Result<void> QuickJs::Boot() {
  if (instance_.module().exports[CHECKER_EXPORT_INITIALIZE] != nullptr) {
    uint64_t slots[1] = {};
    const int code = instance_.Call(CHECKER_EXPORT_INITIALIZE, slots);
    if (code != 0) return instance_.ErrorOf(code);
  }
  Invoke(functions_.init, {});
  addresses_.context = static_cast<uint32_t>(Invoke(functions_.context, {}));
  addresses_.scratch = Malloc(kScratchBytes);
  Invoke(functions_.limit_stack, {kStackBytes});
  Invoke(functions_.limit_collection, {kCollectionBytes});
  Invoke(functions_.watch_rejections, {1});
  return Verify();
}

Result<void> QuickJs::Verify() {
  const std::pair<const char*, JsValue> samples[] = {
      {"7", js::Int(7)},
      {"-7", js::Int(-7)},
      {"7n", js::ShortBigInt(7)},
      {"-7n", js::ShortBigInt(-7)},
      {"true", js::Bool(true)},
      {"null", js::kNull},
      {"1.5", js::Double(1.5)},
      {"-0.0", js::Double(-0.0)},
      {"0/0", js::Double(std::bit_cast<double>(js::kNan))},
      {"(void 0)", js::kUndefined},
  };
  for (const auto& [source, value] : samples) {
    if (Eval(source, "boot", kGlobal) != value) {
      return Error{ErrorKind::kCompilerUnavailable,
                   "the interpreter of JavaScript is not the one that pg_checker was made for",
                   std::string("It has another value for ") + source + ".",
                   "Install pg_checker again, with all its files."};
    }
  }
  return {};
}

uint32_t QuickJs::Malloc(uint32_t bytes) {
  const auto at = static_cast<uint32_t>(Invoke(functions_.malloc, {bytes}));
  if (at == 0) {
    Stop({ErrorKind::kMemory, "out of memory: no room for " + std::to_string(bytes) + " bytes", "",
          "Keep fewer rows and values at a time, or raise checker.memory_limit."});
  }
  return at;
}

JsValue QuickJs::Eval(std::string_view source, const std::string& file, uint32_t flags) {
  const uint32_t file_at = Malloc(static_cast<uint32_t>(file.size() + 1));
  std::memcpy(At(file_at, file.size() + 1), file.c_str(), file.size() + 1);
  const Placed placed(*this, source);
  const JsValue result =
      Invoke(functions_.eval, {addresses_.context, placed.at(), source.size(), file_at, flags});
  Invoke(functions_.free, {file_at});
  return result;
}

JsValue QuickJs::Call(JsValue function, std::initializer_list<JsValue> arguments) {
  const auto bytes = static_cast<uint32_t>(arguments.size() * sizeof(JsValue));
  const uint32_t list = Malloc(std::max<uint32_t>(bytes, 8));
  std::memcpy(At(list, bytes), arguments.begin(), bytes);
  const JsValue result = Invoke(
      functions_.call, {addresses_.context, function, js::kUndefined, arguments.size(), list});
  Invoke(functions_.free, {list});
  return result;
}

JsValue QuickJs::TakeException() { return Invoke(functions_.take_exception, {addresses_.context}); }

JsValue QuickJs::NewString(std::string_view utf8) {
  const Placed placed(*this, utf8);
  return Invoke(functions_.new_string, {addresses_.context, placed.at(), utf8.size()});
}

JsValue QuickJs::NewLongBigInt(int64_t value) {
  return Invoke(functions_.new_big_int, {addresses_.context, static_cast<uint64_t>(value)});
}

JsValue QuickJs::NewDate(double milliseconds) {
  return Invoke(functions_.new_date, {addresses_.context, std::bit_cast<uint64_t>(milliseconds)});
}

JsValue QuickJs::ParseJson(std::string_view text) {
  const Placed placed(*this, text);
  // The name of the file, which errors show: the scratch area's last byte is a NUL that nobody
  // writes.
  return Invoke(functions_.parse_json, {addresses_.context, placed.at(), text.size(),
                                        addresses_.scratch + kScratchBytes - 1});
}

JsValue QuickJs::NewBytes(std::string_view bytes) {
  const Placed placed(*this, bytes);
  return Invoke(functions_.new_bytes, {addresses_.context, placed.at(), bytes.size()});
}

JsValue QuickJs::NewArray() { return Invoke(functions_.new_array, {addresses_.context}); }

JsValue QuickJs::NewHostFunction(std::string_view name) {
  const Placed placed(*this, name);
  const auto box =
      static_cast<uint32_t>(Invoke(functions_.new_host_function, {placed.at(), name.size(), 0}));
  const JsValue function = Dup(Load<JsValue>(box));
  FreeBox(box);
  return function;
}

JsValue QuickJs::GetElement(JsValue array, uint32_t index) {
  return Invoke(functions_.get_element, {addresses_.context, array, index});
}

void QuickJs::SetElement(JsValue array, uint32_t index, JsValue value) {
  Invoke(functions_.set_element, {addresses_.context, array, index, value});
}

std::string QuickJs::Text(JsValue value) {
  const uint32_t length_at = addresses_.scratch;
  const auto text =
      static_cast<uint32_t>(Invoke(functions_.to_text, {addresses_.context, length_at, value, 0}));
  if (text == 0) {
    Free(TakeException());
    return {};
  }
  std::string copy = LoadText(text, Load<uint32_t>(length_at));
  Invoke(functions_.free_text, {addresses_.context, text});
  return copy;
}

uint32_t QuickJs::ArrayBuffer(JsValue buffer, uint32_t* bytes) {
  const uint32_t length_at = addresses_.scratch;
  const auto at = static_cast<uint32_t>(
      Invoke(functions_.array_buffer, {addresses_.context, length_at, buffer}));
  *bytes = Load<uint32_t>(length_at);
  return at;
}

void QuickJs::Free(JsValue value) {
  if (js::IsCounted(value)) Invoke(functions_.free_value, {addresses_.context, value});
}

JsValue QuickJs::Dup(JsValue value) {
  if (js::IsCounted(value)) Invoke(functions_.dup_value, {addresses_.context, value});
  return value;
}

uint32_t QuickJs::Box(JsValue value) {
  const uint32_t at = addresses_.scratch;
  Store(at, value);
  const auto box = static_cast<uint32_t>(Invoke(functions_.box, {at}));
  Free(value);
  return box;
}

void QuickJs::FreeBox(uint32_t box) { Invoke(functions_.free_box, {box}); }

void QuickJs::ThrowTypeError(std::string_view message) {
  // printf's arguments on wasm32 lie in memory, here the one pointer to the text.
  constexpr uint32_t kFormatAt = 0, kArgumentsAt = 8, kTextAt = 16;
  constexpr size_t kShownBytes = 200;
  const std::string text(message.substr(0, kShownBytes));
  const uint32_t scratch = addresses_.scratch;
  std::memcpy(At(scratch + kFormatAt, 3), "%s", 3);
  Store(scratch + kArgumentsAt, scratch + kTextAt);
  std::memcpy(At(scratch + kTextAt, text.size() + 1), text.c_str(), text.size() + 1);
  Invoke(functions_.throw_type_error,
         {addresses_.context, scratch + kFormatAt, scratch + kArgumentsAt});
}

int QuickJs::RunJob() {
  return static_cast<int>(static_cast<int32_t>(Invoke(functions_.run_job, {})));
}

int QuickJs::StateOf(JsValue promise) {
  return static_cast<int>(Invoke(functions_.promise_state, {addresses_.context, promise}));
}

JsValue QuickJs::ResultOf(JsValue promise) {
  return Invoke(functions_.promise_result, {addresses_.context, promise});
}

}  // namespace pg_checker::languages
