#include "postgres/run_host.hpp"

#include <algorithm>

#include "assertions/failing_rows.hpp"
#include "assertions/row_count.hpp"
#include "assertions/row_equality.hpp"
#include "engine/utf8.hpp"
#include "postgres/business_day.hpp"
#include "postgres/csv.hpp"
#include "postgres/dataset_portal.hpp"
#include "postgres/error_bridge.hpp"
#include "postgres/identity.hpp"
#include "postgres/row_comparison.hpp"
#include "postgres/row_count_visitor.hpp"
#include "postgres/settings.hpp"

namespace pg_checker::postgres {

using assertions::Assertion;
using assertions::Status;
using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

// µs between 1970-01-01 and 2000-01-01, PostgreSQL's epoch.
constexpr int64_t kUnixToPostgres = (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY;

// A run's log is kept in its row: bounded like its output.
constexpr uint64_t kLogLineOverhead = 16;

constexpr std::string_view kLevelNames[] = {"debug", "info", "warning", "error"};

}  // namespace

RunHost::RunHost(const CheckerDefinition& checker, JsonMembers params, Deadline& deadline,
                 MadeUpRows* made_up)
    : checker_(checker),
      params_(std::move(params)),
      deadline_(deadline),
      made_up_(made_up),
      report_(static_cast<size_t>(settings.max_assertions)) {
  for (const std::string& name : checker.datasets) {
    if (auto parsed = ParseObjectName(name)) declared_.push_back(*parsed);
  }
}

// Calls PostgreSQL outside of a dataset's scan: an error there is not the checker's, and ends the
// run.
template <typename Function>
Result<void> RunHost::Guarded(Function&& function) {
  ErrorData* error = nullptr;
  try {
    error = CatchIn(function);
  } catch (const PostgresError& thrown) {
    error = thrown.data();
  }
  // A query in it may have taken the interrupt that came with the deadline for one without a
  // request: the guest has to meet it.
  if (deadline_.passed()) InterruptPending = true;
  if (error == nullptr) return {};
  failure_.rethrown = error;
  return Error{ErrorKind::kStopped, error->message};
}

Result<void> RunHost::Continue() {
  if (deadline_.passed()) {
    return Error{ErrorKind::kTimeout, "the time limit of the checker is used up", "",
                 "Make the checker do less, or raise its timeout or checker.timeout."};
  }
  if (!InterruptPending) return {};
  return Guarded([] { CHECK_FOR_INTERRUPTS(); });
}

const volatile int* RunHost::StopFlag() const { return &InterruptPending; }

Result<void> RunHost::Record(engine::Outcome outcome, std::string_view message) {
  Assertion assertion;
  switch (outcome) {
    case engine::Outcome::kFail:
      assertion.outcome = Status::kFail;
      break;
    case engine::Outcome::kWarn:
      assertion.outcome = Status::kWarn;
      break;
    case engine::Outcome::kSucceed:
      assertion.outcome = Status::kOk;
      break;
  }
  assertion.message = std::string(message);
  return report_.Add(std::move(assertion));
}

Result<void> RunHost::LoadDeclared() {
  if (loaded_) return {};
  auto loaded = Guarded([&] {
    if (made_up_ == nullptr) {
      datasets_ = LoadDatasets(declared_);
    } else {
      for (const ObjectName& name : declared_) datasets_.emplace_back(made_up_->Of(name));
    }
  });
  if (!loaded) return loaded.error();
  // Who dropped a dataset, or left its owner's role, must not read what has that name since.
  auto checked = Guarded([&] {
    for (const auto& dataset : datasets_) {
      readable_.push_back(made_up_ != nullptr ||
                          (dataset && MayActFor(checker_.owned_by, dataset->owner)));
    }
  });
  if (!checked) return checked.error();
  loaded_ = true;
  for (const auto& dataset : datasets_) {
    dataset_params_.push_back(dataset ? MergeParams(dataset->params, params_) : JsonMembers());
  }
  return {};
}

Result<const Dataset*> RunHost::Find(std::string_view name) {
  auto loaded = LoadDeclared();
  if (!loaded) return loaded.error();
  const auto wanted = ParseObjectName(name);
  for (size_t i = 0; wanted && i < declared_.size(); i++) {
    if (!(declared_[i] == *wanted)) continue;
    if (readable_[i]) {
      std::optional<Error> ownerless;
      auto looked = Guarded([&] { ownerless = WithoutOwner(*datasets_[i]); });
      if (!looked) return looked.error();
      if (ownerless) return *ownerless;
      return &*datasets_[i];
    }
    if (datasets_[i]) {
      return Error{
          ErrorKind::kDataset, "permission denied for dataset \"" + wanted->Qualified() + "\"", "",
          "The checker's owner must be a member of the role that owns the dataset.", "42501"};
    }
    return Error{ErrorKind::kDataset, "dataset \"" + wanted->Qualified() + "\" does not exist", "",
                 "Create it again, or replace the checker by one that does not read it.", "42704"};
  }
  std::string list;
  for (const ObjectName& declared : declared_)
    list += (list.empty() ? "" : ", ") + declared.Qualified();
  return Error{ErrorKind::kUndeclared,
               "the checker did not declare dataset \"" + engine::Shortened(name, 200) + "\"",
               list.empty() ? "It declares none." : "It declares: " + list + ".",
               "Name it in the datasets of create_checker."};
}

const JsonMembers& RunHost::ParamsOf(const Dataset& dataset) const {
  const auto index = std::find_if(datasets_.begin(), datasets_.end(),
                                  [&](const auto& d) { return d && &*d == &dataset; }) -
                     datasets_.begin();
  return dataset_params_[index];
}

Result<void> RunHost::ScanWith(const Dataset& dataset, RowVisitor& visitor, bool first_rows) {
  return Scan(dataset, {&ParamsOf(dataset), first_rows}, visitor, &deadline_, &failure_);
}

Result<std::string> RunHost::DatasetCsv(std::string_view name, uint64_t limit_bytes) {
  auto dataset = Find(name);
  if (!dataset) return dataset.error();
  CsvVisitor visitor(limit_bytes);
  auto scanned = ScanWith(**dataset, visitor, false);
  if (!scanned) return scanned.error();
  if (visitor.over_limit()) {
    return Error{
        ErrorKind::kMemory,
        "dataset \"" + (*dataset)->name.Qualified() + "\" does not fit into the guest's memory",
        "As CSV it is longer than the " + std::to_string(limit_bytes) + " bytes that are left.",
        "Let the host decide with assert_*, make the query return less, or raise memory_limit."};
  }
  DatasetFacts& facts = facts_[(*dataset)->name.Qualified()];
  facts.rows = visitor.rows();
  facts.exact = true;
  return visitor.Take();
}

Result<PortalSurroundings> RunHost::Surroundings(std::string_view name) {
  auto dataset = Find(name);
  if (!dataset) return dataset.error();
  const Dataset& found = **dataset;
  return PortalSurroundings{found, ParamsOf(found), deadline_, failure_,
                            facts_[found.name.Qualified()]};
}

Result<std::unique_ptr<engine::DatasetReader>> RunHost::OpenDataset(std::string_view name) {
  auto surroundings = Surroundings(name);
  if (!surroundings) return surroundings.error();
  return DatasetPortal::Open(*surroundings);
}

int RunHost::MaxSamples() const { return checker_.max_samples.value_or(settings.max_samples); }

Result<assertions::RowScan> RunHost::Read(std::string_view name,
                                          const assertions::RowBudget& budget,
                                          bool (*ended_holds)(uint64_t, const void*),
                                          const void* argument) {
  auto dataset = Find(name);
  if (!dataset) return dataset.error();
  if (budget.decide_at == 0 && budget.enough_holds) return assertions::RowScan{};
  RowCountVisitor visitor(budget, ended_holds, argument, MaxSamples());
  auto scanned = ScanWith(**dataset, visitor, true);
  if (!scanned) return scanned.error();
  DatasetFacts& facts = facts_[(*dataset)->name.Qualified()];
  if (visitor.scan().rows >= facts.rows) {
    facts.rows = visitor.scan().rows;
    facts.exact = visitor.scan().ended;
  }
  if (visitor.scan().sample) facts.sample = visitor.scan().sample;
  return std::move(visitor.scan());
}

Result<void> RunHost::FailOnRows(const Dataset& query) {
  std::optional<Error> ownerless;
  auto looked = Guarded([&] { ownerless = WithoutOwner(query); });
  if (!looked) return looked.error();
  if (ownerless) return *ownerless;
  const assertions::RowBudget budget = {1, false, static_cast<uint64_t>(settings.count_limit)};
  RowCountVisitor visitor(
      budget, [](uint64_t, const void*) { return true; }, nullptr, MaxSamples());
  auto scanned = Scan(query, {&params_, true}, visitor, &deadline_, &failure_);
  if (!scanned) return scanned.error();
  assertions::RowScan& scan = visitor.scan();
  facts_[query.name.Qualified()] = {scan.rows, scan.ended, scan.sample};
  return report_.Add(assertions::EachRowFails(std::move(scan)),
                     static_cast<int>(std::max<uint64_t>(scan.rows, 1)));
}

Result<assertions::RowComparison> RunHost::Compare(std::string_view left, std::string_view right) {
  auto left_dataset = Find(left);
  if (!left_dataset) return left_dataset.error();
  auto right_dataset = Find(right);
  if (!right_dataset) return right_dataset.error();
  const auto side = [&](const Dataset& dataset) {
    return ComparedSide{dataset.name.Qualified(), [this, &dataset](RowVisitor& visitor) {
                          return ScanWith(dataset, visitor, false);
                        }};
  };
  RowShape shape;
  auto keyed = Guarded([&] { shape = NewRowShape(); });
  if (!keyed) return keyed.error();
  auto comparison = CompareRows(side(**left_dataset), side(**right_dataset), shape,
                                static_cast<size_t>(MaxSamples()));
  if (!comparison || !comparison->comparable) return comparison;
  const auto note = [&](const Dataset& dataset, uint64_t rows) {
    DatasetFacts& facts = facts_[dataset.name.Qualified()];
    facts.rows = rows;
    facts.exact = true;
  };
  note(**left_dataset, comparison->left_rows);
  note(**right_dataset, comparison->right_rows);
  return comparison;
}

Result<bool> RunHost::Decide(Result<Assertion> assertion) {
  if (!assertion) return assertion.error();
  const bool holds = assertion->outcome == Status::kOk;
  auto added = report_.Add(std::move(*assertion));
  if (!added) return added.error();
  return holds;
}

Result<bool> RunHost::AssertEmpty(std::string_view dataset, std::string_view message) {
  return AssertRowCount(dataset, engine::RowCountOperator::kEqual, 0, message);
}

Result<bool> RunHost::AssertNotEmpty(std::string_view dataset, std::string_view message) {
  return AssertRowCount(dataset, engine::RowCountOperator::kGreater, 0, message);
}

Result<bool> RunHost::AssertRowCount(std::string_view dataset, engine::RowCountOperator op,
                                     int64_t limit, std::string_view message) {
  return Decide(assertions::AssertRowCount(*this, dataset, op, limit, message,
                                           static_cast<uint64_t>(settings.count_limit)));
}

Result<bool> RunHost::AssertEqual(std::string_view left, std::string_view right,
                                  std::string_view message) {
  return Decide(assertions::AssertEqual(*this, left, right, message));
}

Result<bool> RunHost::AssertBoolean(bool value, bool expected, std::string_view message) {
  Assertion assertion;
  assertion.outcome = value == expected ? Status::kOk : Status::kFail;
  assertion.message = std::string(message);
  assertion.expected = expected ? "true" : "false";
  assertion.actual = value ? "true" : "false";
  return Decide(std::move(assertion));
}

Result<bool> RunHost::AssertComparison(bool holds, const engine::Comparison& comparison,
                                       std::string_view message) {
  Assertion assertion;
  assertion.outcome = holds ? Status::kOk : Status::kFail;
  assertion.message = std::string(message);
  assertion.expected = comparison.expected;
  assertion.actual = comparison.actual;
  return Decide(std::move(assertion));
}

int64_t RunHost::NowMicroseconds() {
  return GetCurrentTransactionStartTimestamp() + kUnixToPostgres;
}

Result<bool> RunHost::BusinessDay() {
  bool business = false;
  auto asked = Guarded(
      [&] { business = IsBusinessDay(GetCurrentTransactionStartTimestamp(), checker_.time_zone); });
  if (!asked) return asked.error();
  return business;
}

std::optional<std::string> RunHost::Param(std::string_view name) {
  auto found = params_.find(std::string(name));
  if (found == params_.end()) return std::nullopt;
  return found->second;
}

Result<void> RunHost::Log(engine::LogLevel level, std::string_view text) {
  const auto index = static_cast<size_t>(level);
  log_bytes_ += text.size() + kLogLineOverhead;
  if (log_bytes_ > static_cast<uint64_t>(settings.output_limit_kb) * 1024) {
    return Error{ErrorKind::kOutput,
                 "the log is over the limit of " + std::to_string(settings.output_limit_kb) + " kB",
                 "", "Log less, or raise checker.output_limit."};
  }
  log_.push_back({std::string(kLevelNames[index]), std::string(text)});
  if (static_cast<int>(index) < settings.log_level) return {};
  const std::string line(text);
  const std::string name = checker_.name.Qualified();
  return Guarded([&] {
    ereport(LOG, (errmsg("checker \"%s\": %s", name.c_str(), line.c_str()), errhidestmt(true),
                  errhidecontext(true)));
  });
}

Result<std::optional<std::string>> RunHost::FirstEmptyDataset() {
  for (const ObjectName& name : declared_) {
    const std::string qualified = name.Qualified();
    auto known = facts_.find(qualified);
    if (known != facts_.end() && known->second.rows > 0) continue;
    if (known != facts_.end() && known->second.exact) return std::optional<std::string>(qualified);
    auto scan = Read(
        qualified, {1, true, 1}, [](uint64_t, const void*) { return true; }, nullptr);
    if (!scan) return scan.error();
    if (scan->rows == 0) return std::optional<std::string>(qualified);
  }
  return std::optional<std::string>();
}

}  // namespace pg_checker::postgres
