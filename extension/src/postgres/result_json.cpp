#include "postgres/result_json.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "postgres/error_bridge.hpp"
#include "postgres/json_parts.hpp"
#include "postgres/uuid.hpp"

extern "C" {
#include "utils/fmgrprotos.h"
}

namespace pg_checker::postgres {

namespace {

std::string OptionalString(const std::optional<std::string>& text) {
  return text ? QuoteJson(*text) : "null";
}

std::string OptionalRaw(const std::optional<std::string>& json) { return json ? *json : "null"; }

// Counts go out as numbers, other values as text.
std::string ActualJson(const std::optional<std::string>& actual) {
  if (!actual) return "null";
  const bool number =
      !actual->empty() && actual->find_first_not_of("0123456789") == std::string::npos;
  return number ? *actual : QuoteJson(*actual);
}

std::string AssertionJson(const assertions::Assertion& assertion) {
  JsonMembers object;
  object["ok"] = assertion.outcome == assertions::Status::kOk ? "true" : "false";
  object["outcome"] = QuoteJson(assertions::StatusName(assertion.outcome));
  object["message"] = OptionalString(assertion.message);
  object["expected"] = OptionalString(assertion.expected);
  object["actual"] = ActualJson(assertion.actual);
  object["exact"] = assertion.exact ? (*assertion.exact ? "true" : "false") : "null";
  object["sample"] = OptionalRaw(assertion.sample);
  if (assertion.metric) object["metric"] = QuoteJson(*assertion.metric);
  if (assertion.value) object["value"] = QuoteJson(*assertion.value);
  return ObjectText(object);
}

// ISO 8601 whatever DateStyle is.
std::string TimestampText(int64_t timestamp) {
  const char* text = nullptr;
  Protect([&] {
    const int saved = DateStyle;
    DateStyle = USE_ISO_DATES;
    text = DatumGetCString(DirectFunctionCall1(timestamptz_out, TimestampTzGetDatum(timestamp)));
    DateStyle = saved;
  });
  return text;
}

std::string DurationText(int64_t duration_us) {
  Interval interval = {};
  interval.time = duration_us;
  const char* text = nullptr;
  Protect([&] {
    const int saved = IntervalStyle;
    IntervalStyle = INTSTYLE_POSTGRES;
    text = DatumGetCString(DirectFunctionCall1(interval_out, IntervalPGetDatum(&interval)));
    IntervalStyle = saved;
  });
  return text;
}

template <typename Items, typename Text>
std::string ArrayText(const Items& items, Text&& text_of) {
  std::string text = "[";
  for (const auto& item : items) {
    if (text.size() > 1) text += ",";
    text += text_of(item);
  }
  return text + "]";
}

[[noreturn]] void ThrowMalformed(const std::string& key, const char* expected) {
  Throw({engine::ErrorKind::kSyntax, "result has no valid \"" + key + "\"",
         std::string("Expected: ") + expected + ".",
         "Pass what checker.evaluate_checker returned, unchanged.", "22023"});
}

// The raw JSON of a member; nothing if it is absent or null.
std::optional<std::string> Raw(const JsonMembers& object, const char* key) {
  auto found = object.find(key);
  if (found == object.end() || found->second == "null") return std::nullopt;
  return found->second;
}

std::optional<std::string> Text(const JsonMembers& object, const char* key) {
  auto raw = Raw(object, key);
  if (!raw) return std::nullopt;
  const auto parsed = nlohmann::json::parse(*raw, nullptr, false);
  if (!parsed.is_string()) ThrowMalformed(key, "a text");
  return parsed.get<std::string>();
}

std::string RequiredText(const JsonMembers& object, const char* key) {
  auto text = Text(object, key);
  if (!text) ThrowMalformed(key, "a text");
  return *text;
}

template <typename Number>
Number RequiredInteger(const JsonMembers& object, const char* key) {
  const std::string raw = Raw(object, key).value_or("");
  Number number = 0;
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), number);
  if (error != std::errc() || end != raw.data() + raw.size()) ThrowMalformed(key, "a whole number");
  return number;
}

assertions::Status RequiredStatus(const JsonMembers& object, const char* key) {
  auto status = assertions::StatusFromName(RequiredText(object, key));
  if (!status) ThrowMalformed(key, "ok, warn, fail, no_data or error");
  return *status;
}

assertions::Assertion AssertionFromJson(const std::string& text) {
  const JsonMembers object = MembersOf(text, "assertions");
  assertions::Assertion assertion;
  assertion.outcome = RequiredStatus(object, "outcome");
  assertion.message = Text(object, "message");
  assertion.expected = Text(object, "expected");
  auto actual = Raw(object, "actual");
  if (actual) assertion.actual = (*actual)[0] == '"' ? Text(object, "actual") : actual;
  if (auto exact = Raw(object, "exact")) assertion.exact = *exact == "true";
  assertion.sample = Raw(object, "sample");
  assertion.metric = Text(object, "metric");
  assertion.value = Text(object, "value");
  return assertion;
}

