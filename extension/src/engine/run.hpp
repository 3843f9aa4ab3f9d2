// Running a guest once: a fresh instance, its entry function, and a report of how it ended.
#pragma once

#include <cfenv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/host.hpp"
#include "engine/module.hpp"
#include "engine/result.hpp"

namespace pg_checker::engine {

struct RunLimits {
  int64_t fuel = 0;                     // 0: counted but not limited
  uint64_t memory_bytes = 64ull << 20;  // linear memory, tables included
  uint64_t output_bytes = 64ull << 10;  // stdout and stderr, each
  uint64_t batch_bytes = 1ull << 20;    // of a batch of more than one row of a dataset
  char* stack_limit = nullptr;          // lowest address that a frame of the guest may have
};

struct RunOptions {
  RunLimits limits;
  std::optional<std::string_view>
      input;  // stdin, and what `input` returns; absent reads as empty stdin
  // WASI's environment; names and values without NUL.
  std::vector<std::pair<std::string, std::string>> environment;
  uint64_t random_seed = 0;
  // Set if the checker declares exactly one dataset: a module of the old layout (contract: two
  // pages, no allocator, imports only outcomes) finds its CSV at offset 65538.
  std::optional<std::string_view> only_dataset;
  // For interpreters: the declared datasets by their qualified names, and the parameters as the
  // JSON text of an object.
  std::vector<std::string> datasets;
  std::string params = "{}";
};

struct RunReport {
  std::optional<Error> error;           // how the guest was stopped, if it was
  std::optional<int32_t> check_result;  // what check returned, if it returns an i32
  std::optional<int32_t> exit_code;     // of proc_exit; 0 where _start returned
  std::string standard_output;          // bytes as the guest wrote them
  std::string standard_error;
  int64_t fuel = 0;  // used
};

// Runs `module` in a fresh instance: instantiate, _initialize, then check, or else _start. Nothing
// survives the run but the report. Never throws for what a guest does; not reentrant for one Host,
// but a host method may run another guest.
RunReport Run(Module& module, Host& host, const RunOptions& options);

// Guests see the default rounding and exceptions while this lives, and the caller gets back what it
// had: the sticky flags that guest code raises included. Traps leave by longjmp, which restores
// none of this.
class DefaultFloatingPoint {
 public:
  DefaultFloatingPoint() {
    std::fegetenv(&saved_);
    std::fesetenv(FE_DFL_ENV);
  }
  ~DefaultFloatingPoint() { std::fesetenv(&saved_); }
  DefaultFloatingPoint(const DefaultFloatingPoint&) = delete;
  DefaultFloatingPoint& operator=(const DefaultFloatingPoint&) = delete;

 private:
  std::fenv_t saved_;
};

}  // namespace pg_checker::engine
