#include "import/soda_check.hpp"

#include <regex>
#include <vector>

#include "definitions/sql_text.hpp"
#include "import/column_query.hpp"
#include "import/import.hpp"
#include "import/soda_condition.hpp"
#include "import/soda_structure.hpp"
#include "import/soda_validity.hpp"

namespace pg_checker::import {
namespace {

using definitions::QuoteIdentifier;
using Outcome = std::optional<std::string>;

constexpr std::size_t kLongestCheck = 1000;  // std::regex recurses for each character

std::vector<std::string> Split(const std::string& list) {
  std::vector<std::string> parts;
  static const std::regex part("[^,\\s][^,]*");
  for (std::sregex_iterator at(list.begin(), list.end(), part), end; at != end; ++at) {
    std::string text = at->str();
    text.erase(text.find_last_not_of(" \t\"") + 1);
    text.erase(0, text.find_first_not_of('"'));
    parts.push_back(text);
  }
  return parts;
}

// A metric of the rules, and the dataset that it is of.
struct Measured {
  std::string dataset;
  Value metric;
};

class Check {
 public:
  Check(const std::string& check, const Value& config, Target target, const std::string& schema,
        Suite& suite)
      : check_(check), config_(config), target_(std::move(target)), schema_(schema), suite_(suite) {
    if (const std::string filter = TextArgument(config_, "filter"); !filter.empty()) {
      target_.condition =
          target_.condition.empty() ? filter : "(" + target_.condition + ") AND (" + filter + ")";
    }
    const std::string name = TextArgument(config_, "name");
    message_ = name.empty() ? NameOf(target_.relation) + ": " + check_ : name;
  }

  Outcome Take() {
    if (check_.size() > kLongestCheck) return "it is too long";
    if (target_.condition.find("${") != std::string::npos) return "its filter has a variable";
    std::smatch match;
    if (check_ == "schema") return TakeSodaSchema(config_, target_, suite_);
    if (check_ == "failed rows") return FailedRows();
    static const std::regex reference(
        "values in \\(?([^)]+?)\\)? must (not )?exist in (\\S+) \\(?([^)]+?)\\)?");
    if (std::regex_match(check_, match, reference)) return Reference(match);
    static const std::regex same_count("row_count same as (\\S+)");
    if (std::regex_match(check_, match, same_count)) return SameCount(match[1]);
    static const std::regex fresh("freshness\\s*(?:\\(([^)]+)\\)|using (\\S+))\\s*(.*)");
    if (std::regex_match(check_, match, fresh)) {
      return TakeSodaFreshness(match[1].matched ? match[1] : match[2], match[3], config_, message_,
                               target_, suite_);
    }
    if (check_.starts_with("anomaly") || check_.starts_with("distribution") ||
        check_.starts_with("group")) {
      return "no counterpart";
    }
    static const std::regex change(
        "change(?: (avg) last ([0-9]+))?( percent)? for ([a-z_]+)\\s*(\\(.*?\\))?\\s*(.*)");
    if (std::regex_match(check_, match, change)) return Change(match);
    if (check_.starts_with("change")) return "no counterpart for this kind of change";
    static const std::regex metric("([A-Za-z_][A-Za-z0-9_]*)\\s*(?:\\((.*?)\\))?\\s*(.*)");
    if (std::regex_match(check_, match, metric)) return Metric(match[1], match[2], match[3]);
    return "it is not understood";
  }

 private:
  std::string Rows() { return suite_.Rows(target_.relation, target_.condition); }

  std::string Where(const std::string& condition) const {
    return target_.condition.empty() ? condition
                                     : "(" + target_.condition + ") AND (" + condition + ")";
  }

  // Rows of the table where a condition holds.
  std::string Failing(const std::string& hint, const std::string& condition) {
    return suite_.Query(NameOf(target_.relation) + "_" + hint,
                        "SELECT * FROM " + target_.relation + " WHERE " + Where(condition));
  }

