#include "postgres/rules/rule_check.hpp"

#include <algorithm>

#include "assertions/rules/vocabulary.hpp"
#include "postgres/error_bridge.hpp"
#include "postgres/rules/rule_faults.hpp"
#include "postgres/rules/rule_sql.hpp"
#include "postgres/rules/shape_asserts.hpp"
#include "postgres/rules/sql_text.hpp"

namespace pg_checker::postgres {

using assertions::rules::Assert;
using assertions::rules::Bound;
using assertions::rules::Fault;
using assertions::rules::Name;
using assertions::rules::Place;
using assertions::rules::Rule;

namespace {

struct CheckedDataset {
  Dataset dataset;
  DescribedDataset described;
};

class RuleCheck {
 public:
  RuleCheck(const std::string& source, const ProgramSite& site) : source_(source), site_(site) {}

  void Check(const Rule& rule) {
    const CheckedDataset& own = Find(rule.dataset);
    SqlSource source{"(" + own.described.statement + "\n)", own.described.columns};
    SqlSite sql{source, {}, 0};
    if (rule.other) sql.others[rule.other->text] = Shape(Find(*rule.other));
    if (rule.metric.percent_of) Find(*rule.metric.percent_of);
    RuleQuery query(sql, rule.assertion == Assert::kIncreasing);
    auto columns = query.Add(rule);
    if (!columns) ThrowFault(site_.checker, source_, columns.fault());
    const Place& place = rule.fail ? rule.fail->place : rule.warn->place;
    const auto analyzed = Analyze(SiteOf(own), query.Text(std::nullopt));
    if (!analyzed) RefuseOperand(rule, own, analyzed.error(), place);
    CheckOperands(rule, own);
  }

 private:
  AnswerSite SiteOf(const CheckedDataset& checked) {
    return {checked.dataset, checked.dataset.params, nullptr, failure_};
  }

  // A query that has the columns of the dataset, and no rows.
  static SqlSource Shape(const CheckedDataset& checked) {
    std::string columns;
    for (const ColumnFacts& column : checked.described.columns) {
      columns += (columns.empty() ? "NULL::" : ", NULL::") + column.base_name + " AS " +
                 SqlIdentifier(column.name);
    }
    return {"(SELECT " + columns + ")", checked.described.columns};
  }

  const CheckedDataset& Find(const Name& name) {
    const auto parsed = ParseObjectName(name.text);
    const auto& declared = site_.datasets;
    if (!parsed ||
        std::find(declared.begin(), declared.end(), parsed->Qualified()) == declared.end()) {
      std::string list;
      for (const std::string& one : declared) list += (list.empty() ? "" : ", ") + one;
      ThrowFault(site_.checker, source_,
                 {name.place.path, "dataset \"" + name.text + "\" is not declared",
                  "Name it in the datasets of create_checker" +
                      (list.empty() ? "." : ", which are " + list + "."),
                  "22023", name.place.offset});
    }
    auto found = datasets_.find(parsed->Qualified());
    if (found == datasets_.end()) {
      CheckedDataset checked{
          site_.made_up != nullptr ? site_.made_up->Of(*parsed) : RequireDataset(*parsed), {}};
      auto described = Describe(SiteOf(checked));
      Require(described ? engine::Result<void>() : described.error(), name.place);
      checked.described = std::move(*described);
      found = datasets_.emplace(parsed->Qualified(), std::move(checked)).first;
    }
    return found->second;
  }

  // What only a run would read: patterns, intervals, names of types.
  void CheckOperands(const Rule& rule, const CheckedDataset& own) {
    for (const auto* bound : {&rule.fail, &rule.warn, &rule.recover}) {
      if (!*bound) continue;
      if (rule.assertion == Assert::kMatches) {
        Require(Try(SiteOf(own),
                    "SELECT '' OPERATOR(pg_catalog.~) " + SqlText((*bound)->operand->text)),
                (*bound)->place);
      } else if (rule.assertion == Assert::kTypeIs || rule.assertion == Assert::kSchemaIs) {
        auto types = ResolveTypes(SiteOf(own), TypeNames(rule, **bound));
        Require(types ? engine::Result<void>() : types.error(), (*bound)->place);
      }
    }
    if (rule.metric.change && rule.metric.change->interval) {
      const Name& interval = *rule.metric.change->interval;
      Require(Try(SiteOf(own), "SELECT pg_catalog.interval " + SqlText(interval.text)),
              interval.place);
    }
  }

  // What PostgreSQL has against a value, or against holding two columns against each other.
  void RefuseOperand(const Rule& rule, const CheckedDataset& own, const engine::Error& error,
                     const Place& place) {
    if (failure_.rethrown != nullptr) throw PostgresError(failure_.rethrown);
    std::string what = "the number of rows";
    for (const ColumnFacts& column : own.described.columns) {
      if (!rule.columns.empty() && column.name == rule.columns[0].text)
        what = "column \"" + column.name + "\" of type " + column.type_name;
    }
    const bool by_column = rule.other || !rule.other_columns.empty();
    ThrowFault(
        site_.checker, source_,
        {place.path,
         what +
             (by_column ? " cannot be held against the other column: "
                        : " cannot be held against this value: ") +
             WithoutPrefix(own, error.message),
         by_column ? "Cast one of them in the dataset's query."
                   : "Give numbers as numbers, true or false as such, and values of all other "
                     "types as text.",
         error.sqlstate, place.offset});
  }

  // The server's own words, without what the fault says already.
  static std::string WithoutPrefix(const CheckedDataset& own, std::string message) {
    const std::string prefix = "dataset \"" + own.dataset.name.Qualified() + "\": ";
    if (message.starts_with(prefix)) message.erase(0, prefix.size());
    constexpr std::string_view kSchema = "pg_catalog.";
    const size_t schema = message.find(kSchema);
    if (schema != std::string::npos) message.erase(schema, kSchema.size());
    return message;
  }

  void Require(const engine::Result<void>& result, const Place& place) {
    if (result) return;
    if (failure_.rethrown != nullptr) throw PostgresError(failure_.rethrown);
    const engine::Error& error = result.error();
    ThrowFault(site_.checker, source_,
               {place.path, error.message, error.hint, error.sqlstate, place.offset});
  }

  const std::string& source_;
  const ProgramSite& site_;
  ScanFailure failure_;
  std::map<std::string, CheckedDataset> datasets_;
};

}  // namespace

void CheckRules(const std::vector<Rule>& rules, const std::string& source,
                const ProgramSite& site) {
  RuleCheck check(source, site);
  for (const Rule& rule : rules) check.Check(rule);
}

}  // namespace pg_checker::postgres
