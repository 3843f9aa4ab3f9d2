#include "postgres/rules/rule_run.hpp"

#include <algorithm>
#include <charconv>

#include "assertions/row_count.hpp"
#include "assertions/rules/vocabulary.hpp"
#include "postgres/error_bridge.hpp"
#include "postgres/row_comparison.hpp"
#include "postgres/rules/metric_history.hpp"
#include "postgres/rules/rule_faults.hpp"
#include "postgres/rules/rule_sql.hpp"
#include "postgres/rules/sample_rights.hpp"
#include "postgres/rules/shape_asserts.hpp"
#include "postgres/settings.hpp"

namespace pg_checker::postgres {

using assertions::rules::Assert;
using assertions::rules::Bound;
using assertions::rules::Change;
using assertions::rules::Comparison;
using assertions::rules::JsonValue;
using assertions::rules::Metric;
using assertions::rules::Rule;
using assertions::rules::Subject;
using engine::Error;
using engine::Result;

namespace {

constexpr const char* kOwnRows = "\"checker rows\"";

// One dataset with the rules on it.
struct Group {
  explicit Group(const PortalSurroundings& around) : surroundings(around) {}
  PortalSurroundings surroundings;
  std::vector<size_t> rules;
  bool spooled = false;  // its rows are needed beside its own query
  Spool spool;
  std::string statement;
  DatasetFindings findings;
};

bool IsRowCount(const Rule& rule) {
  return FactsOf(rule.assertion).subject == Subject::kMetric &&
         rule.metric.kind == Metric::Kind::kRowCount && !rule.metric.change;
}

engine::RowCountOperator OperatorOf(Comparison comparison) {
  static constexpr engine::RowCountOperator kOperators[] = {
      engine::RowCountOperator::kEqual,   engine::RowCountOperator::kNotEqual,
      engine::RowCountOperator::kLess,    engine::RowCountOperator::kAtMost,
      engine::RowCountOperator::kGreater, engine::RowCountOperator::kAtLeast};
  return kOperators[static_cast<size_t>(comparison)];
}

// Rows to read for a bound on their number; nothing if that is all of them.
std::optional<uint64_t> RowsNeeded(const Rule& rule, const Bound& bound) {
  const auto needed = [](engine::RowCountOperator op,
                         const JsonValue* operand) -> std::optional<uint64_t> {
    int64_t limit = 0;
    if (operand != nullptr) {
      const char* end = operand->text.data() + operand->text.size();
      const auto read = std::from_chars(operand->text.data(), end, limit);
      if (operand->kind != JsonValue::Kind::kNumber || read.ec != std::errc() || read.ptr != end)
        return std::nullopt;
    }
    const assertions::RowBudget budget =
        assertions::RowCountBudget(op, limit, static_cast<uint64_t>(settings.count_limit));
    // A failing count goes on, so that it says something.
    if (budget.enough_holds) return budget.decide_at;
    return std::max(budget.decide_at, budget.count_to);
  };
  if (rule.assertion == Assert::kBetween) {
    const auto low = needed(engine::RowCountOperator::kAtLeast, &bound.operand->items[0]);
    const auto high = needed(engine::RowCountOperator::kAtMost, &bound.operand->items[1]);
    if (!low || !high) return std::nullopt;
    return std::max(*low, *high);
  }
  return needed(OperatorOf(rule.comparison), bound.operand ? &*bound.operand : nullptr);
}

class RuleRun {
 public:
  RuleRun(const std::vector<Rule>& rules, const ProgramRun& run)
      : rules_(rules), run_(run), columns_(rules.size()) {}

  Result<void> Run() {
    for (auto step :
         {&RuleRun::Gather, &RuleRun::ReadSpools, &RuleRun::AskAll, &RuleRun::JudgeAll}) {
      auto done = (this->*step)();
      if (!done) return done.error();
    }
    return {};
  }

 private:
  Result<Group*> GroupOf(const std::string& name) {
    auto surroundings = run_.host.Surroundings(name);
    if (!surroundings) return surroundings.error();
    const std::string key = surroundings->dataset.name.Qualified();
    auto found = groups_.find(key);
    if (found == groups_.end()) {
      found = groups_.emplace(key, std::make_unique<Group>(*surroundings)).first;
      order_.push_back(found->second.get());
    }
    return found->second.get();
  }

  static AnswerSite SiteOf(const Group& group) {
    const PortalSurroundings& around = group.surroundings;
    return {around.dataset, around.params, &around.deadline, around.failure};
  }

