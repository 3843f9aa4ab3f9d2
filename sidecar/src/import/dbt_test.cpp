#include "import/dbt_test.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <regex>

#include "definitions/sql_text.hpp"
#include "import/column_query.hpp"
#include "import/import.hpp"

namespace pg_checker::import {
namespace {

using Outcome = std::optional<std::string>;

// Settings that may also stand beside the arguments.
bool IsSetting(const std::string& key) {
  for (const char* setting : {"severity", "where", "warn_if", "error_if", "limit", "enabled",
                              "store_failures", "store_failures_as", "fail_calc", "tags", "meta"}) {
    if (key == setting) return true;
  }
  return false;
}

bool IsAboutTheTest(const std::string& key) {
  return key == "name" || key == "test_name" || key == "description" || key == "config" ||
         key == "arguments" || key == "docs";
}

void TakeArguments(const Value& from, DbtTest& test) {
  for (const definitions::Member& member : from.members) {
    if (member.key == "config") {
      for (const definitions::Member& setting : member.value.members) {
        test.config.members.push_back(setting);
      }
    } else if (member.key == "arguments") {
      for (const definitions::Member& argument : member.value.members) {
        test.arguments.members.push_back(argument);
      }
    } else if (IsSetting(member.key)) {
      test.config.members.push_back(member);
    } else if (!IsAboutTheTest(member.key)) {
      test.arguments.members.push_back(member);
    }
  }
}

// The relation that ref('a'), ref('package', 'a') or source('s', 't') means, with or without {{ }}.
std::string Referred(const std::string& text, const std::string& schema) {
  static const std::regex call(
      "\\s*(?:\\{\\{)?\\s*(ref|source)\\(\\s*['\"]([^'\"]+)['\"]\\s*"
      "(?:,\\s*['\"]([^'\"]+)['\"]\\s*)?(?:,[^)]*)?\\)\\s*(?:\\}\\})?\\s*");
  std::smatch match;
  if (text.size() > 500 || !std::regex_match(text, match, call)) {
    return RelationOf(text, schema);
  }
  if (match[1] == "source") return RelationOf(match[3], match[2]);
  return RelationOf(match[3].matched ? match[3] : match[2], schema);
}

// "> 10" and its like: more failing rows than this are too many. Nothing if it is no such bound.
std::optional<std::string> MostRows(const std::string& condition) {
  static const std::regex bound("\\s*(>|>=|!=|<>)\\s*([0-9]{1,9})\\s*");
  std::smatch match;
  if (!std::regex_match(condition, match, bound)) return std::nullopt;
  const long number = std::strtol(match[2].str().c_str(), nullptr, 10);
  if (match[1] == ">") return std::to_string(number);
  if (match[1] == ">=") return std::to_string(std::max(0L, number - 1));
  if (number == 0) return "0";
  return std::nullopt;
}

// Thresholds as dbt decides them: error_if where the severity is error, else warn_if.
Outcome ReadLimits(const Value& config, Limits& limits) {
  if (config.Find("fail_calc") != nullptr) return "fail_calc has no counterpart";
  std::string severity = TextArgument(config, "severity");
  std::transform(severity.begin(), severity.end(), severity.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto read = [&](const char* key) {
    const std::string text = TextArgument(config, key);
    return text.empty() ? std::optional<std::string>("0") : MostRows(text);
  };
  const std::optional<std::string> fail = read("error_if");
  const std::optional<std::string> warn = read("warn_if");
  if (!fail) return "error_if \"" + TextArgument(config, "error_if") + "\" is no upper bound";
  if (!warn) return "warn_if \"" + TextArgument(config, "warn_if") + "\" is no upper bound";
  if (severity == "warn") {
    limits.fail_over.reset();
    limits.warn_over = warn;
    return std::nullopt;
  }
  limits.fail_over = fail;
  if (std::atol(warn->c_str()) < std::atol(fail->c_str())) limits.warn_over = warn;
  return std::nullopt;
}

// One of dbt's own tests or of dbt-utils on its way.
struct Context {
  const DbtTest& test;
  const Target& target;
  const std::string& schema;
  const Limits& limits;
  Suite& suite;

  std::string Rows() const { return suite.Rows(target.relation, target.condition); }
  std::string Label() const { return NameOf(target.relation) + ": "; }
  std::string Text(const char* key) const { return TextArgument(test.arguments, key); }

  // An expectation says the same with other arguments.
  Outcome As(const char* expectation, const Value& arguments) const {
    return TakeExpectation(expectation, target, arguments, limits, suite);
  }
  Outcome As(const char* expectation) const { return As(expectation, test.arguments); }
};

Outcome NotNull(const Context& c) { return c.As("column_values_to_not_be_null"); }
Outcome Unique(const Context& c) { return c.As("column_values_to_be_unique"); }
Outcome InSet(const Context& c) { return c.As("column_values_to_be_in_set"); }
Outcome NotInSet(const Context& c) { return c.As("column_values_to_not_be_in_set"); }
Outcome UniqueTogether(const Context& c) { return c.As("compound_columns_to_be_unique"); }

Outcome References(const Context& c) {
  const std::string to = c.Text("to");
  const std::string field = c.Text("field");
  const std::string column = c.target.column.empty() ? c.Text("column_name") : c.target.column;
  if (to.empty() || field.empty() || column.empty()) return "it has no to and field";
  const std::string from_condition = c.Text("from_condition");
  Value rule =
      RuleOf(from_condition.empty() ? c.Rows() : c.suite.Rows(c.target.relation, from_condition),
             "references");
  rule.Add("column", Value::Text(column));
  rule.Add("other", Value::Text(c.suite.Rows(Referred(to, c.schema), c.Text("to_condition"))));
  rule.Add("other_column", Value::Text(field));
  rule.Add("message", Value::Text(c.Label() + column + " is in " + NameOf(Referred(to, c.schema)) +
                                  "." + field));
  c.suite.AddRowRule(c.target.relation, std::move(rule), c.limits);
  return std::nullopt;
}

Outcome AcceptedRange(const Context& c) {
  Value arguments = c.test.arguments;
  if (!FlagArgument(arguments, "inclusive", true)) arguments.Add("strictly", Value::Boolean(true));
  for (const char* key : {"min_value", "max_value"}) {
    const Value* const bound = arguments.Find(key);
    if (bound != nullptr && bound->is(Value::Kind::kText)) {
      return std::string(key) + " \"" + bound->text + "\" is an expression";
    }
  }
  return c.As("column_values_to_be_between", arguments);
}

Outcome Fresh(const Context& c) {
  Target target = c.target;
  target.column = c.Text("field");
  if (target.column.empty()) return "it has no field";
  return TakeExpectation("row_values_to_have_recent_data", target, c.test.arguments, c.limits,
                         c.suite);
}

Value AggregateRule(const Context& c, const std::string& aggregate, const char* assertion,
                    Value value, const std::string& claim) {
  Value metric = Value::Map();
  metric.Add("column", Value::Text(c.target.column));
  metric.Add("aggregate", Value::Text(aggregate));
  Value rule = RuleOf(c.Rows(), assertion);
  rule.Add("metric", std::move(metric));
  rule.Add("value", std::move(value));
  rule.Add("message", Value::Text(c.Label() + c.target.column + " " + claim));
  return rule;
}

Outcome AtLeastOne(const Context& c) {
  c.suite.AddMetricRule(
      c.target.relation,
      AggregateRule(c, "count", "greater_than", Value::Number("0"), "has a value at least once"),
      c.limits);
  return std::nullopt;
}

Outcome NotConstant(const Context& c) {
  c.suite.AddMetricRule(c.target.relation,
                        AggregateRule(c, "count_distinct", "not_equal", Value::Number("1"),
                                      "is not the same in all rows"),
                        c.limits);
  return std::nullopt;
}

Outcome NotNullProportion(const Context& c) {
  const std::string least = c.Text("at_least");
  const std::string most = c.Text("at_most");
  if (least.empty()) return "it has no at_least";
  const std::string claim = "is filled in enough rows";
  const Value nulls = Value::Number(PercentBeyond(least));
  Value rule = most.empty() || PercentBeyond(most) == "0"
                   ? AggregateRule(c, "null_percent", "at_most", nulls, claim)
                   : AggregateRule(c, "null_percent", "between",
                                   Value::List({Value::Number(PercentBeyond(most)), nulls}), claim);
  c.suite.AddMetricRule(c.target.relation, std::move(rule), c.limits);
  return std::nullopt;
}

Outcome NotEmptyText(const Context& c) {
  Value rule = RuleOf(c.Rows(), "not_empty_string");
  rule.Add("column", Value::Text(c.target.column));
  if (FlagArgument(c.test.arguments, "trim_whitespace", true)) {
    rule.Add("trim", Value::Boolean(true));
  }
  rule.Add("message", Value::Text(c.Label() + c.target.column + " is no empty text"));
  c.suite.AddRowRule(c.target.relation, std::move(rule), c.limits);
  return std::nullopt;
}

Outcome Equality(const Context& c) {
  const std::string other = c.Text("compare_model");
  if (other.empty()) return "it has no compare_model";
  if (c.test.arguments.Find("exclude_columns") != nullptr) return "it excludes columns";
  if (c.test.arguments.Find("precision") != nullptr) return "it compares with a precision";
  const std::string relation = Referred(other, c.schema);
  std::string mine = c.Rows();
  std::string theirs = c.suite.Rows(relation);
  std::string columns;
  for (const std::string& column : TextsArgument(c.test.arguments, "compare_columns")) {
    columns += (columns.empty() ? "" : ", ") + definitions::QuoteIdentifier(column);
  }
  if (!columns.empty()) {
    const std::string filter = c.target.condition.empty() ? "" : " WHERE " + c.target.condition;
    mine = c.suite.Query(NameOf(c.target.relation) + "_compared",
                         "SELECT " + columns + " FROM " + c.target.relation + filter);
    theirs =
        c.suite.Query(NameOf(relation) + "_compared", "SELECT " + columns + " FROM " + relation);
  }
  Value rule = RuleOf(mine, "same_rows");
  rule.Add("other", Value::Text(theirs));
  rule.Add("message", Value::Text(c.Label() + "it has the rows of " + NameOf(relation)));
  c.suite.AddRowRule(c.target.relation, std::move(rule), c.limits);
  return std::nullopt;
}

// What a query decides, with the relations that it refers to resolved.
Outcome ByQuery(const Context& c, const std::string& name) {
  Value arguments = c.test.arguments;
  for (definitions::Member& member : arguments.members) {
    if (member.key == "compare_model" || member.key == "to") {
      member.value = Value::Text(Referred(member.value.text, c.schema));
    }
  }
  return TakeExpectation(name, c.target, arguments, c.limits, c.suite);
}

const std::map<std::string, Outcome (*)(const Context&)>& Methods() {
  static const std::map<std::string, Outcome (*)(const Context&)> methods = {
      {"not_null", NotNull},
      {"unique", Unique},
      {"accepted_values", InSet},
      {"relationships", References},
      {"dbt_utils.unique_combination_of_columns", UniqueTogether},
      {"dbt_utils.not_accepted_values", NotInSet},
      {"dbt_utils.not_null_proportion", NotNullProportion},
      {"dbt_utils.accepted_range", AcceptedRange},
      {"dbt_utils.recency", Fresh},
      {"dbt_utils.at_least_one", AtLeastOne},
      {"dbt_utils.not_constant", NotConstant},
      {"dbt_utils.not_empty_string", NotEmptyText},
      {"dbt_utils.equality", Equality},
      {"dbt_utils.relationships_where", References},
  };
  return methods;
}

}  // namespace

DbtTest ParseDbtTest(const Value& test) {
  DbtTest parsed;
  if (test.is(Value::Kind::kText)) {
    parsed.name = test.text;
    return parsed;
  }
  if (const std::string name = TextArgument(test, "test_name"); !name.empty()) {
    parsed.name = name;
    TakeArguments(test, parsed);
    return parsed;
  }
  for (const definitions::Member& member : test.members) {
    if (IsAboutTheTest(member.key)) continue;
    parsed.name = member.key;
    TakeArguments(member.value, parsed);
    break;
  }
  if (const Value* const config = test.Find("config")) {  // beside the test's name
    Value beside = Value::Map();
    beside.Add("config", *config);
    TakeArguments(beside, parsed);
  }
  return parsed;
}

std::optional<std::string> TakeDbtTest(const DbtTest& test, Target target,
                                       const std::string& schema, Suite& suite) {
  if (TextArgument(test.config, "enabled") == "false") return "it is not enabled";
  if (target.column.empty()) target.column = TextArgument(test.arguments, "column_name");
  target.condition = TextArgument(test.config, "where");
  if (const std::string row = TextArgument(test.arguments, "row_condition"); !row.empty()) {
    target.condition =
        target.condition.empty() ? row : "(" + target.condition + ") AND (" + row + ")";
  }
  for (const auto& [key, value] :
       {std::pair<std::string, std::string>{"where", target.condition}}) {
    if (value.find("{{") != std::string::npos) return key + " has Jinja in it";
  }
  for (const definitions::Member& argument : test.arguments.members) {
    const bool is_relation = argument.key == "to" || argument.key == "compare_model";
    if (!is_relation && argument.value.text.find("{{") != std::string::npos) {
      return argument.key + " has Jinja in it";
    }
  }
  Limits limits;
  if (Outcome why = ReadLimits(test.config, limits)) return why;
  const Context context{test, target, schema, limits, suite};
  std::string name = test.name;
  for (const char* prefix : {"dbt.", "dbt_core."}) {
    if (name.starts_with(prefix)) name = name.substr(std::string_view(prefix).size());
  }
  const auto method = Methods().find(name);
  if (method != Methods().end()) {
    if (test.arguments.Find("group_by_columns") != nullptr) return "it groups by columns";
    return method->second(context);
  }
  constexpr std::string_view kUtils = "dbt_utils.";
  if (name.starts_with(kUtils)) return ByQuery(context, name.substr(kUtils.size()));
  constexpr std::string_view kExpectations = "dbt_expectations.expect_";
  if (name.starts_with(kExpectations)) {
    const std::string expectation = name.substr(kExpectations.size());
    if (expectation == "table_row_count_to_equal_other_table") {
      return ByQuery(context, expectation);
    }
    return TakeExpectation(expectation, target, test.arguments, limits, suite);
  }
  return "no counterpart";
}

}  // namespace pg_checker::import
