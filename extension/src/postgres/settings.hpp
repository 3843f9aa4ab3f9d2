// The settings checker.* (GUCs). Limits come in pairs: what a session may set for itself, and a
// hard cap (max_*) that only a superuser raises.
#pragma once

#include "engine/compiler_process.hpp"
#include "engine/run.hpp"

namespace pg_checker::postgres {

enum class Emit { kNone, kAlarms, kFailures, kAll };

// Plain values of the settings; owned by the GUC machinery.
struct Settings {
  int timeout_ms;
  int max_timeout_ms;
  double fuel;      // 0: no limit; a double, because GUC integers have 32 bits
  double max_fuel;  // 0: no cap
  int memory_limit_kb;
  int max_memory_limit_kb;
  int stack_limit_kb;
  int output_limit_kb;
  int batch_bytes;
  int module_size_limit_kb;
  int compile_timeout_ms;
  int max_assertions;
  int count_limit;
  int max_samples;
  int loaded_modules;
  int cache_size_kb;
  int artifact_size_limit_kb;
  int max_concurrent_runs;  // 0: no limit
  int emit;                 // Emit
  int log_level;
  char* redact_columns;
  char* time_zone;
  char* holiday_calendar;
  char* base_url;
  char* cache_directory;
  char* c_compiler;
  char* compile_helper;
};

extern Settings settings;

void DefineSettings();

// Where artifacts are kept: checker.cache_directory, or pgsql_tmp_checker in the data directory
// (base backups skip that prefix).
std::string CacheDirectory();

engine::CompileOptions CompileOptionsFromSettings();

}  // namespace pg_checker::postgres
