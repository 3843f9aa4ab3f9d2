#include "postgres/settings.hpp"

#include <climits>

#include "postgres/server.hpp"

#ifndef CHECKER_COMPILE_PATH
#error "CHECKER_COMPILE_PATH must be the installed path of checker-compile"
#endif

namespace pg_checker::postgres {

Settings settings;

namespace {

// The greatest whole number up to which a double is exact.
constexpr double kMaxFuel = 9007199254740992.0;

const config_enum_entry kEmitOptions[] = {{"none", static_cast<int>(Emit::kNone), false},
                                          {"alarms", static_cast<int>(Emit::kAlarms), false},
                                          {"failures", static_cast<int>(Emit::kFailures), false},
                                          {"all", static_cast<int>(Emit::kAll), false},
                                          {nullptr, 0, false}};

const config_enum_entry kLogLevelOptions[] = {{"debug", 0, false},   {"info", 1, false},
                                              {"warning", 2, false}, {"error", 3, false},
                                              {"none", 4, false},    {nullptr, 0, false}};

void DefineInt(const char* name, const char* text, int* value, int initial, int min, int max,
               GucContext context, int flags) {
  DefineCustomIntVariable(name, text, nullptr, value, initial, min, max, context, flags, nullptr,
                          nullptr, nullptr);
}

void DefineText(const char* name, const char* text, char** value, const char* initial,
                GucContext context, int flags = 0, GucStringCheckHook check = nullptr) {
  DefineCustomStringVariable(name, text, nullptr, value, initial, context, flags, check, nullptr,
                             nullptr);
}

// Paths are given to another process, which stands elsewhere.
bool CheckAbsolutePath(char** value, void**, GucSource) {
  if (**value == '/') return true;
  GUC_check_errdetail("It is not an absolute path.");
  GUC_check_errhint("Write it from the root on, as in \"/usr/bin/gcc\".");
  return false;
}

bool CheckAbsolutePathOrNone(char** value, void** extra, GucSource source) {
  return **value == '\0' || CheckAbsolutePath(value, extra, source);
}

bool CheckTimeZone(char** value, void**, GucSource) {
  if (**value == '\0') return true;
  pg_tz* zone = pg_tzset(*value);
  if (zone == nullptr || !pg_tz_acceptable(zone)) {
    GUC_check_errdetail("Time zone \"%s\" is not known.", *value);
    return false;
  }
  return true;
}

}  // namespace

void DefineSettings() {
  Settings& s = settings;
  DefineInt("checker.timeout", "How long a run may take.", &s.timeout_ms, 30000, 1, INT_MAX,
            PGC_USERSET, GUC_UNIT_MS);
  DefineInt("checker.max_timeout", "The longest time that a session or a checker may ask for.",
            &s.max_timeout_ms, 600000, 1, INT_MAX, PGC_SUSET, GUC_UNIT_MS);
  DefineCustomRealVariable("checker.fuel", "Fuel that a run may use; 0 is no limit.", nullptr,
                           &s.fuel, 0, 0, kMaxFuel, PGC_USERSET, 0, nullptr, nullptr, nullptr);
  DefineCustomRealVariable(
      "checker.max_fuel", "The most fuel that a session or a checker may ask for; 0 is no cap.",
      nullptr, &s.max_fuel, 0, 0, kMaxFuel, PGC_SUSET, 0, nullptr, nullptr, nullptr);
  DefineInt("checker.memory_limit", "Memory that a guest may have.", &s.memory_limit_kb, 65536, 64,
            4194304, PGC_USERSET, GUC_UNIT_KB);
  DefineInt("checker.max_memory_limit", "The most memory that a session or a checker may ask for.",
            &s.max_memory_limit_kb, 1048576, 64, 4194304, PGC_SUSET, GUC_UNIT_KB);
  DefineInt("checker.stack_limit",
            "Stack that a guest may use; it also stays inside max_stack_depth.", &s.stack_limit_kb,
            1024, 64, 1048576, PGC_SUSET, GUC_UNIT_KB);
  DefineInt("checker.output_limit", "How much a guest may write to stdout, and to stderr.",
            &s.output_limit_kb, 64, 1, 1048576, PGC_SUSET, GUC_UNIT_KB);
  DefineInt("checker.batch_bytes", "Size of the batches in which guests read datasets.",
            &s.batch_bytes, 1048576, 1024, 67108864, PGC_USERSET, GUC_UNIT_BYTE);
  DefineInt("checker.module_size_limit", "The largest module that is accepted.",
            &s.module_size_limit_kb, 4096, 1, 1048576, PGC_SUSET, GUC_UNIT_KB);
  DefineInt("checker.compile_timeout", "How long a compilation may take.", &s.compile_timeout_ms,
            30000, 100, INT_MAX, PGC_SUSET, GUC_UNIT_MS);
  DefineInt("checker.max_assertions", "The most assertions that a run may record.",
            &s.max_assertions, 1000, 1, 1000000, PGC_SUSET, 0);
  DefineInt("checker.count_limit",
            "How far a failing count goes on, in rows, so that it can say how many there are.",
            &s.count_limit, 10000, 0, INT_MAX, PGC_USERSET, 0);
  DefineInt("checker.max_samples", "Rows kept as a sample of a failed assertion.", &s.max_samples,
            5, 0, 1000, PGC_USERSET, 0);
  DefineInt("checker.loaded_modules", "Compiled modules that a session keeps loaded.",
            &s.loaded_modules, 64, 1, 10000, PGC_SUSET, 0);
  DefineInt("checker.cache_size",
            "How large compiled modules may be together; the least recently used go first.",
            &s.cache_size_kb, 1048576, 1024, INT_MAX, PGC_SUSET, GUC_UNIT_KB);
  DefineInt("checker.artifact_size_limit", "The largest compiled module that is accepted.",
            &s.artifact_size_limit_kb, 65536, 64, INT_MAX, PGC_SUSET, GUC_UNIT_KB);
  DefineInt("checker.max_concurrent_runs",
            "How many checkers may run at the same time in the whole cluster; 0 is no limit.",
            &s.max_concurrent_runs, 64, 0, 10000, PGC_SIGHUP, 0);
  DefineCustomEnumVariable("checker.emit", "Which messages are written to the outbox.", nullptr,
                           &s.emit, static_cast<int>(Emit::kFailures), kEmitOptions, PGC_USERSET, 0,
                           nullptr, nullptr, nullptr);
  DefineCustomEnumVariable(
      "checker.log_level", "The lowest level of guests' log lines that goes to the server's log.",
      nullptr, &s.log_level, 2, kLogLevelOptions, PGC_SUSET, 0, nullptr, nullptr, nullptr);
  DefineText("checker.redact_columns",
             "Columns whose values samples do not show, separated by commas.", &s.redact_columns,
             "", PGC_SUSET, GUC_LIST_INPUT);
  DefineCustomStringVariable("checker.time_zone",
                             "Time zone of business days and schedules; empty: TimeZone.", nullptr,
                             &s.time_zone, "", PGC_USERSET, 0, CheckTimeZone, nullptr, nullptr);
  DefineText("checker.holiday_calendar",
             "The calendar of checker.holiday that business days use; empty: every one.",
             &s.holiday_calendar, "", PGC_USERSET);
  DefineText("checker.base_url", "Address of the web page that links in messages point to.",
             &s.base_url, "", PGC_USERSET);
  DefineText("checker.cache_directory",
             "Where compiled modules are kept; empty: in the data directory.", &s.cache_directory,
             "", PGC_SUSET, GUC_SUPERUSER_ONLY, CheckAbsolutePathOrNone);
  DefineText("checker.c_compiler", "The C compiler, a gcc.", &s.c_compiler, "/usr/bin/gcc",
             PGC_SUSET, GUC_SUPERUSER_ONLY, CheckAbsolutePath);
  DefineText("checker.compile_helper", "The program checker-compile.", &s.compile_helper,
             CHECKER_COMPILE_PATH, PGC_SUSET, GUC_SUPERUSER_ONLY, CheckAbsolutePath);
  MarkGUCPrefixReserved("checker");
}

std::string CacheDirectory() {
  if (settings.cache_directory[0] != '\0') return settings.cache_directory;
  return std::string(DataDir) + "/pgsql_tmp_checker";
}

engine::CompileOptions CompileOptionsFromSettings() {
  engine::CompileOptions options;
  options.helper = settings.compile_helper;
  options.c_compiler = settings.c_compiler;
  options.cache_directory = CacheDirectory();
  options.timeout = std::chrono::milliseconds(settings.compile_timeout_ms);
  options.module_limit_bytes = static_cast<uint64_t>(settings.module_size_limit_kb) * 1024;
  options.artifact_limit_bytes = static_cast<uint64_t>(settings.artifact_size_limit_kb) * 1024;
  options.cache_limit_bytes = static_cast<uint64_t>(settings.cache_size_kb) * 1024;
  return options;
}

}  // namespace pg_checker::postgres
