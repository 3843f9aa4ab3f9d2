#include "guest.hpp"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

#include "engine/artifact_format.hpp"

namespace pg_checker::engine {

namespace {

std::shared_ptr<Module> CompileAndLoad(std::string_view source, SourceFormat format) {
  static const TemporaryFolder folder;
  PollWaiter waiter;
  const Result<CompileResult> compiled =
      Compile(source, format, OptionsFor(folder.path() + "/cache"), waiter);
  if (!compiled.ok()) {
    throw std::runtime_error(compiled.error().message + " " + compiled.error().detail);
  }
  Result<std::shared_ptr<Module>> module =
      Module::Load(ReadFile(compiled->artifact_path), compiled->artifact_path);
  if (!module.ok()) throw std::runtime_error(module.error().message + " " + module.error().detail);
  return *module;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "engine_test.XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

CompileOptions OptionsFor(const std::string& folder) {
  CompileOptions options;
  options.helper = CHECKER_COMPILE;
  options.c_compiler = C_COMPILER;
  options.cache_directory = folder;
  options.timeout = std::chrono::seconds(60);
  return options;
}

std::shared_ptr<Module> Guest(std::string_view wat) {
  return CompileAndLoad(wat, SourceFormat::kWat);
}

std::shared_ptr<Module> GuestFromWasm(std::string_view wasm) {
  return CompileAndLoad(wasm, SourceFormat::kWasm);
}

RunOptions Options() {
  constexpr size_t kGuestStackBytes = 512 * 1024;
  RunOptions options;
  options.limits.stack_limit = static_cast<char*>(__builtin_frame_address(0)) - kGuestStackBytes;
  return options;
}

RunReport RunGuest(Module& module, Host& host, const RunOptions& options) {
  return Run(module, host, options);
}

std::string Describe(const RunReport& report) {
  if (!report.error.has_value()) return "none";
  static const char* const kNames[] = {
      "invalid_module", "syntax",      "unknown_import",  "missing_entry",
      "too_large",      "no_compiler", "compile_timeout", "compile_failed",
      "cache",          "trap",        "undeclared",      "fuel",
      "timeout",        "memory",      "stack",           "script",
      "output",         "assertions",  "dataset",         "stopped"};
  std::string text = kNames[static_cast<int>(report.error->kind)];
  text += ' ' + report.error->message;
  if (!report.error->detail.empty()) text += " (" + report.error->detail + ")";
  return text;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace pg_checker::engine
