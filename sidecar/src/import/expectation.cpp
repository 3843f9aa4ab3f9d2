#include "import/expectation.hpp"

#include <map>

#include "definitions/sql_text.hpp"
#include "import/column_query.hpp"

namespace pg_checker::import {
namespace {

using definitions::QuoteIdentifier;

bool IsAbsent(const Value* value) { return value == nullptr || value->is(Value::Kind::kNull); }

// One expectation on its way. Each method returns nothing, or why it cannot be taken over.
class Expectation {
 public:
  using Outcome = std::optional<std::string>;

  Expectation(std::string name, const Target& target, const Value& arguments, Limits limits,
              Suite& suite)
      : name_(std::move(name)),
        target_(target),
        arguments_(arguments),
        limits_(std::move(limits)),
        suite_(suite) {}

  // The asserts by column that take no more than the column.
  template <const char* kAssert>
  Outcome Plain() {
    return Column(kAssert, nullptr, "");
  }

  Outcome Null() { return Failing(Sql() + " IS NOT NULL", "is null"); }

  Outcome InSet() { return Set("in_set", " NOT IN "); }
  Outcome NotInSet() { return Set("not_in_set", " IN "); }

  Outcome Between() {
    const Value* const low = Bound("min_value");
    const Value* const high = Bound("max_value");
    if (low == nullptr && high == nullptr) return "it has no bounds";
    const bool strictly = FlagArgument(arguments_, "strictly", false);
    const bool strict_low = strictly || FlagArgument(arguments_, "strict_min", false);
    const bool strict_high = strictly || FlagArgument(arguments_, "strict_max", false);
    if ((low != nullptr && strict_low) || (high != nullptr && strict_high)) {
      std::string beyond;
      if (low != nullptr) beyond = Sql() + (strict_low ? " <= " : " < ") + ConstantOf(*low);
      if (high != nullptr) {
        if (!beyond.empty()) beyond += " OR ";
        beyond += Sql() + (strict_high ? " >= " : " > ") + ConstantOf(*high);
      }
      return Failing(beyond, "is in range");
    }
    const Value range = RangeOf(low, high);
    return Column("in_range", &range, "is in range");
  }

  Outcome Matches() {
    const Value* const regex = arguments_.Find("regex");
    if (IsAbsent(regex)) return "it has no regex";
    return Column("matches", regex, "matches " + regex->text);
  }
  Outcome MatchesNot() {
    return Failing(Sql() + "::text ~ " + ConstantOf(Value::Text(TextArgument(arguments_, "regex"))),
                   "does not match " + TextArgument(arguments_, "regex"));
  }
  Outcome Like() { return LikePattern(" NOT LIKE ", "is like "); }
  Outcome NotLike() { return LikePattern(" LIKE ", "is not like "); }

  Outcome Length() {
    const Value* low = Bound("min_value");
    const Value* high = Bound("max_value");
    if (const Value* const exact = arguments_.Find("value")) low = high = exact;
    if (low == nullptr && high == nullptr) return "it has no bounds";
    const Value range = RangeOf(low, high);
    return Column("length_between", &range, "has the right length");
  }

  Outcome Increasing() {
    const std::string order = TextArgument(arguments_, "sort_column");
    if (!order.empty() && order != target_.column) return "rows are ordered by another column";
    Value rule = Rule("increasing", "is increasing");
    if (!FlagArgument(arguments_, "strictly", true)) rule.Add("strict", Value::Boolean(false));
    return Row(std::move(rule));
  }

  Outcome Type() {
    std::string key = arguments_.Find("type_") != nullptr ? "type_" : "column_type";
    if (arguments_.Find("type_list") != nullptr) key = "type_list";
    if (arguments_.Find("column_type_list") != nullptr) key = "column_type_list";
    const std::vector<std::string> types = TextsArgument(arguments_, key);
    if (types.empty()) return "it names no type";
    std::vector<Value> names;
    for (const std::string& type : types) names.push_back(Value::Text(TypeOf(type)));
    Value rule = Rule("type_is", "is of the right type");
    rule.Add("value", names.size() == 1 ? names[0] : Value::List(names));
    suite_.AddMetricRule(target_.relation, std::move(rule), limits_);
    return std::nullopt;
  }

