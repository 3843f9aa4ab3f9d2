#include "postgres/result_json.hpp"

#include "postgres/error_bridge.hpp"
#include "postgres/uuid.hpp"

extern "C" {
#include "utils/fmgrprotos.h"
}

namespace pg_checker::postgres {

using nlohmann::json;

namespace {

template <typename T>
json OrNull(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

// Counts go out as numbers, other values as text.
json ActualToJson(const std::optional<std::string>& actual) {
  if (!actual) return nullptr;
  if (!actual->empty() && actual->size() < 19 && actual->find_first_not_of("0123456789") == std::string::npos) {
    return std::stoll(*actual);
  }
  return *actual;
}

json AssertionToJson(const assertions::Assertion& assertion) {
  json object;
  object["ok"] = assertion.outcome == assertions::Status::kOk;
  object["outcome"] = assertions::StatusName(assertion.outcome);
  object["message"] = OrNull(assertion.message);
  object["expected"] = OrNull(assertion.expected);
  object["actual"] = ActualToJson(assertion.actual);
  object["exact"] = OrNull(assertion.exact);
  object["sample"] = assertion.sample ? json::parse(*assertion.sample) : json(nullptr);
  return object;
}

std::string OutputText(PGFunction function, Datum value) {
  std::string text;
  Protect([&] { text = DatumGetCString(DirectFunctionCall1(function, value)); });
  return text;
}

std::string TimestampText(int64_t timestamp) {
  // ISO 8601 whatever DateStyle is.
  std::string text;
  Protect([&] {
    const Datum value = TimestampTzGetDatum(timestamp);
    const int saved = DateStyle;
    DateStyle = USE_ISO_DATES;
    text = DatumGetCString(DirectFunctionCall1(timestamptz_out, value));
    DateStyle = saved;
  });
  return text;
}

std::string DurationText(int64_t duration_us) {
  Interval interval = {};
  interval.time = duration_us;
  const int saved = IntervalStyle;
  IntervalStyle = INTSTYLE_POSTGRES;
  std::string text = OutputText(interval_out, IntervalPGetDatum(&interval));
  IntervalStyle = saved;
  return text;
}

[[noreturn]] void ThrowMalformed(const std::string& key, const char* expected) {
  Throw({engine::ErrorKind::kSyntax, "result has no valid \"" + key + "\"", std::string("Expected: ") + expected + ".",
         "Pass what checker.evaluate_checker returned, unchanged.", "22023"});
}

std::string RequiredText(const json& object, const char* key) {
  auto found = object.find(key);
  if (found == object.end() || !found->is_string()) ThrowMalformed(key, "a text");
  return found->get<std::string>();
}

std::optional<std::string> OptionalText(const json& object, const char* key) {
  auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::nullopt;
  if (!found->is_string()) ThrowMalformed(key, "a text or null");
  return found->get<std::string>();
}

int64_t RequiredInteger(const json& object, const char* key) {
  auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) ThrowMalformed(key, "a whole number");
  return found->get<int64_t>();
}

assertions::Status RequiredStatus(const json& object, const char* key) {
  auto status = assertions::StatusFromName(RequiredText(object, key));
  if (!status) ThrowMalformed(key, "ok, warn, fail, no_data or error");
  return *status;
}

assertions::Assertion AssertionFromJson(const json& object) {
  if (!object.is_object()) ThrowMalformed("assertions", "an array of objects");
  assertions::Assertion assertion;
  assertion.outcome = RequiredStatus(object, "outcome");
  assertion.message = OptionalText(object, "message");
  assertion.expected = OptionalText(object, "expected");
  auto actual = object.find("actual");
  if (actual != object.end() && !actual->is_null()) {
    assertion.actual = actual->is_string() ? actual->get<std::string>() : actual->dump();
  }
  auto exact = object.find("exact");
  if (exact != object.end() && exact->is_boolean()) assertion.exact = exact->get<bool>();
  auto sample = object.find("sample");
  if (sample != object.end() && !sample->is_null()) assertion.sample = sample->dump();
  return assertion;
}

void ReadDatasets(const json& datasets, Evaluation& evaluation) {
  for (const auto& [name, object] : datasets.items()) {
    if (!object.is_object()) ThrowMalformed("datasets", "an object of objects");
    DatasetFacts& facts = evaluation.datasets[name];
    facts.rows = static_cast<uint64_t>(RequiredInteger(object, "rows"));
    facts.exact = object.value("exact", false);
    auto sample = object.find("sample");
    if (sample != object.end() && !sample->is_null()) facts.sample = sample->dump();
  }
}

void ReadTimes(const json& object, Evaluation& evaluation) {
  const std::string started = RequiredText(object, "started_at");
  const std::string duration = RequiredText(object, "duration");
  Protect([&] {
    evaluation.started_at = DatumGetTimestampTz(DirectFunctionCall3(
        timestamptz_in, CStringGetDatum(started.c_str()), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
    const Interval* interval = DatumGetIntervalP(DirectFunctionCall3(
        interval_in, CStringGetDatum(duration.c_str()), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
    evaluation.duration_us = interval->time;
  });
}

}  // namespace

std::string ResultToJson(const Evaluation& evaluation) {
  json object;
  object["run_id"] = nullptr;
  object["run_uuid"] = evaluation.run_uuid;
  object["checker"] = evaluation.checker;
  object["version"] = evaluation.version;
  object["status"] = assertions::StatusName(evaluation.status);
  object["message"] = OrNull(evaluation.message);
  object["failures"] = evaluation.failures;
  object["passes"] = evaluation.passes;
  object["started_at"] = TimestampText(evaluation.started_at);
  object["duration"] = DurationText(evaluation.duration_us);
  object["output"] = OrNull(evaluation.output);
  object["error"] = OrNull(evaluation.error);
  object["fuel"] = evaluation.fuel;
  object["digest"] = evaluation.digest;
  object["assertions"] = json::array();
  for (const auto& assertion : evaluation.assertions) object["assertions"].push_back(AssertionToJson(assertion));
  object["log"] = json::array();
  for (const LogLine& line : evaluation.log) object["log"].push_back({{"level", line.level}, {"text", line.text}});
  object["datasets"] = json::object();
  for (const auto& [name, facts] : evaluation.datasets) {
    object["datasets"][name] = {{"rows", facts.rows},
                                {"exact", facts.exact},
                                {"sample", facts.sample ? json::parse(*facts.sample) : json(nullptr)}};
  }
  return object.dump();
}

Evaluation ResultFromJson(const std::string& text) {
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object()) ThrowMalformed("run_uuid", "an object with the keys of a result");
  Evaluation evaluation;
  auto uuid = CanonicalUuid(RequiredText(object, "run_uuid"));
  if (!uuid) ThrowMalformed("run_uuid", "a UUID");
  evaluation.run_uuid = *uuid;
  evaluation.checker = RequiredText(object, "checker");
  evaluation.version = static_cast<int>(RequiredInteger(object, "version"));
  evaluation.status = RequiredStatus(object, "status");
  evaluation.message = OptionalText(object, "message");
  evaluation.failures = static_cast<int>(RequiredInteger(object, "failures"));
  evaluation.passes = static_cast<int>(RequiredInteger(object, "passes"));
  ReadTimes(object, evaluation);
  evaluation.output = OptionalText(object, "output");
  evaluation.error = OptionalText(object, "error");
  evaluation.fuel = RequiredInteger(object, "fuel");
  evaluation.digest = RequiredText(object, "digest");
  auto assertions = object.find("assertions");
  if (assertions == object.end() || !assertions->is_array()) ThrowMalformed("assertions", "an array");
  for (const json& item : *assertions) evaluation.assertions.push_back(AssertionFromJson(item));
  auto log = object.find("log");
  if (log != object.end() && log->is_array()) {
    for (const json& line : *log) {
      if (!line.is_object()) ThrowMalformed("log", "an array of objects");
      evaluation.log.push_back({RequiredText(line, "level"), RequiredText(line, "text")});
    }
  }
  auto datasets = object.find("datasets");
  if (datasets != object.end() && datasets->is_object()) ReadDatasets(*datasets, evaluation);
  return evaluation;
}

}  // namespace pg_checker::postgres
