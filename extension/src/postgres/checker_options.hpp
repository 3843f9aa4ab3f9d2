// The options of a checker, as create_checker takes them, checked.
#pragma once

#include "postgres/server.hpp"

namespace pg_checker::postgres {

// Values are ready to be stored; an empty optional means the default.
struct CheckerOptions {
  std::optional<std::string> description;
  std::optional<std::string> runbook;
  std::optional<std::string> owner;
  std::string severity = "warning";
  std::string labels = "{}";  // JSON text of an object
  std::optional<std::string> schedule;
  std::optional<std::string> time_zone;
  std::string params = "{}";         // JSON text of an object
  std::optional<std::string> input;  // JSON text
  bool enabled = true;
  Interval for_duration = {};
  int for_runs = 1;
  int recover_runs = 1;
  std::vector<std::string> alarm_on = {"fail", "no_data", "error"};
  std::string on_empty = "ok";
  std::optional<int> max_samples;
  std::optional<Interval> timeout;
  std::optional<int64_t> fuel;
  std::optional<int> memory_limit_kb;
  bool or_replace = false;
};

// Limits of a program that is tried before it is stored; an empty one is the setting's.
struct TrialLimits {
  std::optional<int64_t> timeout_ms;
  std::optional<int64_t> fuel;
  std::optional<int> memory_limit_kb;
};

// The arguments of one checker's options, without the last one, or_replace:
// sql/checker_options.txt.
inline constexpr int kCheckerOptionArguments = 23;

// Reads the arguments from number `first` on, in the order of sql/checker_options.txt, over
// `options`: what is NULL stays as it is there. Throws PostgresError that names the option.
CheckerOptions ReadCheckerOptions(FunctionCallInfo fcinfo, int first, CheckerOptions options = {});

// Gives the named options their defaults. Throws PostgresError for a name that is none.
void ResetCheckerOptions(CheckerOptions& options, const std::vector<std::string>& names);

// The same for the arguments timeout, fuel and memory_limit alone, from number `first` on.
TrialLimits ReadTrialLimits(FunctionCallInfo fcinfo, int first);

}  // namespace pg_checker::postgres
