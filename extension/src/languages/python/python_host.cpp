#include "languages/python/python_host.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace pg_checker::languages {

using engine::ErrorKind;

namespace {

constexpr uint32_t kArgumentsAtMost = 8;
constexpr uint32_t kBytesPerTick = 64;

// Kinds of values as they cross, from Python and to it.
enum FromPython : int32_t { kFromNone = 1, kFromBool = 2, kFromInt = 3, kFromStr = 5 };
enum ToPython : int32_t { kToNone = 1, kToBool = 2, kToInt = 3, kToStr = 5, kToObject = 7 };
constexpr uint32_t kValueBytes = 12;
// From here on a kind is that of a reference to an object.
constexpr int32_t kFirstReference = 6;

// Numbers of objects: what every program can ask for, our one object, and its functions.
constexpr uint32_t kGlobal = 0;
constexpr uint32_t kHost = 2;
constexpr uint32_t kFirstFunction = 16;
constexpr std::string_view kHostName = "pg_checker_host";

constexpr int32_t kNotImplemented = -52;  // ENOSYS, as Emscripten numbers it
constexpr uint32_t kNoProxy = UINT32_MAX;

}  // namespace

struct ImportTable {
  std::string_view name;
  PythonHost::Handler handler;

  static const ImportTable kAnswered[];
};

const ImportTable ImportTable::kAnswered[] = {
    {"env.mp_js_random_u32", &PythonHost::RandomWord},
    {"env.mp_js_ticks_ms", &PythonHost::Ticks},
    {"env.mp_js_time_ms", &PythonHost::Time},
    {"env.lookup_attr", &PythonHost::LookupAttribute},
    {"env.js_check_existing", &PythonHost::NoProxy},
    {"env.call0", &PythonHost::Call0},
    {"env.call1", &PythonHost::Call1},
    {"env.call2", &PythonHost::Call2},
    {"env.calln", &PythonHost::CallMany},
    {"env.emscripten_resize_heap", &PythonHost::GrowMemory},
    {"env.gc_collect", &PythonHost::CollectGarbage},
    {"env.gc_room", &PythonHost::HeapRoom},
    {"env._abort_js", &PythonHost::Abort},
    {"env.proxy_js_free_obj", &PythonHost::NoProxy},
    {"env.has_attr", nullptr},
    {"env.js_iter_next", nullptr},
};

// What has no answer is refused: a system call with an error number, what belongs to JavaScript
// with an exception's end of the run, because there is no value that it could have.
std::vector<PythonHost::Handler> PythonHost::HandlersOf(const checker_interpreter& interpreter) {
  std::vector<Handler> handlers;
  for (uint32_t i = 0; i < interpreter.import_count; i++) {
    const std::string_view name = interpreter.imports[i];
    const auto* const end = std::end(ImportTable::kAnswered);
    const auto* const found =
        std::find_if(std::begin(ImportTable::kAnswered), end,
                     [&](const ImportTable& known) { return known.name == name; });
    if (found != end)
      handlers.push_back(found->handler);
    else if (name.starts_with("env.__syscall_"))
      handlers.push_back(&PythonHost::RefuseSystemCall);
    else
      handlers.push_back(&PythonHost::Refuse);
  }
  return handlers;
}

int PythonHost::Call(engine::Instance&, uint32_t import, uint64_t* slots) {
  try {
    const Handler handler = handlers_[import];
    if (handler != nullptr)
      (this->*handler)(slots);
    else
      slots[0] = 0;
    return 0;
  } catch (const PythonTrapped& trapped) {
    return trapped.code;
  }
}

engine::Result<void> PythonHost::CloseAll() {
  engine::Result<void> first;
  for (auto& [handle, reading] : readings_) {
    engine::Result<void> closed = reading->cursor().Close();
    if (first.ok() && !closed.ok()) first = closed;
  }
  readings_.clear();
  return first;
}

// ---- Imports

void PythonHost::Refuse(uint64_t*) {
  python_.Stop({ErrorKind::kScript, "the script asked for something of JavaScript's", "",
                "There is no JavaScript here; docs/reference/python.md lists what there is."});
}

void PythonHost::RefuseSystemCall(uint64_t* slots) {
  slots[0] = static_cast<uint32_t>(kNotImplemented);
}

void PythonHost::Abort(uint64_t*) {
  python_.Stop({ErrorKind::kTrap, "the interpreter of Python gave up", "",
                "Please report it with the script."});
}

void PythonHost::RandomWord(uint64_t* slots) {
  slots[0] = static_cast<uint32_t>(python_.instance().wasi().random.Next());
}

// A clock that moves on by being looked at: waiting for it comes to an end, and takes no time.
void PythonHost::Ticks(uint64_t* slots) { slots[0] = ticks_++; }

void PythonHost::Time(uint64_t* slots) {
  constexpr double kMicrosecondsPerMillisecond = 1000;
  slots[0] = std::bit_cast<uint64_t>(static_cast<double>(host().NowMicroseconds()) /
                                     kMicrosecondsPerMillisecond);
}

void PythonHost::NoProxy(uint64_t* slots) { slots[0] = kNoProxy; }

