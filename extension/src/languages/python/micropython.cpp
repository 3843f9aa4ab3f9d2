#include "languages/python/micropython.hpp"

#include <algorithm>
#include <bit>
#include <exception>
#include <utility>

namespace pg_checker::languages {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

// Emscripten's stack of 64 kB is full after 150 calls of Python functions. This one holds a
// thousand; Python's own check stops short of its end, where a frame of C may still come.
constexpr uint32_t kStackBytes = 768u << 10;
constexpr uint32_t kStackReserveBytes = 64u << 10;
// Of frames of Python functions, in words.
constexpr uint32_t kFrameWords = 64u << 10;
// What the collected heap begins with. It doubles when it has to.
constexpr uint32_t kHeapBytes = 2u << 20;
// The heap grows when less than a quarter of it is free after a collection: one that is nearly full
// would be collected all the time.
constexpr uint64_t kFullParts = 3;
constexpr uint64_t kAllParts = 4;
// Left for what is neither stack nor collected heap: the interpreter's data, and texts on their
// way.
constexpr uint64_t kKeptBytes = 2u << 20;
constexpr uint32_t kMostHeapBytes = 1u << 30;

// mp_state_ctx of this build. Areas of the collected heap are a list from kFirstArea; in a table of
// two bits for each block of 16 bytes stand its states.
constexpr uint32_t kState = 185108;
constexpr uint32_t kReferences = kState + 176;  // a list of what Python has passed by reference
constexpr uint32_t kFirstArea = kState + 384;
constexpr uint32_t kMarkingIncomplete = kState + 416;
constexpr uint32_t kSearchArea = kState + 944;
constexpr uint32_t kBlockBytes = 16;
constexpr uint32_t kBlocksPerByte = 4;
constexpr uint32_t kHead = 1;
constexpr uint32_t kMark = 3;

struct Area {
  uint32_t next, table, table_bytes, finalisers, pool, pool_end;
};

// {type, allocated, length, items}
constexpr uint32_t kListLength = 8;
constexpr uint32_t kListItems = 12;

constexpr int kExceptionKind = -1;

constexpr uint32_t kWordsPerTick = 16;
constexpr uint32_t kBytesPerTick = kWordsPerTick * sizeof(uint32_t);
// Of a table so many bytes are read before the host is asked whether to go on.
constexpr uint32_t kTableBytesAtATime = 64u << 10;
// A heap has some dozens. A script that has damaged it may have made a ring of them.
constexpr uint32_t kAreasAtMost = 4096;

}  // namespace

Result<MicroPythonFunctions> MicroPythonFunctions::Find(const engine::Interpreter& interpreter) {
  MicroPythonFunctions found{};
  const std::pair<checker_call*, const char*> wanted[] = {
      {&found.construct, "__wasm_call_ctors"},
      {&found.init, "mp_js_init"},
      {&found.init_proxies, "proxy_c_init"},
      {&found.execute, "mp_js_do_exec"},
      {&found.malloc, "malloc"},
      {&found.free, "free"},
      {&found.free_reference, "proxy_c_free_obj"},
      {&found.stack_pointer, "emscripten_stack_get_current"},
      {&found.set_stack_pointer, "_emscripten_stack_restore"},
      {&found.limit_stack, "mp_cstack_init_with_sp_here"},
      {&found.new_int, "mp_obj_new_int_from_ll"},
      {&found.new_float, "mp_obj_new_float"},
      {&found.new_str, "mp_obj_new_str"},
      {&found.new_tuple, "mp_obj_new_tuple"},
      {&found.start_collection, "gc_collect_start"},
      {&found.mark, "gc_mark_subtree"},
      {&found.end_collection, "gc_collect_end"},
      {&found.add_heap, "gc_try_add_heap"},
  };
  for (const auto& [call, name] : wanted) {
    *call = interpreter.Find(name);
    if (*call == nullptr) {
      return Error{ErrorKind::kCompilerUnavailable,
                   std::string("the interpreter of Python has no function \"") + name + "\"", "",
                   "Install pg_checker again, with all its files."};
    }
  }
  return found;
}

uint32_t MicroPython::Invoke(checker_call function, std::initializer_list<uint64_t> arguments) {
  uint64_t slots[4] = {};
  std::copy(arguments.begin(), arguments.end(), slots);
  if (const int code = instance_.Call(function, slots); code != 0) throw PythonTrapped{code};
  return static_cast<uint32_t>(slots[0]);
}

void MicroPython::Pay(uint64_t ticks) {
  Require(instance_.Charge(ticks));
  Require(instance_.Poll());
}

void MicroPython::Stop(Error error) {
  instance_.Stop(std::move(error));
  throw PythonTrapped{CHECKER_TRAP_HOST};
}

uint8_t* MicroPython::At(uint32_t at, uint64_t bytes) {
  const wasm_rt_memory_t* memory = instance_.memory();
  if (bytes > memory->size || at > memory->size - bytes)
    Stop({ErrorKind::kTrap, "the interpreter's memory is damaged"});
  return memory->data + at;
}