  Outcome FailedRows() {
    std::string query = TextArgument(config_, "fail query");
    const std::string condition = TextArgument(config_, "fail condition");
    if (query.empty() && condition.empty()) return "it has no fail condition and no fail query";
    if (query.empty()) query = "SELECT * FROM " + target_.relation + " WHERE " + Where(condition);
    if (query.find("${") != std::string::npos) return "it has a variable";
    while (!query.empty() && (query.back() == ';' || std::isspace(query.back()) != 0)) {
      query.pop_back();
    }
    const std::string name = TextArgument(config_, "name");
    suite_.AddFailingRows(target_.relation, name.empty() ? "failed_rows" : name, query,
                          name.empty() ? NameOf(target_.relation) + ": no failed rows" : name, {});
    return std::nullopt;
  }

  Outcome Reference(const std::smatch& match) {
    const std::vector<std::string> mine = Split(match[1]);
    const std::vector<std::string> theirs = Split(match[4]);
    if (mine.empty() || mine.size() != theirs.size()) return "its lists differ in length";
    const std::string other = RelationOf(match[3], schema_);
    if (match[2].matched) {
      std::string equal;
      for (std::size_t i = 0; i < mine.size(); ++i) {
        equal += (i > 0 ? " AND " : "") + ("o." + QuoteIdentifier(theirs[i])) + " = t." +
                 QuoteIdentifier(mine[i]);
      }
      const std::string filter =
          target_.condition.empty() ? "" : "(" + target_.condition + ") AND ";
      suite_.AddFailingRows(target_.relation, mine[0] + "_not_in_" + NameOf(other),
                            "SELECT t.* FROM " + target_.relation + " AS t WHERE " + filter +
                                "EXISTS (SELECT FROM " + other + " AS o WHERE " + equal + ")",
                            message_, {});
      return std::nullopt;
    }
    Value rule = RuleOf(Rows(), "references");
    AddColumns(rule, "column", mine);
    rule.Add("other", Value::Text(suite_.Rows(other)));
    AddColumns(rule, "other_column", theirs);
    rule.Add("message", Value::Text(message_));
    suite_.AddRowRule(target_.relation, std::move(rule), {});
    return std::nullopt;
  }

  static void AddColumns(Value& rule, const std::string& key,
                         const std::vector<std::string>& names) {
    std::vector<Value> columns;
    for (const std::string& name : names) columns.push_back(Value::Text(name));
    if (columns.size() == 1) {
      rule.Add(key, columns[0]);
    } else {
      rule.Add(key + "s", Value::List(std::move(columns)));
    }
  }

  Outcome SameCount(const std::string& other) {
    Value arguments = Value::Map();
    arguments.Add("compare_model", Value::Text(RelationOf(other, schema_)));
    return TakeExpectation("equal_rowcount", target_, arguments, {}, suite_);
  }

  Outcome Change(const std::smatch& match) {
    std::string arguments = match[5];
    if (!arguments.empty()) arguments = arguments.substr(1, arguments.size() - 2);
    auto measured = Measure(match[4], Split(arguments));
    if (const auto* why = std::get_if<SodaProblem>(&measured)) return why->why;
    Measured& found = std::get<Measured>(measured);
    Value change = Value::Map();
    change.Add("against", Value::Text("previous run"));
    change.Add("as", Value::Text(match[3].matched ? "percent" : "absolute"));
    if (match[1].matched) change.Add("over", Value::Number(match[2]));
    if (found.metric.is(Value::Kind::kText)) {
      Value metric = Value::Map();
      metric.Add("aggregate", found.metric);
      found.metric = std::move(metric);
    }
    found.metric.Add("change", std::move(change));
    return Conditions(found, match[6]);
  }

  Outcome Metric(const std::string& name, const std::string& list, const std::string& condition) {
    const std::vector<std::string> arguments = Split(list);
    if (const auto rows = ZeroRows(name, arguments, condition)) return *rows;
    auto measured = Measure(name, arguments);
    if (const auto* why = std::get_if<SodaProblem>(&measured)) return why->why;
    return Conditions(std::get<Measured>(measured), condition);
  }

