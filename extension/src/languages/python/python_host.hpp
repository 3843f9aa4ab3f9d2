// What MicroPython imports, and what the prelude's functions do: the host of one run of a script.
//
// MicroPython for the web calls JavaScript through proxies: an object has a number, and values
// cross as three words (kind and two of the value). Here one object is known, whose attributes are
// the functions that the prelude calls; nothing else of JavaScript is there, and no system call
// does anything.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/instance.hpp"
#include "languages/python/micropython.hpp"
#include "languages/python/row_maker.hpp"
#include "languages/script.hpp"

namespace pg_checker::languages {

class PythonHost : public engine::InterpreterImports {
 public:
  // How an import is answered, by its number in checker_interpreter.
  using Handler = void (PythonHost::*)(uint64_t* slots);
  static std::vector<Handler> HandlersOf(const checker_interpreter& interpreter);

  PythonHost(MicroPython& python, const std::vector<Handler>& handlers, const Script& script)
      : python_(python), handlers_(handlers), script_(script) {}

  int Call(engine::Instance& instance, uint32_t import, uint64_t* slots) override;

  // Closes all that is open for reading.
  engine::Result<void> CloseAll();

 private:
  // A value on its way: nothing, a truth, a number, a text; from Python also an object.
  struct Reference {
    uint32_t number;
  };
  using Value = std::variant<std::monostate, bool, int32_t, std::string, Reference>;
  using Arguments = std::vector<Value>;
  using Function = Value (PythonHost::*)(const Arguments&);
  struct Entry {
    std::string_view name;
    Function function;
  };
  static std::span<const Entry> Functions();  // prelude_functions.cpp
  friend struct ImportTable;

  engine::Host& host() { return python_.instance().host(); }
  Value LoadValue(uint32_t at);
  void StoreValue(uint32_t at, const Value& value);
  void CallFunction(uint32_t object, uint32_t count, uint32_t arguments, uint32_t result);
  std::string Text(const Arguments& arguments, size_t index);
  int32_t Integer(const Arguments& arguments, size_t index);
  bool Truth(const Arguments& arguments, size_t index);
  std::unique_ptr<engine::BatchCursor> OpenCursor(const std::string& dataset);
  RowMaker* Reading(const Arguments& arguments);

  // Imports.
  void Refuse(uint64_t* slots);
  void RefuseSystemCall(uint64_t* slots);
  void Abort(uint64_t* slots);
  void RandomWord(uint64_t* slots);
  void Ticks(uint64_t* slots);
  void Time(uint64_t* slots);
  void LookupAttribute(uint64_t* slots);
  void NoProxy(uint64_t* slots);
  void Call0(uint64_t* slots);
  void Call1(uint64_t* slots);
  void Call2(uint64_t* slots);
  void CallMany(uint64_t* slots);
  void GrowMemory(uint64_t* slots);
  void CollectGarbage(uint64_t* slots);
  void HeapRoom(uint64_t* slots);

  // Functions of the prelude.
  Value Name(const Arguments& arguments);
  Value Source(const Arguments& arguments);
  Value Facts(const Arguments& arguments);
  Value Open(const Arguments& arguments);
  Value Schema(const Arguments& arguments);
  Value Fill(const Arguments& arguments);
  Value Close(const Arguments& arguments);
  Value Count(const Arguments& arguments);
  Value AssertEmpty(const Arguments& arguments);
  Value AssertNotEmpty(const Arguments& arguments);
  Value AssertRows(const Arguments& arguments);
  Value AssertSame(const Arguments& arguments);
  Value AssertBoolean(const Arguments& arguments);
  Value Compare(const Arguments& arguments);
  Value Record(const Arguments& arguments);
  Value Log(const Arguments& arguments);
  Value Now(const Arguments& arguments);
  Value BusinessDay(const Arguments& arguments);

  MicroPython& python_;
  const std::vector<Handler>& handlers_;
  const Script& script_;
  std::map<int32_t, std::unique_ptr<RowMaker>> readings_;
  int32_t last_handle_ = 0;
  uint32_t ticks_ = 0;
};

}  // namespace pg_checker::languages