  Outcome Pair(const std::string& comparison) {
    const std::string left = TextArgument(arguments_, "column_A");
    const std::string right = TextArgument(arguments_, "column_B");
    if (left.empty() || right.empty()) return "it does not name two columns";
    Value rule = RuleOf(Rows(), "compare");
    rule.Add("column", Value::Text(left));
    rule.Add("operator", Value::Text(comparison));
    rule.Add("other_column", Value::Text(right));
    rule.Add("message", Value::Text(Label() + ": " + left + " " + comparison + " " + right));
    return Row(std::move(rule));
  }
  Outcome Greater() { return Pair(FlagArgument(arguments_, "or_equal", false) ? ">=" : ">"); }
  Outcome Equal() { return Pair("="); }

  Outcome UniqueTogether() {
    std::vector<Value> columns;
    for (const char* key : {"column_list", "combination_of_columns"}) {
      for (const std::string& column : TextsArgument(arguments_, key)) {
        columns.push_back(Value::Text(column));
      }
    }
    if (columns.empty()) return "it names no columns";
    Value rule = RuleOf(Rows(), columns.size() == 1 ? "unique" : "unique_together");
    rule.Add("columns", Value::List(columns));
    rule.Add("message", Value::Text(Label() + ": columns are unique together"));
    return Row(std::move(rule));
  }

  template <const char* kAggregate>
  Outcome Aggregate() {
    Value metric = Value::Map();
    metric.Add("column", Value::Text(target_.column));
    metric.Add("aggregate", Value::Text(kAggregate));
    return Metric(std::move(metric), std::string(kAggregate) + "(" + target_.column + ")");
  }

  Outcome Quantile() {
    const Value* const quantile = arguments_.Find("quantile");
    if (IsAbsent(quantile)) return "several quantiles at once";
    Value metric = Value::Map();
    metric.Add("column", Value::Text(target_.column));
    metric.Add("aggregate", Value::Text("quantile"));
    metric.Add("quantile", *quantile);
    return Metric(std::move(metric), "quantile of " + target_.column);
  }

  Outcome RowCount() { return Metric(Value::Text("row_count"), "number of rows"); }

  Outcome Fresh() {
    const std::string part = TextArgument(arguments_, "datepart");
    const std::string count = TextArgument(arguments_, "interval");
    if (part.empty() || count.empty()) return "it has no datepart and interval";
    Value rule = Rule("fresh", "is recent");
    rule.Add("value", Value::Text(count + " " + part));
    suite_.AddMetricRule(target_.relation, std::move(rule), limits_);
    return std::nullopt;
  }

  Outcome OrderedColumns() {
    const Value* const columns = arguments_.Find("column_list");
    if (IsAbsent(columns) || columns->items.empty()) return "it has no column_list";
    Value rule = RuleOf(Rows(), "schema_is");
    rule.Add("value", *columns);
    rule.Add("message", Value::Text(Label() + ": its columns are those expected"));
    suite_.AddMetricRule(target_.relation, std::move(rule), limits_);
    return std::nullopt;
  }

  Outcome ByQuery() {
    const std::optional<ColumnQuery> query = ColumnQueryOf(name_, target_, arguments_);
    if (!query) return "no counterpart";
    if (query->text.empty()) return query->message;
    suite_.AddFailingRows(target_.relation, query->hint, query->text,
                          Label() + ": " + query->message, limits_);
    return std::nullopt;
  }

 private:
  std::string Label() const { return NameOf(target_.relation); }
  std::string Rows() { return suite_.Rows(target_.relation, target_.condition); }
  std::string Sql() const { return QuoteIdentifier(target_.column); }

  const Value* Bound(const std::string& key) const {
    const Value* const value = arguments_.Find(key);
    return IsAbsent(value) ? nullptr : value;
  }

  Value Rule(const std::string& assertion, const std::string& claim) {
    Value rule = RuleOf(Rows(), assertion);
    rule.Add("column", Value::Text(target_.column));
    rule.Add("message", Value::Text(Label() + ": " + target_.column + " " + claim));
    return rule;
  }

  Outcome Row(Value rule) {
    suite_.AddRowRule(target_.relation, std::move(rule), limits_);
    return std::nullopt;
  }