std::string_view MicroPython::LoadName(uint32_t at) {
  constexpr uint64_t kNameBytes = 256;
  const uint64_t size = instance_.memory()->size;
  const uint64_t most = at < size ? std::min<uint64_t>(kNameBytes, size - at) : 0;
  const auto* const text = reinterpret_cast<const char*>(At(at, most));
  return {text, strnlen(text, most)};
}

uint32_t MicroPython::Malloc(uint32_t bytes) {
  const uint32_t at = Invoke(functions_.malloc, {bytes});
  if (at == 0) {
    Stop({ErrorKind::kMemory, "out of memory: no room for " + std::to_string(bytes) + " bytes", "",
          "Keep fewer rows and values at a time, or raise checker.memory_limit."});
  }
  return at;
}

uint32_t MicroPython::Place(std::string_view text) {
  if (text.size() >= UINT32_MAX) Stop({ErrorKind::kMemory, "text is too long"});
  const uint32_t at = Malloc(static_cast<uint32_t>(text.size() + 1));
  uint8_t* const bytes = At(at, text.size() + 1);
  std::memcpy(bytes, text.data(), text.size());
  bytes[text.size()] = 0;
  return at;
}

void MicroPython::Boot() {
  Invoke(functions_.construct, {});
  const uint32_t stack = Malloc(kStackBytes);
  addresses_.stack_top = (stack + kStackBytes) & ~15u;
  addresses_.scratch = Malloc(kScratchBytes);
  Invoke(functions_.set_stack_pointer, {addresses_.stack_top});
  Invoke(functions_.init, {kFrameWords, kHeapBytes});
  Invoke(functions_.limit_stack, {kStackBytes - kStackReserveBytes});
  Invoke(functions_.init_proxies, {});
}

std::optional<PythonException> MicroPython::Execute(std::string_view source) {
  const uint32_t at = Place(source);
  constexpr uint32_t kValueBytes = 12;
  const uint32_t value = Malloc(kValueBytes);
  Invoke(functions_.execute, {at, source.size(), value});
  Invoke(functions_.free, {at});
  std::optional<PythonException> exception;
  if (Load<int32_t>(value) == kExceptionKind) {
    // Type and traceback, with a byte 4 between them.
    Pay(Load<uint32_t>(value + 4) / kBytesPerTick);
    const std::string text = LoadText(Load<uint32_t>(value + 8), Load<uint32_t>(value + 4));
    const size_t end = text.find('\x04');
    exception = PythonException{text.substr(0, end),
                                end == text.npos ? std::string() : text.substr(end + 1)};
    Invoke(functions_.free, {Load<uint32_t>(value + 8)});
  }
  Invoke(functions_.free, {value});
  return exception;
}

PyObject MicroPython::NewFloat(double value) {
  return Invoke(functions_.new_float, {std::bit_cast<uint64_t>(value)});
}

PyObject MicroPython::NewStr(std::string_view utf8) {
  if (utf8.size() <= kScratchBytes) {
    std::memcpy(At(addresses_.scratch, utf8.size()), utf8.data(), utf8.size());
    return Invoke(functions_.new_str, {addresses_.scratch, utf8.size()});
  }
  const uint32_t at = Place(utf8);
  uint64_t slots[2] = {at, utf8.size()};
  const int code = instance_.Call(functions_.new_str, slots);
  Invoke(functions_.free, {at});
  if (code != 0) throw PythonTrapped{code};
  return static_cast<uint32_t>(slots[0]);
}

PyObject MicroPython::TakeReference(uint32_t reference) {
  const auto list = Load<uint32_t>(kReferences);
  const Items references = ItemsOf(list);
  if (reference >= references.count)
    Stop({ErrorKind::kTrap, "the interpreter's memory is damaged"});
  const auto object = Load<uint32_t>(references.at + reference * sizeof(uint32_t));
  Invoke(functions_.free_reference, {reference});
  return object;
}

MicroPython::Items MicroPython::ItemsOf(PyObject list) {
  if (Load<uint32_t>(list) != Load<uint32_t>(Load<uint32_t>(kReferences)))
    Stop({ErrorKind::kScript, "what is to be filled with rows is no list"});
  const Items items{Load<uint32_t>(list + kListItems), Load<uint32_t>(list + kListLength)};
  At(items.at, uint64_t{items.count} * sizeof(uint32_t));
  return items;
}

// The guest decides how many areas there are, and where: who walks along them pays.
template <typename Visit>
void MicroPython::VisitAreas(Visit visit) {
  uint32_t areas = 0;
  for (uint32_t at = kFirstArea; at != 0;) {
    if (++areas > kAreasAtMost) Stop({ErrorKind::kTrap, "the heap of the interpreter is damaged"});
    const auto area = Load<Area>(at);
    if (!visit(at, area)) break;
    at = area.next;
  }
  if (areas >= kWordsPerTick) Pay(areas / kWordsPerTick);
}

std::optional<MicroPython::Block> MicroPython::BlockAt(uint32_t word) {
  std::optional<Block> found;
  if (word == 0 || word % kBlockBytes != 0) return found;
  VisitAreas([&](uint32_t at, const Area& area) {
    if (word < area.pool || word >= area.pool_end) return true;
    const uint32_t number = (word - area.pool) / kBlockBytes;
    found = {at, number, area.table + number / kBlocksPerByte, number % kBlocksPerByte * 2};
    return false;
  });
  return found;
}

