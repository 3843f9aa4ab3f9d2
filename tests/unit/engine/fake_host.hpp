// A host that answers from its members and remembers what it was asked.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/host.hpp"

namespace pg_checker::engine {

class FakeHost : public Host {
 public:
  Result<void> Continue() override {
    ++continued;
    return on_continue ? on_continue() : Result<void>();
  }
  const volatile int* StopFlag() const override { return stop_flag; }

  Result<void> Record(Outcome outcome, std::string_view message) override {
    outcomes.emplace_back(outcome, message);
    return on_record ? on_record(message) : Result<void>();
  }

  Result<std::string> DatasetCsv(std::string_view dataset, uint64_t limit_bytes) override {
    csv_limits.push_back(limit_bytes);
    const auto found = datasets.find(std::string(dataset));
    if (found == datasets.end()) {
      return Error{ErrorKind::kUndeclared,
                   "dataset \"" + std::string(dataset) + "\" is not declared"};
    }
    if (found->second.size() > limit_bytes) return Error{ErrorKind::kMemory, "too long"};
    return found->second;
  }

  Result<std::unique_ptr<DatasetReader>> OpenDataset(std::string_view dataset) override {
    if (on_open) return on_open(dataset);
    return Error{ErrorKind::kUndeclared,
                 "dataset \"" + std::string(dataset) + "\" is not declared"};
  }

  Result<bool> AssertEmpty(std::string_view dataset, std::string_view message) override {
    return Asked("empty", dataset, message);
  }
  Result<bool> AssertNotEmpty(std::string_view dataset, std::string_view message) override {
    return Asked("not_empty", dataset, message);
  }
  Result<bool> AssertRowCount(std::string_view dataset, RowCountOperator op, int64_t limit,
                              std::string_view message) override {
    const std::string name =
        "rows " + std::to_string(static_cast<uint32_t>(op)) + " " + std::to_string(limit);
    return Asked(name, dataset, message);
  }
  Result<bool> AssertEqual(std::string_view left, std::string_view right,
                           std::string_view message) override {
    return Asked("equal " + std::string(left), right, message);
  }
  Result<bool> AssertBoolean(bool value, bool expected, std::string_view message) override {
    return Asked(value ? "true" : "false", expected ? "true" : "false", message);
  }
  Result<bool> AssertComparison(bool holds, const Comparison& comparison,
                                std::string_view message) override {
    const Result<bool> asked = Asked(comparison.expected, comparison.actual, message);
    if (!asked.ok()) return asked;
    return holds;
  }

  int64_t NowMicroseconds() override { return now; }
  Result<bool> BusinessDay() override { return business_day; }

  std::optional<std::string> Param(std::string_view name) override {
    const auto found = params.find(std::string(name));
    return found == params.end() ? std::nullopt : std::optional(found->second);
  }

  Result<void> Log(LogLevel level, std::string_view text) override {
    log.emplace_back(level, text);
    return {};
  }

  // Answers.
  std::map<std::string, std::string> datasets;
  std::map<std::string, std::string> params;
  bool holds = true;
  bool business_day = true;
  int64_t now = 1'700'000'000'000'000;
  const volatile int* stop_flag = nullptr;
  std::function<Result<void>()> on_continue;
  std::function<Result<void>(std::string_view)> on_record;
  std::function<Result<std::unique_ptr<DatasetReader>>(std::string_view)> on_open;

  // Questions.
  int continued = 0;
  std::vector<std::pair<Outcome, std::string>> outcomes;
  std::vector<std::string> assertions;  // "<what>|<dataset>|<message>"
  std::vector<std::pair<LogLevel, std::string>> log;
  std::vector<uint64_t> csv_limits;

 private:
  Result<bool> Asked(const std::string& what, std::string_view dataset, std::string_view message) {
    assertions.push_back(what + "|" + std::string(dataset) + "|" + std::string(message));
    return holds;
  }
};

}  // namespace pg_checker::engine