  Result<void> Gather() {
    for (size_t i = 0; i < rules_.size(); i++) {
      const Rule& rule = rules_[i];
      auto own = GroupOf(rule.dataset.text);
      if (!own) return own.error();
      (*own)->rules.push_back(i);
      group_of_.push_back(*own);
      const auto& partner = rule.other ? rule.other : rule.metric.percent_of;
      if (!partner) {
        partner_of_.push_back(nullptr);
        continue;
      }
      auto other = GroupOf(partner->text);
      if (!other) return other.error();
      partner_of_.push_back(*other);
      if (rule.other) (*other)->spooled = true;
      if (rule.assertion == Assert::kSameRows) (*own)->spooled = true;
    }
    return {};
  }

  Result<void> ReadSpools() {
    for (Group* group : order_) {
      if (!group->spooled) continue;
      const PortalSurroundings& around = group->surroundings;
      auto scanned = Scan(around.dataset, {&around.params, false}, group->spool, &around.deadline,
                          &around.failure);
      if (!scanned) return scanned.error();
      group->findings.rows = group->spool.rows();
    }
    return {};
  }

  Result<void> AskAll() {
    for (Group* group : order_) {
      auto described = DescribeGroup(*group);
      if (!described) return described.error();
    }
    for (Group* group : order_) {
      auto asked = AskGroup(*group);
      if (!asked) return asked.error();
      DatasetFacts& facts = group->surroundings.facts;
      facts.rows = group->findings.rows;
      facts.exact = group->findings.exact;
    }
    return {};
  }

  Result<void> DescribeGroup(Group& group) {
    if (group.spooled) {
      group.findings.columns = ReadColumnFacts(group.spool.columns());
      return {};
    }
    auto described = Describe(SiteOf(group));
    if (!described) return described.error();
    group.statement = std::move(described->statement);
    group.findings.columns = std::move(described->columns);
    return {};
  }

  // Whether the dataset's query has anything to answer; an own count is one, for percentages.
  bool NeedsQuery(const Group& group) const {
    if (!group.spooled) return true;
    return std::any_of(group.rules.begin(), group.rules.end(),
                       [&](size_t i) { return rules_[i].assertion != Assert::kSameRows; });
  }

  // How many rows decide all rules of the dataset; nothing if that takes all of them.
  std::optional<uint64_t> RowLimit(const Group& group) const {
    uint64_t limit = 0;
    const bool wanted_elsewhere =
        std::find(partner_of_.begin(), partner_of_.end(), &group) != partner_of_.end();
    if (wanted_elsewhere || group.rules.empty()) return std::nullopt;
    for (const size_t i : group.rules) {
      const Rule& rule = rules_[i];
      if (!IsRowCount(rule)) return std::nullopt;
      for (const auto* bound : {&rule.fail, &rule.warn, &rule.recover}) {
        if (!*bound) continue;
        const auto needed = RowsNeeded(rule, **bound);
        if (!needed) return std::nullopt;
        limit = std::max(limit, *needed);
      }
    }
    return limit;
  }

  Result<void> AskGroup(Group& group) {
    if (!NeedsQuery(group)) return {};
    const Dataset& dataset = group.surroundings.dataset;
    SqlSource source{group.spooled ? kOwnRows : "(" + group.statement + "\n)",
                     group.findings.columns};
    SqlSite site{source, {}, MaySampleRows(dataset.owner) ? run_.host.MaxSamples() : 0};
    std::vector<NamedSpool> spools;
    if (group.spooled) spools.push_back({"checker rows", &group.spool});
    for (const size_t i : group.rules) {
      if (rules_[i].assertion != Assert::kReferences) continue;
      const std::string& name = rules_[i].other->text;
      if (site.others.count(name) > 0) continue;
      const std::string relation = "checker rows " + std::to_string(spools.size() + 1);
      spools.push_back({relation, &partner_of_[i]->spool});
      site.others[name] = {"\"" + relation + "\"", partner_of_[i]->findings.columns};
    }
    const bool in_order = std::any_of(group.rules.begin(), group.rules.end(), [&](size_t i) {
      return rules_[i].assertion == Assert::kIncreasing;
    });
    RuleQuery query(site, in_order);
    for (const size_t i : group.rules) {
      auto columns = query.Add(rules_[i]);
      if (!columns) return RuleError(columns.fault());
      columns_[i] = *columns;
    }
    const std::optional<uint64_t> limit = RowLimit(group);
    if (limit) ShowRows(query, group);
    auto answers = Ask(SiteOf(group), query.Text(limit), spools);
    if (!answers) return answers.error();
    group.findings.answers = std::move(*answers);
    group.findings.rows = std::stoull(group.findings.answers[0].value_or("0"));
    group.findings.exact = !limit || group.findings.rows < *limit;
    return {};
  }

