#include "engine/run.hpp"

#include <exception>
#include <utility>

#include "engine/instance.hpp"
#include "engine/old_layout.hpp"

namespace pg_checker::engine {

namespace {

// Runs what the module has of its entries, in order. Returns 0 or the code of the trap that ended
// it.
int RunEntries(Instance& instance, RunReport& report) {
  const checker_module& module = instance.module();
  if (const int code = instance.Instantiate(); code != 0) return code;
  if (instance.options().only_dataset.has_value() && HasOldLayout(instance)) {
    Result<void> placed = PlaceDataset(instance, *instance.options().only_dataset);
    if (!placed.ok()) {
      instance.Stop(std::move(placed.error()));
      return CHECKER_TRAP_HOST;
    }
  }
  uint64_t slots[1] = {};
  if (module.exports[CHECKER_EXPORT_START_FUNCTION] != nullptr) {
    if (const int code = instance.Call(CHECKER_EXPORT_START_FUNCTION, slots); code != 0)
      return code;
  }
  if (module.exports[CHECKER_EXPORT_INITIALIZE] != nullptr) {
    if (const int code = instance.Call(CHECKER_EXPORT_INITIALIZE, slots); code != 0) return code;
  }
  if (module.exports[CHECKER_EXPORT_CHECK] != nullptr) {
    if (const int code = instance.Call(CHECKER_EXPORT_CHECK, slots); code != 0) return code;
    if ((module.flags & CHECKER_MODULE_CHECK_RETURNS) != 0) {
      report.check_result = static_cast<int32_t>(slots[0]);
    }
    return 0;
  }
  if (module.exports[CHECKER_EXPORT_START] != nullptr) {
    if (const int code = instance.Call(CHECKER_EXPORT_START, slots); code != 0) return code;
    report.exit_code = 0;
    return 0;
  }
  instance.Stop({ErrorKind::kMissingEntry, "the module exports neither \"check\" nor \"_start\""});
  return CHECKER_TRAP_HOST;
}

}  // namespace

RunReport Conclude(Instance& instance, int code, RunReport report) {
  Result<void> closed = instance.streams().CloseAll();
  if (instance.exception() != nullptr) std::rethrow_exception(instance.exception());
  if (instance.exit_code().has_value()) {
    report.exit_code = instance.exit_code();
  } else if (code != 0) {
    report.error = instance.ErrorOf(code);
  }
  if (!closed.ok() && !report.error.has_value()) report.error = std::move(closed.error());
  report.fuel = instance.FuelUsed();
  report.standard_output = std::move(instance.wasi().standard_output);
  report.standard_error = std::move(instance.wasi().standard_error);
  return report;
}

RunReport Run(Module& module, Host& host, const RunOptions& options) {
  const DefaultFloatingPoint floating_point;
  Instance instance(module.descriptor(), host, options);
  RunReport report;
  const int code = RunEntries(instance, report);
  return Conclude(instance, code, std::move(report));
}

}  // namespace pg_checker::engine
