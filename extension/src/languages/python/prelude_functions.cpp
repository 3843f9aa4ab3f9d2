// The functions that the prelude calls.
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/utf8.hpp"
#include "languages/python/python_host.hpp"

namespace pg_checker::languages {

namespace {

// At most so many readings at a time: each is a query under way.
constexpr size_t kReadingsAtMost = 64;
// What is taken of a message: more than any host keeps of one.
constexpr size_t kMessageKeptBytes = 4u << 20;

}  // namespace

std::span<const PythonHost::Entry> PythonHost::Functions() {
  static const Entry functions[] = {
      {"name", &PythonHost::Name},
      {"source", &PythonHost::Source},
      {"facts", &PythonHost::Facts},
      {"open", &PythonHost::Open},
      {"schema", &PythonHost::Schema},
      {"fill", &PythonHost::Fill},
      {"close", &PythonHost::Close},
      {"count", &PythonHost::Count},
      {"assert_empty", &PythonHost::AssertEmpty},
      {"assert_not_empty", &PythonHost::AssertNotEmpty},
      {"assert_rows", &PythonHost::AssertRows},
      {"assert_same", &PythonHost::AssertSame},
      {"assert_boolean", &PythonHost::AssertBoolean},
      {"compare", &PythonHost::Compare},
      {"record", &PythonHost::Record},
      {"log", &PythonHost::Log},
      {"now", &PythonHost::Now},
      {"business_day", &PythonHost::BusinessDay},
  };
  return functions;
}

// UTF-8, as messages are: NUL shows as U+FFFD.
std::string PythonHost::Text(const Arguments& arguments, size_t index) {
  const auto* text =
      index < arguments.size() ? std::get_if<std::string>(&arguments[index]) : nullptr;
  if (text == nullptr) return {};
  return engine::ShowAsText(
      text->size() > kMessageKeptBytes ? engine::Shortened(*text, kMessageKeptBytes) : *text);
}

int32_t PythonHost::Integer(const Arguments& arguments, size_t index) {
  const auto* number = index < arguments.size() ? std::get_if<int32_t>(&arguments[index]) : nullptr;
  return number != nullptr ? *number : -1;
}

bool PythonHost::Truth(const Arguments& arguments, size_t index) {
  const auto* truth = index < arguments.size() ? std::get_if<bool>(&arguments[index]) : nullptr;
  return truth != nullptr && *truth;
}

PythonHost::Value PythonHost::Name(const Arguments&) { return script_.name; }

PythonHost::Value PythonHost::Source(const Arguments&) { return std::string(script_.source); }

// facts() -> JSON text {"datasets", "params", "input", "seed"}
PythonHost::Value PythonHost::Facts(const Arguments&) {
  const engine::RunOptions& options = python_.instance().options();
  nlohmann::json facts = {{"datasets", options.datasets}, {"params", options.params}};
  facts["input"] = nullptr;
  if (options.input) facts["input"] = engine::ShowAsText(*options.input);
  facts["seed"] = static_cast<uint32_t>(python_.instance().wasi().random.Next());
  return facts.dump();
}

std::unique_ptr<engine::BatchCursor> PythonHost::OpenCursor(const std::string& dataset) {
  const engine::RunLimits& limits = python_.instance().options().limits;
  return python_.Require(
      engine::BatchCursor::Open(host(), dataset, {limits.batch_bytes, limits.memory_bytes}));
}

RowMaker* PythonHost::Reading(const Arguments& arguments) {
  const auto found = readings_.find(Integer(arguments, 0));
  return found != readings_.end() ? found->second.get() : nullptr;
}

// open(dataset) -> handle, below 0 if too many are open
PythonHost::Value PythonHost::Open(const Arguments& arguments) {
  if (readings_.size() >= kReadingsAtMost) CollectGarbage(nullptr);
  if (readings_.size() >= kReadingsAtMost) return int32_t{-1};
  auto reading = std::make_unique<RowMaker>(OpenCursor(Text(arguments, 0)));
  readings_[++last_handle_] = std::move(reading);
  return last_handle_;
}

// schema(handle) -> JSON text [[name, kind], ...]
PythonHost::Value PythonHost::Schema(const Arguments& arguments) {
  nlohmann::json schema = nlohmann::json::array();
  if (RowMaker* const reading = Reading(arguments)) {
    size_t index = 0;
    for (const engine::StreamColumn& column : reading->cursor().columns())
      schema.push_back({column.name, reading->kind(index++)});
  }
  return schema.dump();
}

// fill(handle, list) -> number of rows
PythonHost::Value PythonHost::Fill(const Arguments& arguments) {
  RowMaker* const reading = Reading(arguments);
  const auto* list = arguments.size() > 1 ? std::get_if<Reference>(&arguments[1]) : nullptr;
  if (reading == nullptr || list == nullptr) return int32_t{0};
  return static_cast<int32_t>(reading->Fill(python_, python_.TakeReference(list->number)));
}

PythonHost::Value PythonHost::Close(const Arguments& arguments) {
  const auto found = readings_.find(Integer(arguments, 0));
  if (found == readings_.end()) return {};
  const std::unique_ptr<RowMaker> reading = std::move(found->second);
  readings_.erase(found);
  python_.Require(reading->cursor().Close());
  return {};
}

// count(dataset) -> number of rows as text
PythonHost::Value PythonHost::Count(const Arguments& arguments) {
  const std::unique_ptr<engine::BatchCursor> cursor = OpenCursor(Text(arguments, 0));
  uint64_t rows = 0;
  while (const uint32_t more = python_.Require(cursor->Next())) {
    rows += more;
    python_.Require(python_.instance().Charge(1 + more / 8));
  }
  python_.Require(cursor->Close());
  return std::to_string(rows);
}

PythonHost::Value PythonHost::AssertEmpty(const Arguments& arguments) {
  return python_.Require(host().AssertEmpty(Text(arguments, 0), Text(arguments, 1)));
}

PythonHost::Value PythonHost::AssertNotEmpty(const Arguments& arguments) {
  return python_.Require(host().AssertNotEmpty(Text(arguments, 0), Text(arguments, 1)));
}

// assert_rows(dataset, operator as in assert_row_count, limit as text, message)
PythonHost::Value PythonHost::AssertRows(const Arguments& arguments) {
  const std::string text = Text(arguments, 2);
  int64_t limit = 0;
  std::from_chars(text.data(), text.data() + text.size(), limit);
  const auto op = static_cast<engine::RowCountOperator>(std::clamp(Integer(arguments, 1), 0, 5));
  return python_.Require(host().AssertRowCount(Text(arguments, 0), op, limit, Text(arguments, 3)));
}

PythonHost::Value PythonHost::AssertSame(const Arguments& arguments) {
  return python_.Require(
      host().AssertEqual(Text(arguments, 0), Text(arguments, 1), Text(arguments, 2)));
}

// assert_boolean(value, expected, message)
PythonHost::Value PythonHost::AssertBoolean(const Arguments& arguments) {
  return python_.Require(
      host().AssertBoolean(Truth(arguments, 0), Truth(arguments, 1), Text(arguments, 2)));
}

// compare(holds, expected, actual, message)
PythonHost::Value PythonHost::Compare(const Arguments& arguments) {
  return python_.Require(host().AssertComparison(
      Truth(arguments, 0), {Text(arguments, 1), Text(arguments, 2)}, Text(arguments, 3)));
}

// record(outcome, message): 0 fail, 1 warn, 2 succeed
PythonHost::Value PythonHost::Record(const Arguments& arguments) {
  constexpr engine::Outcome kOutcomes[] = {engine::Outcome::kFail, engine::Outcome::kWarn,
                                           engine::Outcome::kSucceed};
  python_.Require(
      host().Record(kOutcomes[std::clamp(Integer(arguments, 0), 0, 2)], Text(arguments, 1)));
  return {};
}

PythonHost::Value PythonHost::Log(const Arguments& arguments) {
  const auto level = static_cast<engine::LogLevel>(std::clamp(Integer(arguments, 0), 0, 3));
  python_.Require(host().Log(level, Text(arguments, 1)));
  return {};
}

// now() -> µs since 1970 as text
PythonHost::Value PythonHost::Now(const Arguments&) {
  return std::to_string(host().NowMicroseconds());
}

PythonHost::Value PythonHost::BusinessDay(const Arguments&) {
  return python_.Require(host().BusinessDay());
}

}  // namespace pg_checker::languages