DatasetFacts FactsFromJson(const std::string& text) {
  const JsonMembers object = MembersOf(text, "datasets");
  DatasetFacts facts;
  facts.rows = RequiredInteger<uint64_t>(object, "rows");
  facts.exact = Raw(object, "exact") == "true";
  facts.sample = Raw(object, "sample");
  return facts;
}

// How far a machine that evaluates may be ahead of the one that records.
constexpr int64_t kClockSkewMicroseconds = 5 * USECS_PER_MINUTE;

void ReadTimes(const JsonMembers& object, Evaluation& evaluation) {
  const std::string started = RequiredText(object, "started_at");
  const std::string duration = RequiredText(object, "duration");
  Interval interval = {};
  // Their input functions touch nothing but memory: no subtransaction is needed.
  ErrorData* error = CatchIn([&] {
    evaluation.started_at =
        DatumGetTimestampTz(DirectFunctionCall3(timestamptz_in, CStringGetDatum(started.c_str()),
                                                ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
  });
  const bool in_time = error == nullptr && !TIMESTAMP_NOT_FINITE(evaluation.started_at) &&
                       evaluation.started_at <= GetCurrentTimestamp() + kClockSkewMicroseconds;
  if (!in_time) ThrowMalformed("started_at", "a time that is not in the future");
  error = CatchIn([&] {
    interval =
        *DatumGetIntervalP(DirectFunctionCall3(interval_in, CStringGetDatum(duration.c_str()),
                                               ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
  });
  if (error != nullptr || interval.month != 0 || interval.day != 0 || interval.time < 0)
    ThrowMalformed("duration", "hours, minutes and seconds");
  evaluation.duration_us = interval.time;
}

}  // namespace

std::string FactsJson(const DatasetFacts& facts, const char* without_sample) {
  return "{\"rows\":" + std::to_string(facts.rows) +
         ",\"exact\":" + (facts.exact ? "true" : "false") +
         ",\"sample\":" + facts.sample.value_or(without_sample) + "}";
}

std::string ResultToJson(const Evaluation& evaluation) {
  JsonMembers object;
  object["run_id"] = "null";
  object["run_uuid"] = QuoteJson(evaluation.run_uuid);
  object["checker"] = QuoteJson(evaluation.checker);
  object["version"] = std::to_string(evaluation.version);
  object["status"] = QuoteJson(assertions::StatusName(evaluation.status));
  object["message"] = OptionalString(evaluation.message);
  object["failures"] = std::to_string(evaluation.failures);
  object["passes"] = std::to_string(evaluation.passes);
  object["started_at"] = QuoteJson(TimestampText(evaluation.started_at));
  object["duration"] = QuoteJson(DurationText(evaluation.duration_us));
  object["output"] = OptionalString(evaluation.output);
  object["error"] = OptionalString(evaluation.error);
  object["fuel"] = std::to_string(evaluation.fuel);
  object["digest"] = QuoteJson(evaluation.digest);
  object["assertions"] = ArrayText(evaluation.assertions, AssertionJson);
  object["log"] = ArrayText(evaluation.log, [](const LogLine& line) {
    return ObjectText({{"level", QuoteJson(line.level)}, {"text", QuoteJson(line.text)}});
  });
  JsonMembers datasets;
  for (const auto& [name, facts] : evaluation.datasets) datasets[name] = FactsJson(facts, "null");
  object["datasets"] = ObjectText(datasets);
  return ObjectText(object);
}

Evaluation ResultFromJson(const std::string& text) {
  const JsonMembers object = MembersOf(text, "result");
  Evaluation evaluation;
  auto uuid = CanonicalUuid(RequiredText(object, "run_uuid"));
  if (!uuid) ThrowMalformed("run_uuid", "a UUID");
  evaluation.run_uuid = *uuid;
  evaluation.checker = RequiredText(object, "checker");
  evaluation.version = RequiredInteger<int>(object, "version");
  evaluation.status = RequiredStatus(object, "status");
  evaluation.message = Text(object, "message");
  evaluation.failures = RequiredInteger<int>(object, "failures");
  evaluation.passes = RequiredInteger<int>(object, "passes");
  ReadTimes(object, evaluation);
  evaluation.output = Text(object, "output");
  evaluation.error = Text(object, "error");
  evaluation.fuel = RequiredInteger<int64_t>(object, "fuel");
  evaluation.digest = RequiredText(object, "digest");
  auto assertions = Raw(object, "assertions");
  if (!assertions) ThrowMalformed("assertions", "an array");
  for (const std::string& item : ElementsOf(*assertions, "assertions")) {
    evaluation.assertions.push_back(AssertionFromJson(item));
    if (evaluation.assertions.back().outcome > evaluation.status)
      ThrowMalformed("status", "the greatest of the assertions' outcomes, or a greater one");
  }
  for (const std::string& item : ElementsOf(Raw(object, "log").value_or("[]"), "log")) {
    const JsonMembers line = MembersOf(item, "log");
    evaluation.log.push_back({RequiredText(line, "level"), RequiredText(line, "text")});
  }
  for (const auto& [name, facts] : MembersOf(Raw(object, "datasets").value_or("{}"), "datasets")) {
    evaluation.datasets[name] = FactsFromJson(facts);
  }
  return evaluation;
}

}  // namespace pg_checker::postgres
