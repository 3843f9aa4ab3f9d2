// A host without a run: while an interpreter boots, and while it looks at a script's syntax.
// Whoever has one says only whether to go on.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/host.hpp"

namespace pg_checker::engine {

class IdleHost : public Host {
 public:
  Result<void> Record(Outcome, std::string_view) override { return None(); }
  Result<std::string> DatasetCsv(std::string_view, uint64_t) override { return None(); }
  Result<std::unique_ptr<DatasetReader>> OpenDataset(std::string_view) override { return None(); }
  Result<bool> AssertEmpty(std::string_view, std::string_view) override { return None(); }
  Result<bool> AssertNotEmpty(std::string_view, std::string_view) override { return None(); }
  Result<bool> AssertRowCount(std::string_view, RowCountOperator, int64_t,
                              std::string_view) override {
    return None();
  }
  Result<bool> AssertEqual(std::string_view, std::string_view, std::string_view) override {
    return None();
  }
  Result<bool> AssertBoolean(bool, bool, std::string_view) override { return None(); }
  Result<bool> AssertComparison(bool, const Comparison&, std::string_view) override {
    return None();
  }
  int64_t NowMicroseconds() override { return 0; }
  Result<bool> BusinessDay() override { return None(); }
  std::optional<std::string> Param(std::string_view) override { return std::nullopt; }
  Result<void> Log(LogLevel, std::string_view) override { return None(); }

 private:
  static Error None() { return {ErrorKind::kTrap, "nothing runs that this could be asked for"}; }
};

}  // namespace pg_checker::engine
