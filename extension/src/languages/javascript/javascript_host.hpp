// What QuickJS imports, and what the prelude's functions do: the host of one run of a script.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/batch_cursor.hpp"
#include "engine/instance.hpp"
#include "languages/javascript/quickjs.hpp"
#include "languages/javascript/row_writer.hpp"

namespace pg_checker::languages {

// Names of the functions that the prelude gets as the members of its argument `host`.
extern const std::vector<std::string_view> kHostFunctionNames;

class JavaScriptHost : public engine::InterpreterImports {
 public:
  // `imports` are the names that checker_interpreter lists. The prelude's function for arrays is
  // known once it has been evaluated.
  JavaScriptHost(QuickJs& quickjs, const checker_interpreter& interpreter)
      : quickjs_(quickjs), interpreter_(interpreter) {}

  void set_parse_array(JsValue parse_array) { parse_array_ = parse_array; }

  int Call(engine::Instance& instance, uint32_t import, uint64_t* slots) override;

  // A promise that was rejected, and that nobody has asked about since; owned by this.
  struct Rejection {
    JsValue promise;
    JsValue reason;
    uint32_t promise_box, reason_box;
  };
  std::vector<Rejection>& rejections() { return rejections_; }

  // Closes all that is open for reading.
  engine::Result<void> CloseAll();

 private:
  // The arguments of a call from the script, borrowed.
  using Arguments = std::vector<JsValue>;
  using Function = JsValue (JavaScriptHost::*)(const Arguments&);
  struct Entry {
    std::string_view name;
    Function function;
  };
  static const Entry kFunctions[];
  friend std::vector<std::string_view> NamesOfHostFunctions();

  uint32_t CallFromScript(const uint64_t* slots);
  void NoteRejection(const uint64_t* slots);
  engine::Host& host() { return quickjs_.instance().host(); }
  std::string Text(const Arguments& arguments, size_t index);
  int32_t Integer(const Arguments& arguments, size_t index);
  std::unique_ptr<engine::BatchCursor> OpenCursor(const std::string& dataset);
  RowWriter* Reading(const Arguments& arguments);

  JsValue Open(const Arguments& arguments);
  JsValue Fill(const Arguments& arguments);
  JsValue Close(const Arguments& arguments);
  JsValue Count(const Arguments& arguments);
  JsValue Column(const Arguments& arguments);
  JsValue TakeColumn(const Arguments& arguments);
  JsValue AssertEmpty(const Arguments& arguments);
  JsValue AssertNotEmpty(const Arguments& arguments);
  JsValue AssertRows(const Arguments& arguments);
  JsValue AssertSame(const Arguments& arguments);
  JsValue AssertBoolean(const Arguments& arguments);
  JsValue Compare(const Arguments& arguments);
  JsValue Record(const Arguments& arguments);
  JsValue Log(const Arguments& arguments);
  JsValue Print(const Arguments& arguments);
  JsValue Now(const Arguments& arguments);
  JsValue BusinessDay(const Arguments& arguments);

  QuickJs& quickjs_;
  const checker_interpreter& interpreter_;
  JsValue parse_array_ = js::kUndefined;
  std::map<int32_t, std::unique_ptr<RowWriter>> readings_;
  int32_t last_handle_ = 0;
  std::string column_;  // bytes of the typed array that TakeColumn copies
  std::vector<Rejection> rejections_;
};

}  // namespace pg_checker::languages