  // "No row may": a rule by column, which also keeps the failing rows. Nothing if the check is of
  // another kind.
  std::optional<Outcome> ZeroRows(const std::string& name,
                                  const std::vector<std::string>& arguments,
                                  const std::string& condition) {
    const auto parsed = ParseSodaCondition(condition);
    if (arguments.empty() || !parsed || parsed->assertion != "equal" || parsed->value.text != "0") {
      return std::nullopt;
    }
    const bool is_missing = name == "missing_count" || name == "missing_percent";
    const bool is_duplicate = name == "duplicate_count" || name == "duplicate_percent";
    if (is_duplicate || (is_missing && !SaysWhatIsMissing())) {
      Value rule = RuleOf(Rows(), is_missing             ? "not_null"
                                  : arguments.size() > 1 ? "unique_together"
                                                         : "unique");
      AddColumns(rule, "column", arguments);
      rule.Add("message", Value::Text(message_));
      suite_.AddRowRule(target_.relation, std::move(rule), {});
      return Outcome();
    }
    const bool is_invalid = name == "invalid_count" || name == "invalid_percent";
    if (!is_missing && !is_invalid) return std::nullopt;
    const auto failing = Invalid(is_missing, arguments[0]);
    if (const auto* why = std::get_if<SodaProblem>(&failing)) return Outcome(why->why);
    suite_.AddFailingRows(
        target_.relation, arguments[0] + (is_missing ? "_missing" : "_invalid"),
        "SELECT * FROM " + target_.relation + " WHERE " + Where(std::get<std::string>(failing)),
        message_, {});
    return Outcome();
  }

  bool SaysWhatIsMissing() const {
    return config_.Find("missing values") != nullptr || config_.Find("missing regex") != nullptr;
  }

  std::variant<std::string, SodaProblem> Invalid(bool is_missing, const std::string& column) const {
    if (is_missing) return MissingCondition(column, config_);
    return InvalidCondition(column, config_);
  }

  std::variant<Measured, SodaProblem> Measure(const std::string& name,
                                              const std::vector<std::string>& arguments) {
    if (name == "row_count") return Measured{Rows(), Value::Text("row_count")};
    const std::string expression = TextArgument(config_, name + " expression");
    const std::string query = TextArgument(config_, name + " query");
    if (!expression.empty() || !query.empty()) return UserMetric(name, expression, query);
    if (arguments.empty()) return SodaProblem{"metric \"" + name + "\" has no counterpart"};
    const std::string& column = arguments[0];
    const auto aggregate = [&](const char* word) {
      Value metric = Value::Map();
      metric.Add("column", Value::Text(column));
      metric.Add("aggregate", Value::Text(word));
      return Measured{Rows(), std::move(metric)};
    };
    for (const char* word : {"avg", "min", "max", "sum", "stddev", "variance", "avg_length",
                             "min_length", "max_length"}) {
      if (name == word) return aggregate(word);
    }
    if (name == "stddev_samp") return aggregate("stddev");
    if (name == "var_samp") return aggregate("variance");
    if (name == "percentile" && arguments.size() == 2) {
      Measured measured = aggregate("quantile");
      measured.metric.Add("quantile", Value::Number(arguments[1]));
      return measured;
    }
    if (name == "missing_count" && !SaysWhatIsMissing()) return aggregate("null_count");
    if (name == "missing_percent" && !SaysWhatIsMissing()) return aggregate("null_percent");
    if (name == "duplicate_count") return Duplicates(arguments);
    return Share(name, column);
  }

  // Values that stand more than once.
  Measured Duplicates(const std::vector<std::string>& columns) {
    std::string list;
    std::string present;
    for (const std::string& column : columns) {
      list += (list.empty() ? "" : ", ") + QuoteIdentifier(column);
      present += (present.empty() ? "" : " AND ") + QuoteIdentifier(column) + " IS NOT NULL";
    }
    return {
        suite_.Query(NameOf(target_.relation) + "_" + columns[0] + "_duplicates",
                     "SELECT " + list + ", count(*) AS rows FROM " + target_.relation + " WHERE " +
                         Where(present) + " GROUP BY " + list + " HAVING count(*) > 1"),
        Value::Text("row_count")};
  }