  Outcome Column(const std::string& assertion, const Value* value, std::string claim) {
    if (target_.column.empty()) return "it names no column";
    if (claim.empty()) claim = assertion == "not_null" ? "is not null" : "is " + assertion;
    Value rule = Rule(assertion, claim);
    if (value != nullptr) rule.Add("value", *value);
    return Row(std::move(rule));
  }

  Outcome Set(const std::string& assertion, const std::string& failing) {
    const char* const key = arguments_.Find("value_set") != nullptr ? "value_set" : "values";
    const Value* const values = arguments_.Find(key);
    if (IsAbsent(values) || values->items.empty()) return "it has no list of values";
    if (FlagArgument(arguments_, "quote_values", true) && FlagArgument(arguments_, "quote", true)) {
      return Column(assertion, values, "has an allowed value");
    }
    std::string list;  // expressions, not values
    for (const Value& item : values->items) list += (list.empty() ? "" : ", ") + item.text;
    return Failing(Sql() + failing + "(" + list + ")", "has an allowed value");
  }

  Outcome LikePattern(const std::string& failing, const std::string& claim) {
    const std::string pattern = TextArgument(arguments_, "like_pattern");
    if (pattern.empty()) return "it has no like_pattern";
    return Failing(Sql() + failing + ConstantOf(Value::Text(pattern)), claim + pattern);
  }

  // Rows where the condition holds are failures.
  Outcome Failing(const std::string& condition, const std::string& claim) {
    if (target_.column.empty()) return "it names no column";
    const std::string rows =
        target_.condition.empty() ? "" : "(" + target_.condition + ") AND (" + condition + ")";
    suite_.AddFailingRows(
        target_.relation, target_.column + "_" + name_,
        "SELECT * FROM " + target_.relation + " WHERE " + (rows.empty() ? condition : rows),
        Label() + ": " + target_.column + " " + claim, limits_);
    return std::nullopt;
  }

  Outcome Metric(Value metric, const std::string& what) {
    const Value* low = Bound("min_value");
    const Value* high = Bound("max_value");
    if (const Value* const exact = arguments_.Find("value")) low = high = exact;
    if (low == nullptr && high == nullptr) return "it has no bounds";
    const bool strict = FlagArgument(arguments_, "strictly", false);
    const bool strict_low = strict || FlagArgument(arguments_, "strict_min", false);
    const bool strict_high = strict || FlagArgument(arguments_, "strict_max", false);
    const auto add = [&](const char* assertion, Value value) {
      Value rule = RuleOf(Rows(), assertion);
      if (!metric.is(Value::Kind::kText)) rule.Add("metric", metric);
      rule.Add("value", std::move(value));
      rule.Add("message", Value::Text(Label() + ": " + what));
      suite_.AddMetricRule(target_.relation, std::move(rule), limits_);
    };
    if (low != nullptr && high != nullptr && !strict_low && !strict_high) {
      if (low == high) {
        add("equal", *low);
      } else {
        add("between", RangeOf(low, high));
      }
      return std::nullopt;
    }
    if (low != nullptr) add(strict_low ? "greater_than" : "at_least", *low);
    if (high != nullptr) add(strict_high ? "less_than" : "at_most", *high);
    return std::nullopt;
  }

  // Types of other engines and of Python under PostgreSQL's names.
  static std::string TypeOf(const std::string& type) {
    std::string lower;
    for (const char c : type)
      lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    static const std::map<std::string, std::string> names = {
        {"int", "integer"},
        {"int32", "integer"},
        {"int64", "bigint"},
        {"integertype", "integer"},
        {"longtype", "bigint"},
        {"str", "text"},
        {"string", "text"},
        {"stringtype", "text"},
        {"object", "text"},
        {"float", "double precision"},
        {"float64", "double precision"},
        {"doubletype", "double precision"},
        {"double", "double precision"},
        {"bool", "boolean"},
        {"booleantype", "boolean"},
        {"varchar", "character varying"},
        {"datetime", "timestamp without time zone"},
        {"datetime64", "timestamp without time zone"},
        {"timestamp", "timestamp without time zone"},
        {"number", "numeric"},
        {"decimal", "numeric"},
        {"datetype", "date"}};
    const auto known = names.find(lower);
    return known == names.end() ? lower : known->second;
  }