// (object, name, where the value goes) -> 0 if there is none, 1 for a value
void PythonHost::LookupAttribute(uint64_t* slots) {
  const auto object = static_cast<uint32_t>(slots[0]);
  const auto result = static_cast<uint32_t>(slots[2]);
  const std::string_view name = python_.LoadName(static_cast<uint32_t>(slots[1]));
  slots[0] = 0;
  uint32_t found = 0;
  if (object == kGlobal && name == kHostName) found = kHost;
  if (object == kHost) {
    const std::span<const Entry> functions = Functions();
    for (uint32_t i = 0; i < functions.size(); i++) {
      if (functions[i].name == name) found = kFirstFunction + i;
    }
  }
  if (found == 0) return;
  python_.Store<int32_t>(result, kToObject);
  python_.Store(result + sizeof(uint32_t), found);
  slots[0] = 1;
}

void PythonHost::Call0(uint64_t* slots) {
  CallFunction(static_cast<uint32_t>(slots[0]), 0, 0, static_cast<uint32_t>(slots[1]));
}

void PythonHost::Call1(uint64_t* slots) {
  CallFunction(static_cast<uint32_t>(slots[0]), 1, static_cast<uint32_t>(slots[2]),
               static_cast<uint32_t>(slots[3]));
  slots[0] = 0;
}

// The arguments lie apart.
void PythonHost::Call2(uint64_t* slots) {
  const MicroPython::StackRoom both(python_, 2 * kValueBytes);
  for (uint32_t i = 0; i < 2; i++) {
    std::memcpy(python_.At(both.at() + i * kValueBytes, kValueBytes),
                python_.At(static_cast<uint32_t>(slots[2 + i]), kValueBytes), kValueBytes);
  }
  CallFunction(static_cast<uint32_t>(slots[0]), 2, both.at(), static_cast<uint32_t>(slots[4]));
  slots[0] = 0;
}

void PythonHost::CallMany(uint64_t* slots) {
  CallFunction(static_cast<uint32_t>(slots[0]), static_cast<uint32_t>(slots[2]),
               static_cast<uint32_t>(slots[3]), static_cast<uint32_t>(slots[4]));
  slots[0] = 0;
}

// (bytes that are wanted in all) -> whether they are there now
void PythonHost::GrowMemory(uint64_t* slots) {
  wasm_rt_memory_t* const memory = python_.instance().memory();
  const auto wanted = static_cast<uint32_t>(slots[0]);
  const uint64_t missing = wanted > memory->size ? wanted - memory->size : 0;
  const auto pages = static_cast<uint32_t>((missing + CHECKER_PAGE_BYTES - 1) / CHECKER_PAGE_BYTES);
  slots[0] =
      pages == 0 || python_.instance().storage().GrowMemory(memory, pages) != UINT32_MAX ? 1 : 0;
}

// A loop over a dataset that was left goes with its list of rows: Python has no other word for it.
void PythonHost::CollectGarbage(uint64_t*) {
  python_.Mark();
  std::vector<std::unique_ptr<RowMaker>> left;
  for (auto reading = readings_.begin(); reading != readings_.end();) {
    const PyObject rows = reading->second->rows();
    if (rows == 0 || python_.IsMarked(rows)) {
      ++reading;
      continue;
    }
    left.push_back(std::move(reading->second));
    reading = readings_.erase(reading);
  }
  python_.Sweep();
  for (const std::unique_ptr<RowMaker>& reading : left) python_.Require(reading->cursor().Close());
}

void PythonHost::HeapRoom(uint64_t* slots) { slots[0] = python_.HeapRoom(); }

// ---- Values

PythonHost::Value PythonHost::LoadValue(uint32_t at) {
  const auto kind = python_.Load<int32_t>(at);
  const auto first = python_.Load<uint32_t>(at + 4);
  switch (kind) {
    case kFromBool:
      return first != 0;
    case kFromInt:
      return static_cast<int32_t>(first);
    case kFromStr:
      python_.Pay(first / kBytesPerTick);
      return python_.LoadText(python_.Load<uint32_t>(at + 8), first);
    default:
      if (kind >= kFirstReference) return Reference{first};
      return {};
  }
}

void PythonHost::StoreValue(uint32_t at, const Value& value) {
  int32_t kind = kToNone;
  if (const bool* truth = std::get_if<bool>(&value)) {
    kind = kToBool;
    python_.Store<uint32_t>(at + 4, *truth ? 1 : 0);
  } else if (const int32_t* number = std::get_if<int32_t>(&value)) {
    kind = kToInt;
    python_.Store(at + 4, *number);
  } else if (const std::string* text = std::get_if<std::string>(&value)) {
    kind = kToStr;
    const uint32_t placed = python_.Place(*text);
    python_.Store(at + 4, static_cast<uint32_t>(text->size()));
    python_.Store(at + 8, placed);
  }
  python_.Store(at, kind);
}

void PythonHost::CallFunction(uint32_t object, uint32_t count, uint32_t arguments,
                              uint32_t result) {
  const uint32_t index = object - kFirstFunction;
  if (object < kFirstFunction || index >= Functions().size()) Refuse(nullptr);
  Arguments values;
  for (uint32_t i = 0; i < std::min(count, kArgumentsAtMost); i++)
    values.push_back(LoadValue(arguments + i * kValueBytes));
  StoreValue(result, (this->*Functions()[index].function)(values));
}

}  // namespace pg_checker::languages
