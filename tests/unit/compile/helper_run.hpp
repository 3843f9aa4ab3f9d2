// checker-compile as a backend starts it: own arguments, source on standard input, empty
// environment.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace pg_checker::compile_test {

// A folder under the system's temporary one, mode 0700, gone with this object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  // Names in the folder, in order.
  std::vector<std::string> Names() const;

 private:
  std::string path_;
};

struct HelperRun {
  int exit_code = -1;  // 128 + signal if it died by one
  std::string report;  // first line of standard output
  nlohmann::json json;
  std::string wasm;  // what follows the first line

  bool ok() const { return json.value("ok", false); }
  std::string Text(const char* key) const { return json.value(key, std::string()); }
};

// Runs the program to its end with `arguments`.
HelperRun RunHelper(const std::vector<std::string>& arguments, const std::string& source);

// With --format, --cache-directory `cache` and gcc, and `more`.
HelperRun CompileWat(const std::string& wat, const TemporaryFolder& cache,
                     const std::vector<std::string>& more = {});
HelperRun CompileWasm(const std::string& wasm, const TemporaryFolder& cache,
                      const std::vector<std::string>& more = {});

// Binary form of a valid module.
std::string Assemble(const std::string& wat);

std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& bytes, unsigned mode = 0600);

}  // namespace pg_checker::compile_test
