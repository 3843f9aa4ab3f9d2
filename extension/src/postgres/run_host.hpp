// A backend as a guest's host: answers the engine's questions from SPI, settings and the clock.
#pragma once

#include "assertions/row_source.hpp"
#include "engine/host.hpp"
#include "postgres/dataset_portal.hpp"
#include "postgres/dataset_scan.hpp"
#include "postgres/evaluation.hpp"

namespace pg_checker::postgres {

// Lives for one evaluation, inside its read-only section.
class RunHost : public engine::Host, private assertions::RowSource {
 public:
  // `made_up` rows, if any, are read in place of the datasets'.
  RunHost(const CheckerDefinition& checker, JsonMembers params, Deadline& deadline,
          MadeUpRows* made_up);

  engine::Result<void> Continue() override;
  const volatile int* StopFlag() const override;
  engine::Result<void> Record(engine::Outcome outcome, std::string_view message) override;
  engine::Result<std::string> DatasetCsv(std::string_view dataset, uint64_t limit_bytes) override;
  engine::Result<std::unique_ptr<engine::DatasetReader>> OpenDataset(
      std::string_view dataset) override;
  engine::Result<bool> AssertEmpty(std::string_view dataset, std::string_view message) override;
  engine::Result<bool> AssertNotEmpty(std::string_view dataset, std::string_view message) override;
  engine::Result<bool> AssertRowCount(std::string_view dataset, engine::RowCountOperator op,
                                      int64_t limit, std::string_view message) override;
  engine::Result<bool> AssertEqual(std::string_view left, std::string_view right,
                                   std::string_view message) override;
  engine::Result<bool> AssertBoolean(bool value, bool expected, std::string_view message) override;
  engine::Result<bool> AssertComparison(bool holds, const engine::Comparison& comparison,
                                        std::string_view message) override;
  int64_t NowMicroseconds() override;
  engine::Result<bool> BusinessDay() override;
  std::optional<std::string> Param(std::string_view name) override;
  engine::Result<void> Log(engine::LogLevel level, std::string_view text) override;

  // Records a failure for each row of a query that is the checker's program, up to
  // checker.count_limit, in one assertion with a sample; a success if there is none. The message is
  // the first row's column "message", if it has such a text.
  engine::Result<void> FailOnRows(const Dataset& query);
  // A declared dataset with what its readers need; an Error if it is not declared or does not
  // exist.
  engine::Result<PortalSurroundings> Surroundings(std::string_view name);
  // Failing rows that the run shows at most.
  int MaxSamples() const;

  // Whether any declared dataset has no row; for on_empty. The name of the first such one.
  engine::Result<std::optional<std::string>> FirstEmptyDataset();

  assertions::Report& report() { return report_; }
  std::vector<LogLine>& log() { return log_; }
  std::map<std::string, DatasetFacts>& facts() { return facts_; }
  const MadeUpRows* made_up() const { return made_up_; }
  const JsonMembers& params() const { return params_; }
  // An error that must be raised again now that the guest has been unwound; null if there is none.
  ErrorData* rethrown() const { return failure_.rethrown; }

 private:
  engine::Result<assertions::RowScan> Read(std::string_view dataset,
                                           const assertions::RowBudget& budget,
                                           bool (*ended_holds)(uint64_t, const void*),
                                           const void* argument) override;
  engine::Result<assertions::RowComparison> Compare(std::string_view left,
                                                    std::string_view right) override;

  // The declared dataset that a guest means by `name`; an Error if it is not declared or does not
  // exist.
  engine::Result<const Dataset*> Find(std::string_view name);
  const JsonMembers& ParamsOf(const Dataset& dataset) const;
  // Loads the declared datasets and whether they may be read, once.
  engine::Result<void> LoadDeclared();
  engine::Result<void> ScanWith(const Dataset& dataset, RowVisitor& visitor, bool first_rows);
  engine::Result<bool> Decide(engine::Result<assertions::Assertion> assertion);
  template <typename Function>
  engine::Result<void> Guarded(Function&& function);

  const CheckerDefinition& checker_;
  JsonMembers params_;
  Deadline& deadline_;
  MadeUpRows* made_up_;
  ScanFailure failure_;
  assertions::Report report_;
  std::vector<LogLine> log_;
  uint64_t log_bytes_ = 0;
  std::map<std::string, DatasetFacts> facts_;
  std::vector<ObjectName> declared_;
  std::vector<std::optional<Dataset>> datasets_;
  std::vector<bool> readable_;  // by the checker's owner; as long as datasets_
  std::vector<JsonMembers> dataset_params_;
  bool loaded_ = false;
};

}  // namespace pg_checker::postgres