  // Where few rows are read, the first of them are worth showing.
  void ShowRows(RuleQuery& query, const Group& group) {
    const int column = query.AddFirstRows();
    for (const size_t i : group.rules) columns_[i].sample = column;
  }

  Result<void> JudgeAll() {
    for (size_t i = 0; i < rules_.size(); i++) {
      const Rule& rule = rules_[i];
      const bool recovering =
          rule.recover && has_history_ &&
          FailedLastTime(run_.checker.id, run_.checker.version, static_cast<int>(i) + 1);
      auto findings = Find(i, recovering);
      if (!findings) return findings.error();
      assertions::Assertion assertion = Judge(rule, std::move(*findings), recovering);
      if (assertion.sample) {
        DatasetFacts& facts = group_of_[i]->surroundings.facts;
        if (!facts.sample) facts.sample = assertion.sample;
      }
      auto added = run_.host.report().Add(std::move(assertion));
      if (!added) return added.error();
    }
    return {};
  }

  Result<Findings> Find(size_t i, bool recovering) {
    const Rule& rule = rules_[i];
    const DatasetFindings& findings = group_of_[i]->findings;
    if (rule.assertion == Assert::kSameRows) return FindSameRows(i, recovering);
    if (rule.assertion == Assert::kTypeIs || rule.assertion == Assert::kSchemaIs)
      return FindInShape(rule, SiteOf(*group_of_[i]), findings.columns, recovering);
    if (rule.metric.kind != Metric::Kind::kPercentOf && !rule.metric.change)
      return FindInAnswers(rule, columns_[i], findings, recovering);
    const std::optional<std::string> number = NumberOf(i);
    const std::string label = MetricLabel(rule);
    std::optional<std::string> judged = number;
    std::string actual = number.value_or("null");
    if (rule.metric.change && number) {
      judged = has_history_ ? ChangeSince(run_.checker.id, label, *rule.metric.change,
                                          GetCurrentTransactionStartTimestamp(), *number)
                            : std::nullopt;
      actual = judged ? *judged + " (now " + *number + ")"
                      : "no earlier run to compare with (now " + *number + ")";
    }
    Findings found = FindByNumber(rule, judged, actual, recovering);
    found.label = label;
    found.value = number;
    return found;
  }

  // The metric, before any change of it is looked at.
  std::optional<std::string> NumberOf(size_t i) const {
    const DatasetFindings& findings = group_of_[i]->findings;
    if (rules_[i].metric.kind == Metric::Kind::kPercentOf) {
      return PercentOf(std::to_string(findings.rows),
                       std::to_string(partner_of_[i]->findings.rows));
    }
    return findings.answers[static_cast<size_t>(columns_[i].number)];
  }

  Result<Findings> FindSameRows(size_t i, bool recovering) {
    const auto side = [](Group& group) {
      return ComparedSide{
          group.surroundings.dataset.name.Qualified(), [&group](RowVisitor& visitor) {
            return InDatasetSection(group.surroundings.dataset, &group.surroundings.params,
                                    &group.surroundings.deadline, &group.surroundings.failure,
                                    [&] { group.spool.Replay(visitor); });
          }};
    };
    auto comparison = CompareRows(side(*group_of_[i]), side(*partner_of_[i]), NewRowShape(),
                                  static_cast<size_t>(run_.host.MaxSamples()));
    if (!comparison) return comparison.error();
    if (!comparison->comparable) {
      // Other columns: every row differs, and nothing is to be tolerated.
      Findings findings = FindByCount(rules_[i], 0, 0, "other columns", std::nullopt, recovering);
      if (findings.fail) findings.fail->holds = false;
      if (findings.warn) findings.warn->holds = false;
      return findings;
    }
    const std::string actual = std::to_string(comparison->differences) + " differing rows (" +
                               std::to_string(comparison->left_rows) + " against " +
                               std::to_string(comparison->right_rows) + ")";
    return FindByCount(rules_[i], comparison->differences, comparison->left_rows, actual,
                       std::move(comparison->sample), recovering);
  }

  const std::vector<Rule>& rules_;
  const ProgramRun& run_;
  // Made-up rows have none: what was recorded is of real ones.
  const bool has_history_ = run_.host.made_up() == nullptr;
  std::map<std::string, std::unique_ptr<Group>> groups_;
  std::vector<Group*> order_;
  // For each rule: its dataset, the other one that it names, and its place among the answers.
  std::vector<Group*> group_of_;
  std::vector<Group*> partner_of_;
  std::vector<RuleColumns> columns_;
};

}  // namespace

Result<void> RunRules(const std::vector<Rule>& rules, const ProgramRun& run) {
  return RuleRun(rules, run).Run();
}

}  // namespace pg_checker::postgres
