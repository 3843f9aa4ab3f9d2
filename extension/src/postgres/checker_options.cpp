#include "postgres/checker_options.hpp"

#include <algorithm>
#include <functional>

#include "engine/utf8.hpp"
#include "postgres/arguments.hpp"
#include "postgres/business_day.hpp"
#include "postgres/due_time.hpp"
#include "postgres/error_bridge.hpp"
#include "postgres/json_parts.hpp"
#include "postgres/settings.hpp"
#include "postgres/statement.hpp"

namespace pg_checker::postgres {

namespace {

// Positions among the options, in the order of sql/checker_options.txt.
enum Option {
  kDescription,
  kRunbook,
  kOwner,
  kSeverity,
  kLabels,
  kSchedule,
  kTimeZone,
  kParams,
  kInput,
  kEnabled,
  kForDuration,
  kForRuns,
  kRecoverRuns,
  kRepeatEvery,
  kAlarmOn,
  kRowKey,
  kInstanceBy,
  kDependsOn,
  kOnEmpty,
  kMaxSamples,
  kTimeout,
  kFuel,
  kMemoryLimit,
  kOptions  // how many
};
static_assert(kOptions == kCheckerOptionArguments);

[[noreturn]] void ThrowOption(const std::string& message, const std::string& hint) {
  Throw({engine::ErrorKind::kSyntax, message, "", hint, "22023"});
}

// As a double, because the greatest intervals have more microseconds than 64 bits hold.
double Seconds(const Interval& interval) {
  return (interval.month * 30.0 + interval.day) * SECS_PER_DAY + interval.time / 1e6;
}

// Owners, links and labels are in every message.
constexpr size_t kTextLimitBytes = 64 * 1024;

void CheckLength(const std::optional<std::string>& text, const char* name) {
  if (!text || text->size() <= kTextLimitBytes) return;
  ThrowOption(std::string(name) + " is longer than " + std::to_string(kTextLimitBytes) + " bytes",
              "Write less, or put it elsewhere and name the place.");
}

void RefuseUnsupported(FunctionCallInfo fcinfo, int first) {
  const std::pair<Option, const char*> unsupported[] = {{kRepeatEvery, "repeat_every"},
                                                        {kRowKey, "row_key"},
                                                        {kInstanceBy, "instance_by"},
                                                        {kDependsOn, "depends_on"}};
  for (const auto& [option, name] : unsupported) {
    if (PG_ARGISNULL(first + option)) continue;
    Throw({engine::ErrorKind::kSyntax, std::string("option \"") + name + "\" is not supported yet",
           "", "Leave it out.", "0A000"});
  }
}

std::vector<std::string> StatusArray(Datum datum) {
  std::vector<std::string> names;
  Datum* elements;
  bool* nulls;
  int count;
  int dimensions = 0;
  Protect([&] {
    ArrayType* array = DatumGetArrayTypeP(datum);
    dimensions = ARR_NDIM(array);
    deconstruct_array(array, ARR_ELEMTYPE(array), 4, true, TYPALIGN_INT, &elements, &nulls, &count);
  });
  if (dimensions > 1)
    ThrowOption("\"alarm_on\" must have one dimension", "Write it as '{fail,error}'.");
  for (int i = 0; i < count; i++) {
    if (nulls[i])
      Throw({engine::ErrorKind::kSyntax, "\"alarm_on\" must not contain NULL", "",
             "Leave the NULL out.", "22004"});
    const char* label = nullptr;
    Protect([&] { label = DatumGetCString(DirectFunctionCall1(enum_out, elements[i])); });
    names.emplace_back(label);
  }
  return names;
}

int ParseMemoryLimit(const std::string& text) {
  int kilobytes = 0;
  const char* hint = nullptr;
  bool valid = false;
  Protect([&] { valid = parse_int(text.c_str(), &kilobytes, GUC_UNIT_KB, &hint); });
  if (!valid) ThrowOption("memory_limit \"" + text + "\" is not a size", "Write it as in '64MB'.");
  if (kilobytes < 64 || kilobytes > settings.max_memory_limit_kb) {
    ThrowOption("memory_limit \"" + text + "\" is not between 64 kB and " +
                    std::to_string(settings.max_memory_limit_kb) + " kB",
                "Choose a value in between, or have a superuser raise checker.max_memory_limit.");
  }
  return kilobytes;
}

std::optional<Interval> ReadTimeout(FunctionCallInfo fcinfo, int number) {
  const auto timeout = IntervalArgument(fcinfo, number);
  if (!timeout) return timeout;
  const double ms = Seconds(*timeout) * 1000;
  if (ms < 1 || ms > settings.max_timeout_ms) {
    ThrowOption(
        "timeout is not between 1 ms and " + std::to_string(settings.max_timeout_ms) + " ms",
        "Choose a value in between, or have a superuser raise checker.max_timeout.");
  }
  return timeout;
}

std::optional<int64_t> ReadFuel(FunctionCallInfo fcinfo, int number) {
  const auto fuel = Int64Argument(fcinfo, number);
  const auto max_fuel = static_cast<int64_t>(settings.max_fuel);
  if (fuel && (*fuel < 0 || (max_fuel > 0 && *fuel > max_fuel))) {
    ThrowOption("fuel is negative or over the cap",
                "Choose a smaller value, or have a superuser raise checker.max_fuel.");
  }
  return fuel;
}

std::optional<int> ReadMemoryLimit(FunctionCallInfo fcinfo, int number) {
  const auto limit = TextArgument(fcinfo, number);
  if (!limit) return std::nullopt;
  return ParseMemoryLimit(*limit);
}

// An argument that is passed replaces what is there.
template <typename Value>
void Overlay(std::optional<Value>& option, std::optional<Value> argument) {
  if (argument) option = std::move(argument);
}

void ReadLimits(FunctionCallInfo fcinfo, int first, CheckerOptions& options) {
  Overlay(options.timeout, ReadTimeout(fcinfo, first + kTimeout));
  Overlay(options.fuel, ReadFuel(fcinfo, first + kFuel));
  Overlay(options.memory_limit_kb, ReadMemoryLimit(fcinfo, first + kMemoryLimit));
  Overlay(options.max_samples, Int32Argument(fcinfo, first + kMaxSamples));
  if (options.max_samples && (*options.max_samples < 0 || *options.max_samples > 1000)) {
    ThrowOption("max_samples is not between 0 and 1000", "Choose a value in between.");
  }
}

void ReadAlarmPolicy(FunctionCallInfo fcinfo, int first, CheckerOptions& options) {
  if (auto severity = TextArgument(fcinfo, first + kSeverity)) options.severity = *severity;
  if (options.severity != "info" && options.severity != "warning" &&
      options.severity != "critical") {
    ThrowOption("severity \"" + options.severity + "\" does not exist",
                "Severities are info, warning and critical.");
  }
  if (auto duration = IntervalArgument(fcinfo, first + kForDuration))
    options.for_duration = *duration;
  const double for_seconds = Seconds(options.for_duration);
  if (for_seconds < 0) ThrowOption("for_duration is negative", "Choose a positive interval.");
  constexpr double kYear = 366.0 * SECS_PER_DAY;
  if (for_seconds > kYear)
    ThrowOption("for_duration is longer than a year", "Choose a shorter interval.");
  options.for_runs = Int32Argument(fcinfo, first + kForRuns).value_or(options.for_runs);
  options.recover_runs = Int32Argument(fcinfo, first + kRecoverRuns).value_or(options.recover_runs);
  if (options.for_runs < 1)
    ThrowOption("for_runs is less than 1", "Choose 1 to fire at the first failure.");
  if (options.recover_runs < 1)
    ThrowOption("recover_runs is less than 1", "Choose 1 to resolve at the first success.");
  if (!PG_ARGISNULL(first + kAlarmOn))
    options.alarm_on = StatusArray(PG_GETARG_DATUM(first + kAlarmOn));
  if (auto on_empty = TextArgument(fcinfo, first + kOnEmpty)) options.on_empty = *on_empty;
  if (options.on_empty != "ok" && options.on_empty != "no_data") {
    ThrowOption("on_empty \"" + options.on_empty + "\" does not exist", "It is ok or no_data.");
  }
}

}  // namespace

CheckerOptions ReadCheckerOptions(FunctionCallInfo fcinfo, int first, CheckerOptions options) {
  RefuseUnsupported(fcinfo, first);
  Overlay(options.description, TextArgument(fcinfo, first + kDescription));
  Overlay(options.runbook, TextArgument(fcinfo, first + kRunbook));
  Overlay(options.owner, TextArgument(fcinfo, first + kOwner));
  CheckLength(options.description, "description");
  CheckLength(options.runbook, "runbook");
  CheckLength(options.owner, "owner");
  if (auto labels = JsonArgument(fcinfo, first + kLabels)) options.labels = *labels;
  CheckLength(options.labels, "labels");
  MembersOf(options.labels, "labels");
  if (auto params = JsonArgument(fcinfo, first + kParams)) options.params = *params;
  MembersOf(options.params, "params");
  Overlay(options.input, JsonArgument(fcinfo, first + kInput));
  options.enabled = BoolArgument(fcinfo, first + kEnabled).value_or(options.enabled);
  Overlay(options.schedule, TextArgument(fcinfo, first + kSchedule));
  Overlay(options.time_zone, TextArgument(fcinfo, first + kTimeZone));
  if (options.time_zone && options.time_zone->empty())
    ThrowOption("time zone \"\" is not known", "Choose one of pg_timezone_names, or leave it out.");
  if (options.time_zone) ZoneOrDefault(options.time_zone);
  if (options.schedule) CheckSchedule(*options.schedule, options.time_zone);
  ReadAlarmPolicy(fcinfo, first, options);
  ReadLimits(fcinfo, first, options);
  return options;
}

void ResetCheckerOptions(CheckerOptions& options, const std::vector<std::string>& names) {
  const CheckerOptions defaults;
  const std::pair<const char*, std::function<void()>> resets[] = {
      {"description", [&] { options.description = defaults.description; }},
      {"runbook", [&] { options.runbook = defaults.runbook; }},
      {"owner", [&] { options.owner = defaults.owner; }},
      {"severity", [&] { options.severity = defaults.severity; }},
      {"labels", [&] { options.labels = defaults.labels; }},
      {"schedule", [&] { options.schedule = defaults.schedule; }},
      {"time_zone", [&] { options.time_zone = defaults.time_zone; }},
      {"params", [&] { options.params = defaults.params; }},
      {"input", [&] { options.input = defaults.input; }},
      {"enabled", [&] { options.enabled = defaults.enabled; }},
      {"for_duration", [&] { options.for_duration = defaults.for_duration; }},
      {"for_runs", [&] { options.for_runs = defaults.for_runs; }},
      {"recover_runs", [&] { options.recover_runs = defaults.recover_runs; }},
      {"alarm_on", [&] { options.alarm_on = defaults.alarm_on; }},
      {"on_empty", [&] { options.on_empty = defaults.on_empty; }},
      {"max_samples", [&] { options.max_samples = defaults.max_samples; }},
      {"timeout", [&] { options.timeout = defaults.timeout; }},
      {"fuel", [&] { options.fuel = defaults.fuel; }},
      {"memory_limit", [&] { options.memory_limit_kb = defaults.memory_limit_kb; }}};
  for (const std::string& name : names) {
    const auto found = std::find_if(std::begin(resets), std::end(resets),
                                    [&](const auto& reset) { return name == reset.first; });
    if (found != std::end(resets)) {
      found->second();
      continue;
    }
    std::string list;
    for (const auto& reset : resets) list += (list.empty() ? "" : ", ") + std::string(reset.first);
    ThrowOption("option \"" + engine::Shortened(name, 200) + "\" cannot be reset",
                "These can: " + list + ".");
  }
}

TrialLimits ReadTrialLimits(FunctionCallInfo fcinfo, int first) {
  TrialLimits limits;
  if (const auto timeout = ReadTimeout(fcinfo, first))
    limits.timeout_ms = static_cast<int64_t>(Seconds(*timeout) * 1000);
  limits.fuel = ReadFuel(fcinfo, first + 1);
  limits.memory_limit_kb = ReadMemoryLimit(fcinfo, first + 2);
  return limits;
}

}  // namespace pg_checker::postgres