  // Rows that are missing or invalid, counted or as a share of all.
  std::variant<Measured, SodaProblem> Share(const std::string& name, const std::string& column) {
    const bool is_missing = name.starts_with("missing_");
    const bool is_invalid = name.starts_with("invalid_");
    const bool is_percent = name.ends_with("_percent");
    if ((!is_missing && !is_invalid) || (!is_percent && !name.ends_with("_count"))) {
      return SodaProblem{"metric \"" + name + "\" has no counterpart"};
    }
    const auto failing = Invalid(is_missing, column);
    if (const auto* why = std::get_if<SodaProblem>(&failing)) return *why;
    Measured measured{
        Failing(column + (is_missing ? "_missing" : "_invalid"), std::get<std::string>(failing)),
        Value::Text("row_count")};
    if (is_percent) {
      measured.metric = Value::Map();
      measured.metric.Add("percent_of", Value::Text(Rows()));
    }
    return measured;
  }

  std::variant<Measured, SodaProblem> UserMetric(const std::string& name,
                                                 const std::string& expression, std::string query) {
    if (query.empty()) {
      query = "SELECT " + expression + " AS value FROM " + target_.relation;
      if (!target_.condition.empty()) query += " WHERE " + target_.condition;
    } else {
      return SodaProblem{"a metric that is a query; make it a dataset, and a rule of its value"};
    }
    Value metric = Value::Map();
    metric.Add("column", Value::Text("value"));
    metric.Add("aggregate", Value::Text("max"));
    return Measured{suite_.Query(NameOf(target_.relation) + "_" + name, query), std::move(metric)};
  }

  // Adds rules for the condition behind the metric, or for `warn` and `fail` below the check.
  Outcome Conditions(const Measured& measured, const std::string& condition) {
    std::optional<SodaCondition> fail;
    std::optional<SodaCondition> warn;
    if (!condition.empty()) {
      fail = ParseSodaCondition(condition);
      if (!fail) return "condition \"" + condition + "\" is not understood";
    }
    for (const char* key : {"fail", "warn"}) {
      const Value* const alarm = config_.Find(key);
      if (alarm == nullptr) continue;
      auto& wanted = key[0] == 'f' ? fail : warn;
      wanted = ParseSodaAlarm(alarm->text);
      if (!wanted) return std::string(key) + " \"" + alarm->text + "\" is not understood";
    }
    if (!fail && !warn) return "it has no condition";
    const bool one_rule = fail && warn && fail->assertion == warn->assertion;
    if (fail) {
      Value rule = Rule(measured, fail->assertion);
      rule.Add("value", fail->value);
      if (one_rule) rule.Add("warn_value", warn->value);
      Add(std::move(rule));
    }
    if (warn && !one_rule) {
      Value rule = Rule(measured, warn->assertion);
      rule.Add("warn_value", warn->value);
      Add(std::move(rule));
    }
    return std::nullopt;
  }

  static Value Rule(const Measured& measured, const std::string& assertion) {
    Value rule = RuleOf(measured.dataset, assertion);
    if (!measured.metric.is(Value::Kind::kText)) rule.Add("metric", measured.metric);
    return rule;
  }

  void Add(Value rule) {
    rule.Add("message", Value::Text(message_));
    suite_.AddMetricRule(target_.relation, std::move(rule), {});
  }

  const std::string& check_;
  const Value& config_;
  Target target_;
  const std::string& schema_;
  Suite& suite_;
  std::string message_;
};

}  // namespace

std::optional<std::string> TakeSodaCheck(const std::string& check, const Value& config,
                                         const Target& target, const std::string& schema,
                                         Suite& suite) {
  return Check(check, config, target, schema, suite).Take();
}

}  // namespace pg_checker::import
