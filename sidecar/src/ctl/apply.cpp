#include "ctl/apply.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

#include "ctl/case_report.hpp"
#include "ctl/commands.hpp"
#include "ctl/creation.hpp"
#include "ctl/plan.hpp"
#include "ctl/trial.hpp"

namespace pg_checker::ctl {
namespace {

using definitions::Definitions;

// Two applies at once would each see the other's work half done.
constexpr const char* kOneAtATime = "SELECT pg_catalog.pg_advisory_xact_lock(7021563908817211)";

// The transaction in which everything is done, and so found out. The server itself says what is the
// same, since only it knows that '60 s' is an interval of 00:01:00: each object is created,
// compared with what was there, and, where nothing has changed, put back by its savepoint.
class Application {
 public:
  Application(Database& database, const Definitions& wanted) : db_(database), wanted_(wanted) {}

  Result<void> Begin() {
    for (const char* statement : {"BEGIN", kOneAtATime}) {
      if (auto done = db_.Execute(statement); !done.ok()) return done;
    }
    for (const ObjectKind kind : {ObjectKind::kDataset, ObjectKind::kChecker}) {
      auto stored = LoadStored(db_, kind, wanted_.namespaces);
      if (!stored.ok()) return stored.failure();
      (kind == ObjectKind::kDataset ? datasets_ : checkers_) = std::move(stored.value());
    }
    return {};
  }

  Result<void> CreateAll() {
    for (const auto& dataset : wanted_.datasets) {
      if (auto done = CreateOne(ObjectKind::kDataset, dataset, datasets_); !done.ok()) return done;
    }
    for (const auto& checker : wanted_.checkers) {
      if (auto done = CreateOne(ObjectKind::kChecker, checker, checkers_); !done.ok()) return done;
    }
    return {};
  }

  // Checkers first, because they use the datasets.
  Result<void> DropOthers() {
    if (auto done = DropOthers(ObjectKind::kChecker, wanted_.checkers, checkers_); !done.ok()) {
      return done;
    }
    return DropOthers(ObjectKind::kDataset, wanted_.datasets, datasets_);
  }

  // Runs the cases of each checker that is new or changed, as it is stored by now.
  Result<std::vector<CaseResult>> Test() {
    std::vector<CaseResult> results;
    for (const auto& checker : wanted_.checkers) {
      const bool is_kept =
          std::any_of(plan_.items.begin(), plan_.items.end(), [&](const PlanItem& item) {
            return item.kind == ObjectKind::kChecker && item.name == checker.name &&
                   item.action == PlanItem::Action::kKeep;
          });
      if (is_kept) continue;
      auto cases = RunStoredCases(db_, checker);
      if (!cases.ok()) return cases.failure();
      for (CaseResult& result : cases.value()) results.push_back(std::move(result));
    }
    return results;
  }

  const Plan& plan() const { return plan_; }

 private:
  using Objects = std::map<std::string, Stored>;

  template <typename Definition>
  Result<void> CreateOne(ObjectKind kind, const Definition& definition, const Objects& before) {
    if (auto done = db_.Execute("SAVEPOINT one"); !done.ok()) return done;
    if (auto done = Create(db_, definition); !done.ok()) return done;
    const auto after = LoadStoredOne(db_, kind, definition.name);
    if (!after.ok()) return after.failure();
    if (!after.value()) {
      return Failure{std::string(KindText(kind)) + " \"" + definition.name +
                         "\" was created and cannot be seen",
                     "", AskForLevel("author")};
    }
    const auto found = before.find(definition.name);
    plan_.items.push_back(
        Compare(kind, definition.name,
                found == before.end() ? std::nullopt : std::optional<Stored>(found->second),
                *after.value()));
    const bool same = plan_.items.back().action == PlanItem::Action::kKeep;
    return db_.Execute(same ? "ROLLBACK TO one; RELEASE one" : "RELEASE one");
  }

  template <typename Definition>
  Result<void> DropOthers(ObjectKind kind, const std::vector<Definition>& wanted,
                          const Objects& before) {
    std::set<std::string> kept;
    for (const Definition& definition : wanted) kept.insert(definition.name);
    const std::string call = kind == ObjectKind::kDataset ? "SELECT checker.drop_dataset($1)"
                                                          : "SELECT checker.drop_checker($1)";
    for (const auto& [name, columns] : before) {
      if (kept.count(name) > 0) continue;
      if (const auto done = db_.Rows(call, {name}); !done.ok()) return done.failure();
      plan_.items.push_back({PlanItem::Action::kDrop, kind, name, {}});
    }
    return {};
  }

  Database& db_;
  const Definitions& wanted_;
  Objects datasets_;  // as they were
  Objects checkers_;
  Plan plan_;
};

Result<void> CarryOut(Application& application, bool prune) {
  if (auto done = application.Begin(); !done.ok()) return done;
  if (auto done = application.CreateAll(); !done.ok()) return done;
  if (prune) return application.DropOthers();
  return {};
}

Result<void> RequireCases(Application& application) {
  const auto results = application.Test();
  if (!results.ok()) return results.failure();
  std::vector<CaseResult> failed;
  for (const CaseResult& result : results.value()) {
    if (!result.passed()) failed.push_back(result);
  }
  if (failed.empty()) return {};
  std::fputs(CasesText(failed).c_str(), stderr);
  return Failure{"test cases failed, so nothing was applied", "",
                 "Mend the checker or its cases; checkerctl test runs them all."};
}

// The connection ends with the command, and the transaction with it, whatever happens here.
void RollBack(Database& database) { static_cast<void>(database.Execute("ROLLBACK")); }

}  // namespace

Result<int> Apply(Database& database, Format format, const Definitions& wanted,
                  const ApplyOptions& options) {
  Application application(database, wanted);
  Result<void> carried_out = CarryOut(application, options.prune);
  if (carried_out.ok() && options.test) carried_out = RequireCases(application);
  if (!carried_out.ok()) {
    RollBack(database);
    return carried_out.failure();
  }
  const Plan& plan = application.plan();
  const bool applies = !options.dry_run && !plan.changes_nothing();
  if (format == Format::kTable) {
    Print(RenderPlan(plan));
    if (plan.changes_nothing()) {
      Print("nothing changed: " + Summary(plan) + "\n");
    } else if (options.dry_run) {
      Print("dry run: " + Summary(plan) + "\n");
    } else {
      Print(Summary(plan) + "\n");
    }
    if (auto flushed = FlushOutput(); !flushed.ok()) {
      RollBack(database);
      return flushed.failure();
    }
  }
  if (!applies) {
    RollBack(database);
  } else if (auto done = database.Execute("COMMIT"); !done.ok()) {
    return done.failure();
  }
  if (format != Format::kTable) {
    Print(RenderDocument(PlanDocument(plan, applies), format));
  } else if (applies) {
    Print("applied\n");
  }
  return kExitOk;
}

Result<int> Diff(Database& database, Format format, const Definitions& wanted, bool prune) {
  Application application(database, wanted);
  const auto done = CarryOut(application, prune);
  RollBack(database);
  if (!done.ok()) return done.failure();
  Plan differences;
  for (const PlanItem& item : application.plan().items) {
    if (item.action != PlanItem::Action::kKeep) differences.items.push_back(item);
  }
  Print(format == Format::kTable ? RenderPlan(differences)
                                 : RenderDocument(PlanDocument(application.plan(), false), format));
  return differences.items.empty() ? kDiffSame : kDiffDifferent;
}

}  // namespace pg_checker::ctl