// Marks what `word` points to, if it is the head of something on the heap that is not marked yet.
void MicroPython::MarkFrom(uint32_t word) {
  const std::optional<Block> block = BlockAt(word);
  if (!block) return;
  const auto states = Load<uint8_t>(block->states);
  if ((states >> block->shift & 3) != kHead) return;
  Store(block->states, static_cast<uint8_t>(states | kMark << block->shift));
  Invoke(functions_.mark, {block->area, block->number});
}

bool MicroPython::IsMarked(PyObject object) {
  const std::optional<Block> block = BlockAt(object);
  return !block || (Load<uint8_t>(block->states) >> block->shift & 3) == kMark;
}

MicroPython::HeapUse MicroPython::CountHeap() {
  HeapUse use{};
  VisitAreas([&](uint32_t, const Area& area) {
    for (uint32_t done = 0; done < area.table_bytes;) {
      const uint32_t bytes = std::min(area.table_bytes - done, kTableBytesAtATime);
      const uint8_t* const table = At(area.table + done, bytes);
      for (uint32_t i = 0; i < bytes; i++) {
        const uint8_t either = table[i] | table[i] >> 1;
        use.used_bytes += static_cast<uint64_t>(std::popcount(static_cast<uint8_t>(either & 0x55)));
      }
      Pay(1 + bytes / kBytesPerTick);
      done += bytes;
    }
    use.all_bytes += uint64_t{area.table_bytes} * kBlocksPerByte;
    return true;
  });
  use.used_bytes *= kBlockBytes;
  use.all_bytes *= kBlockBytes;
  return use;
}

void MicroPython::Mark() {
  const uint32_t bottom = Invoke(functions_.stack_pointer, {}) & ~3u;
  Invoke(functions_.start_collection, {});
  for (uint32_t at = bottom; at < addresses_.stack_top; at += sizeof(uint32_t)) {
    if (at % kBytesPerTick == 0) Pay(1);
    MarkFrom(Load<uint32_t>(at));
  }
  while (Load<uint32_t>(kMarkingIncomplete) != 0) MarkAgain();
}

// The collector has room to note 64 objects whose own pointers are still to be followed. When that
// was not enough, it follows those of all that are marked.
void MicroPython::MarkAgain() {
  Store<uint32_t>(kMarkingIncomplete, 0);
  Pay(1);
  VisitAreas([&](uint32_t at, const Area& area) {
    for (uint32_t i = 0; i < area.table_bytes; i++) {
      if (i % kBytesPerTick == 0) Pay(1);
      const auto states = Load<uint8_t>(area.table + i);
      for (uint32_t block = 0; states != 0 && block < kBlocksPerByte; block++) {
        if ((states >> block * 2 & 3) == kMark)
          Invoke(functions_.mark, {at, i * kBlocksPerByte + block});
      }
    }
    return true;
  });
}

void MicroPython::Sweep() {
  Invoke(functions_.end_collection, {});
  GrowIfFull();
}

// A new area is where the next objects are looked for: what free blocks the others have would be
// found one by one.
void MicroPython::GrowIfFull() {
  const HeapUse use = CountHeap();
  if (use.used_bytes * kAllParts <= use.all_bytes * kFullParts) return;
  Invoke(functions_.add_heap, {use.all_bytes / kAllParts});
  uint32_t last = kFirstArea;
  VisitAreas([&](uint32_t at, const Area&) {
    last = at;
    return true;
  });
  Store(kSearchArea, last);
}

uint32_t MicroPython::HeapRoom() {
  uint64_t taken = kKeptBytes + kStackBytes + uint64_t{kFrameWords} * sizeof(uint32_t);
  VisitAreas([&](uint32_t, const Area& area) {
    taken += area.pool_end - area.table;
    return true;
  });
  const uint64_t capacity = instance_.storage().Capacity(*instance_.memory());
  return static_cast<uint32_t>(
      std::min<uint64_t>(capacity > taken ? capacity - taken : 0, kMostHeapBytes));
}

MicroPython::StackRoom::StackRoom(MicroPython& python, uint32_t bytes)
    : python_(python), before_(python.Invoke(python.functions_.stack_pointer, {})) {
  const uint32_t wanted = (bytes + 15) & ~15u;
  if (wanted + kStackReserveBytes / 2 > before_ ||
      before_ - wanted < python.addresses_.stack_top - kStackBytes)
    python.Stop({ErrorKind::kStack, "the stack is full: a row has too many columns"});
  at_ = before_ - wanted;
  std::memset(python.At(at_, wanted), 0, wanted);
  python.Invoke(python.functions_.set_stack_pointer, {at_});
}

// Where a Python exception passes, the guest that catches it sets its own stack pointer.
MicroPython::StackRoom::~StackRoom() noexcept(false) {
  if (std::uncaught_exceptions() == 0)
    python_.Invoke(python_.functions_.set_stack_pointer, {before_});
}

}  // namespace pg_checker::languages
