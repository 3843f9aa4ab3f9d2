#include "languages/javascript/javascript_host.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "engine/utf8.hpp"
#include "engine/wasi.hpp"
#include "languages/javascript/column_reader.hpp"

namespace pg_checker::languages {

using engine::Error;
using engine::ErrorKind;

namespace {

// At most so many readings at a time: each is a query under way.
constexpr size_t kReadingsAtMost = 64;
// What is taken of a message: more than any host keeps of one.
constexpr size_t kMessageKeptBytes = 4u << 20;

}  // namespace

const JavaScriptHost::Entry JavaScriptHost::kFunctions[] = {
    {"open", &JavaScriptHost::Open},
    {"fill", &JavaScriptHost::Fill},
    {"close", &JavaScriptHost::Close},
    {"count", &JavaScriptHost::Count},
    {"column", &JavaScriptHost::Column},
    {"takeColumn", &JavaScriptHost::TakeColumn},
    {"assertEmpty", &JavaScriptHost::AssertEmpty},
    {"assertNotEmpty", &JavaScriptHost::AssertNotEmpty},
    {"assertRows", &JavaScriptHost::AssertRows},
    {"assertSame", &JavaScriptHost::AssertSame},
    {"assertBoolean", &JavaScriptHost::AssertBoolean},
    {"compare", &JavaScriptHost::Compare},
    {"record", &JavaScriptHost::Record},
    {"log", &JavaScriptHost::Log},
    {"print", &JavaScriptHost::Print},
    {"now", &JavaScriptHost::Now},
    {"businessDay", &JavaScriptHost::BusinessDay},
};

std::vector<std::string_view> NamesOfHostFunctions() {
  std::vector<std::string_view> names;
  for (const JavaScriptHost::Entry& entry : JavaScriptHost::kFunctions) names.push_back(entry.name);
  return names;
}

const std::vector<std::string_view> kHostFunctionNames = NamesOfHostFunctions();

int JavaScriptHost::Call(engine::Instance&, uint32_t import, uint64_t* slots) {
  const std::string_view name = interpreter_.imports[import];
  try {
    if (name == "env.host_call") {
      slots[0] = CallFromScript(slots);
    } else if (name == "env.host_promise_rejection") {
      NoteRejection(slots);
    } else {
      // The offset of the time zone: UTC. An interrupt: the engine sees to it. Modules: none.
      slots[0] = 0;
    }
    return 0;
  } catch (const GuestTrapped& trapped) {
    return trapped.code;
  }
}

// (name, its length, this, number of arguments, where their addresses lie) -> address of the
// result, 0 if an exception is pending. Arguments belong to the caller.
uint32_t JavaScriptHost::CallFromScript(const uint64_t* slots) {
  const auto name_length = static_cast<uint32_t>(slots[1]);
  const auto name_at = static_cast<uint32_t>(slots[0]);
  const std::string_view name(reinterpret_cast<const char*>(quickjs_.At(name_at, name_length)),
                              name_length);
  const auto* const end = std::end(kFunctions);
  const auto* const entry = std::find_if(std::begin(kFunctions), end,
                                         [&](const Entry& known) { return known.name == name; });
  if (entry == end) quickjs_.Stop({ErrorKind::kTrap, "the interpreter's memory is damaged"});
  constexpr uint32_t kArgumentsAtMost = 8;
  const uint32_t count = std::min(static_cast<uint32_t>(slots[3]), kArgumentsAtMost);
  Arguments arguments;
  for (uint32_t i = 0; i < count; i++) {
    const auto at = static_cast<uint32_t>(slots[4] + i * sizeof(uint32_t));
    arguments.push_back(quickjs_.Load<JsValue>(quickjs_.Load<uint32_t>(at)));
  }
  const JsValue result = (this->*entry->function)(arguments);
  return js::Is(result, js::Tag::kException) ? 0 : quickjs_.Box(result);
}

// (promise, reason, whether it is handled by now); both are boxes that are ours to free.
void JavaScriptHost::NoteRejection(const uint64_t* slots) {
  const auto promise_box = static_cast<uint32_t>(slots[0]);
  const auto reason_box = static_cast<uint32_t>(slots[1]);
  const auto promise = quickjs_.Load<JsValue>(promise_box);
  if (static_cast<uint32_t>(slots[2]) == 0) {
    rejections_.push_back({promise, quickjs_.Load<JsValue>(reason_box), promise_box, reason_box});
    return;
  }
  const auto noted =
      std::find_if(rejections_.begin(), rejections_.end(),
                   [&](const Rejection& rejection) { return rejection.promise == promise; });
  if (noted != rejections_.end()) {
    const Rejection handled = *noted;
    rejections_.erase(noted);
    quickjs_.FreeBox(handled.promise_box);
    quickjs_.FreeBox(handled.reason_box);
  }
  quickjs_.FreeBox(promise_box);
  quickjs_.FreeBox(reason_box);
}

engine::Result<void> JavaScriptHost::CloseAll() {
  engine::Result<void> first;
  for (auto& [handle, reading] : readings_) {
    engine::Result<void> closed = reading->cursor().Close();
    if (first.ok() && !closed.ok()) first = closed;
  }
  readings_.clear();
  return first;
}

// UTF-8, as messages are: a lone surrogate shows as U+FFFD, and NUL too.
std::string JavaScriptHost::Text(const Arguments& arguments, size_t index) {
  if (index >= arguments.size()) return {};
  std::string text = quickjs_.Text(arguments[index]);
  if (text.size() > kMessageKeptBytes) text = engine::Shortened(text, kMessageKeptBytes);
  return engine::ShowAsText(text);
}

int32_t JavaScriptHost::Integer(const Arguments& arguments, size_t index) {
  if (index >= arguments.size()) return -1;
  const JsValue number = arguments[index];
  if (js::Is(number, js::Tag::kInt)) return static_cast<int32_t>(js::Payload(number));
  // What JSON.parse makes of a number is a double.
  const double value = js::DoubleOf(number);
  return value >= 0 && value <= INT32_MAX ? static_cast<int32_t>(value) : -1;
}

std::unique_ptr<engine::BatchCursor> JavaScriptHost::OpenCursor(const std::string& dataset) {
  const engine::RunLimits& limits = quickjs_.instance().options().limits;
  return quickjs_.Require(
      engine::BatchCursor::Open(host(), dataset, {limits.batch_bytes, limits.memory_bytes}));
}

RowWriter* JavaScriptHost::Reading(const Arguments& arguments) {
  const auto found = readings_.find(Integer(arguments, 0));
  return found != readings_.end() ? found->second.get() : nullptr;
}

// open(dataset) -> JSON text {"handle", "columns": [names]}
JsValue JavaScriptHost::Open(const Arguments& arguments) {
  const std::string dataset = Text(arguments, 0);
  if (readings_.size() >= kReadingsAtMost) {
    quickjs_.ThrowTypeError("more than " + std::to_string(kReadingsAtMost) +
                            " readings of datasets are under way at once");
    return js::Make(js::Tag::kException, 0);
  }
  auto reading = std::make_unique<RowWriter>(quickjs_, OpenCursor(dataset), parse_array_);
  nlohmann::json columns = nlohmann::json::array();
  for (const engine::StreamColumn& column : reading->cursor().columns())
    columns.push_back(column.name);
  readings_[++last_handle_] = std::move(reading);
  const nlohmann::json answer = {{"handle", last_handle_}, {"columns", std::move(columns)}};
  return quickjs_.NewString(answer.dump());
}

// fill(handle, rows, makeRow, capacity) -> number of rows
JsValue JavaScriptHost::Fill(const Arguments& arguments) {
  RowWriter* const reading = Reading(arguments);
  if (reading == nullptr || arguments.size() < 4) return js::Int(0);
  const std::optional<uint32_t> filled = reading->Fill(
      arguments[1], arguments[2], static_cast<uint32_t>(std::max(Integer(arguments, 3), 0)));
  return filled ? js::Int(static_cast<int32_t>(*filled)) : js::Make(js::Tag::kException, 0);
}

JsValue JavaScriptHost::Close(const Arguments& arguments) {
  const auto found = readings_.find(Integer(arguments, 0));
  if (found == readings_.end()) return js::kUndefined;
  const std::unique_ptr<RowWriter> reading = std::move(found->second);
  readings_.erase(found);
  quickjs_.Require(reading->cursor().Close());
  return js::kUndefined;
}

// count(dataset) -> number of rows
JsValue JavaScriptHost::Count(const Arguments& arguments) {
  const std::unique_ptr<engine::BatchCursor> cursor = OpenCursor(Text(arguments, 0));
  uint64_t rows = 0;
  while (const uint32_t more = quickjs_.Require(cursor->Next())) {
    rows += more;
    quickjs_.Require(quickjs_.instance().Charge(1 + more / 8));
  }
  quickjs_.Require(cursor->Close());
  return rows <= INT32_MAX ? js::Int(static_cast<int32_t>(rows))
                           : js::Double(static_cast<double>(rows));
}

// column(dataset, name) -> an Array, or JSON text {"kind", "length"} of a typed array whose bytes
// takeColumn(buffer) copies
JsValue JavaScriptHost::Column(const Arguments& arguments) {
  const std::string dataset = Text(arguments, 0);
  const std::unique_ptr<engine::BatchCursor> cursor = OpenCursor(dataset);
  ColumnReader reader(quickjs_, *cursor, parse_array_);
  const std::string name = Text(arguments, 1);
  const std::optional<size_t> index = reader.Find(name);
  if (!index) {
    std::string names;
    for (const engine::StreamColumn& column : cursor->columns())
      names += (names.empty() ? "" : ", ") + column.name;
    quickjs_.Require(cursor->Close());
    quickjs_.ThrowTypeError("dataset \"" + dataset + "\" has no column \"" + name + "\"; it has " +
                            names);
    return js::Make(js::Tag::kException, 0);
  }
  const JsValue array = reader.Read(*index, &column_);
  quickjs_.Require(cursor->Close());
  return array;
}

JsValue JavaScriptHost::TakeColumn(const Arguments& arguments) {
  const std::string column = std::exchange(column_, {});
  if (arguments.empty() || column.empty()) return js::kUndefined;
  uint32_t bytes = 0;
  const uint32_t at = quickjs_.ArrayBuffer(arguments[0], &bytes);
  if (at == 0 || bytes != column.size())
    quickjs_.Stop({ErrorKind::kTrap, "the array of a column was changed"});
  std::memcpy(quickjs_.At(at, bytes), column.data(), bytes);
  return js::kUndefined;
}

JsValue JavaScriptHost::AssertEmpty(const Arguments& arguments) {
  return js::Bool(quickjs_.Require(host().AssertEmpty(Text(arguments, 0), Text(arguments, 1))));
}

JsValue JavaScriptHost::AssertNotEmpty(const Arguments& arguments) {
  return js::Bool(quickjs_.Require(host().AssertNotEmpty(Text(arguments, 0), Text(arguments, 1))));
}

// assertRows(dataset, operator as in assert_row_count, limit as text, message)
JsValue JavaScriptHost::AssertRows(const Arguments& arguments) {
  const std::string text = Text(arguments, 2);
  int64_t limit = 0;
  std::from_chars(text.data(), text.data() + text.size(), limit);
  const auto op = static_cast<engine::RowCountOperator>(std::clamp(Integer(arguments, 1), 0, 5));
  return js::Bool(
      quickjs_.Require(host().AssertRowCount(Text(arguments, 0), op, limit, Text(arguments, 3))));
}

JsValue JavaScriptHost::AssertSame(const Arguments& arguments) {
  return js::Bool(quickjs_.Require(
      host().AssertEqual(Text(arguments, 0), Text(arguments, 1), Text(arguments, 2))));
}

// assertBoolean(value, expected, message)
JsValue JavaScriptHost::AssertBoolean(const Arguments& arguments) {
  const auto is_true = [&](size_t index) {
    return index < arguments.size() && arguments[index] == js::Bool(true);
  };
  return js::Bool(
      quickjs_.Require(host().AssertBoolean(is_true(0), is_true(1), Text(arguments, 2))));
}

// compare(holds, expected, actual, message)
JsValue JavaScriptHost::Compare(const Arguments& arguments) {
  const bool holds = !arguments.empty() && arguments[0] == js::Bool(true);
  return js::Bool(quickjs_.Require(host().AssertComparison(
      holds, {Text(arguments, 1), Text(arguments, 2)}, Text(arguments, 3))));
}

// record(outcome, message): 0 fail, 1 warn, 2 succeed
JsValue JavaScriptHost::Record(const Arguments& arguments) {
  constexpr engine::Outcome kOutcomes[] = {engine::Outcome::kFail, engine::Outcome::kWarn,
                                           engine::Outcome::kSucceed};
  const engine::Outcome outcome = kOutcomes[std::clamp(Integer(arguments, 0), 0, 2)];
  quickjs_.Require(host().Record(outcome, Text(arguments, 1)));
  return js::kUndefined;
}

JsValue JavaScriptHost::Log(const Arguments& arguments) {
  const auto level = static_cast<engine::LogLevel>(std::clamp(Integer(arguments, 0), 0, 3));
  quickjs_.Require(host().Log(level, Text(arguments, 1)));
  return js::kUndefined;
}

JsValue JavaScriptHost::Print(const Arguments& arguments) {
  const std::string text = arguments.empty() ? std::string() : quickjs_.Text(arguments[0]);
  quickjs_.Require(engine::CaptureOutput(quickjs_.instance(), text));
  return js::kUndefined;
}

// now() -> µs since 1970 as a BigInt
JsValue JavaScriptHost::Now(const Arguments&) {
  return quickjs_.NewBigInt(host().NowMicroseconds());
}

JsValue JavaScriptHost::BusinessDay(const Arguments&) {
  return js::Bool(quickjs_.Require(host().BusinessDay()));
}

}  // namespace pg_checker::languages