  std::string name_;
  const Target& target_;
  const Value& arguments_;
  Limits limits_;
  Suite& suite_;
};

constexpr char kNotNull[] = "not_null";
constexpr char kUnique[] = "unique";
constexpr char kAverage[] = "avg";
constexpr char kMedian[] = "median";
constexpr char kMin[] = "min";
constexpr char kMax[] = "max";
constexpr char kSum[] = "sum";
constexpr char kStddev[] = "stddev";
constexpr char kDistinct[] = "count_distinct";

using Method = Expectation::Outcome (Expectation::*)();

const std::map<std::string, Method>& Methods() {
  static const std::map<std::string, Method> methods = {
      {"column_values_to_not_be_null", &Expectation::Plain<kNotNull>},
      {"column_values_to_be_unique", &Expectation::Plain<kUnique>},
      {"column_values_to_be_null", &Expectation::Null},
      {"column_values_to_be_in_set", &Expectation::InSet},
      {"column_distinct_values_to_be_in_set", &Expectation::InSet},
      {"column_values_to_not_be_in_set", &Expectation::NotInSet},
      {"column_values_to_be_between", &Expectation::Between},
      {"column_values_to_match_regex", &Expectation::Matches},
      {"column_values_to_not_match_regex", &Expectation::MatchesNot},
      {"column_values_to_match_like_pattern", &Expectation::Like},
      {"column_values_to_not_match_like_pattern", &Expectation::NotLike},
      {"column_value_lengths_to_be_between", &Expectation::Length},
      {"column_value_lengths_to_equal", &Expectation::Length},
      {"column_values_to_be_increasing", &Expectation::Increasing},
      {"column_values_to_be_of_type", &Expectation::Type},
      {"column_values_to_be_in_type_list", &Expectation::Type},
      {"column_pair_values_a_to_be_greater_than_b", &Expectation::Greater},
      {"column_pair_values_to_be_equal", &Expectation::Equal},
      {"compound_columns_to_be_unique", &Expectation::UniqueTogether},
      {"multicolumn_values_to_be_unique", &Expectation::UniqueTogether},
      {"column_mean_to_be_between", &Expectation::Aggregate<kAverage>},
      {"column_median_to_be_between", &Expectation::Aggregate<kMedian>},
      {"column_min_to_be_between", &Expectation::Aggregate<kMin>},
      {"column_max_to_be_between", &Expectation::Aggregate<kMax>},
      {"column_sum_to_be_between", &Expectation::Aggregate<kSum>},
      {"column_stdev_to_be_between", &Expectation::Aggregate<kStddev>},
      {"column_unique_value_count_to_be_between", &Expectation::Aggregate<kDistinct>},
      {"column_quantile_values_to_be_between", &Expectation::Quantile},
      {"table_columns_to_match_ordered_list", &Expectation::OrderedColumns},
      {"table_row_count_to_be_between", &Expectation::RowCount},
      {"table_row_count_to_equal", &Expectation::RowCount},
      {"row_values_to_have_recent_data", &Expectation::Fresh},
  };
  return methods;
}

}  // namespace

std::optional<std::string> TakeExpectation(const std::string& name, const Target& target,
                                           const Value& arguments, Limits limits, Suite& suite) {
  std::string lower;
  for (const char c : name) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (const Value* const mostly = arguments.Find("mostly"); !IsAbsent(mostly)) {
    if (mostly->text != "1" && mostly->text != "1.0") {
      limits.allow_percent = PercentBeyond(mostly->text);
    }
  }
  for (const char* key : {"group_by", "group_by_columns", "parse_strings_as_datetimes"}) {
    const bool is_query = lower == "sequential_values";  // which takes groups
    if (!is_query && !IsAbsent(arguments.Find(key)))
      return "\"" + std::string(key) + "\" has no counterpart";
  }
  Expectation expectation(lower, target, arguments, limits, suite);
  const auto method = Methods().find(lower);
  return method == Methods().end() ? expectation.ByQuery() : (expectation.*method->second)();
}

}  // namespace pg_checker::import
