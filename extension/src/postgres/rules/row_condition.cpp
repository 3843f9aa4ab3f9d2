#include "postgres/rules/row_condition.hpp"

#include <algorithm>

#include "assertions/rules/vocabulary.hpp"
#include "postgres/rules/sql_text.hpp"

namespace pg_checker::postgres {

using assertions::rules::Assert;
using assertions::rules::Bound;
using assertions::rules::Checked;
using assertions::rules::Comparison;
using assertions::rules::Fault;
using assertions::rules::JsonValue;
using assertions::rules::Rule;

namespace {

std::string ColumnOf(const std::string& row, const ColumnFacts& column) {
  return row + "." + SqlIdentifier(column.name);
}

Fault CannotDo(const Rule& rule, const ColumnFacts& column, const char* needed, const char* hint) {
  const auto& place = rule.columns[0].place;
  return {place.path,
          "column \"" + column.name + "\" is of type " + column.type_name + ", and " +
              std::string(FactsOf(rule.assertion).name) + " needs " + needed,
          hint, "42804", place.offset};
}

// As IN compares: what is one of the values.
std::string IsOneOf(const std::string& value, const ColumnFacts& column, const JsonValue& list) {
  const std::string equal = SqlOperator(column.operators, "=");
  if (list.items.size() == 1) return value + equal + SqlLiteral(list.items[0]);
  if (column.is_array) {
    std::string any;
    for (const JsonValue& item : list.items)
      any += (any.empty() ? "" : " OR ") + value + equal + SqlLiteral(item);
    return "(" + any + ")";
  }
  std::string array;
  for (const JsonValue& item : list.items) array += (array.empty() ? "" : ", ") + SqlLiteral(item);
  array = "ARRAY[" + array + "]";
  // Numbers stay what they are, so that 1.5 is none of an integer column's, and no error. IN takes
  // them for the column's own type where that is an inexact one.
  const bool exact_numbers =
      column.base != FLOAT4OID && column.base != FLOAT8OID &&
      std::all_of(list.items.begin(), list.items.end(),
                  [](const JsonValue& item) { return item.kind == JsonValue::Kind::kNumber; });
  if (!exact_numbers) array += "::" + column.base_name + "[]";
  return value + equal + "ANY (" + array + ")";
}

std::string IsBetween(const std::string& value, const std::string& operators,
                      const JsonValue& pair) {
  std::string both;
  if (pair.items[0].kind != JsonValue::Kind::kNull)
    both = value + SqlOperator(operators, ">=") + SqlLiteral(pair.items[0]);
  if (pair.items[1].kind != JsonValue::Kind::kNull) {
    both += (both.empty() ? "" : " AND ") + value + SqlOperator(operators, "<=") +
            SqlLiteral(pair.items[1]);
  }
  return both;
}

std::string AnyIsNull(const RuleSubject& subject, const std::string& row) {
  std::string any;
  for (const ColumnFacts* column : subject)
    any += (any.empty() ? "" : " OR ") + ColumnOf(row, *column) + " IS NULL";
  return any;
}

Checked<std::string> JsonCondition(const Rule& rule, const Bound& bound, const ColumnFacts& column,
                                   const std::string& value) {
  if (column.base != JSONBOID && column.base != JSONOID)
    return CannotDo(rule, column, "JSON", "Cast it to jsonb in the dataset's query.");
  const std::string json = value + "::pg_catalog.jsonb";
  const std::string matches = bound.operand->kind == JsonValue::Kind::kText
                                  ? json + " OPERATOR(pg_catalog.@@) " +
                                        SqlText(bound.operand->text) + "::pg_catalog.jsonpath"
                                  : json + " OPERATOR(pg_catalog.@>) " +
                                        SqlText(ToJson(*bound.operand)) + "::pg_catalog.jsonb";
  return value + " IS NOT NULL AND (" + matches + ") IS NOT TRUE";
}

}  // namespace

std::optional<Fault> RequireEquality(const Rule& rule, const ColumnFacts& column) {
  if (column.has_equality) return std::nullopt;
  return CannotDo(rule, column, "a type with equality",
                  "Cast it in the dataset's query, to text or jsonb for instance.");
}

std::optional<Fault> RequireOrder(const Rule& rule, const ColumnFacts& column) {
  if (column.has_order) return std::nullopt;
  return CannotDo(rule, column, "a type with an order",
                  "Cast it in the dataset's query, to text or jsonb for instance.");
}

std::optional<Fault> RequireText(const Rule& rule, const ColumnFacts& column) {
  if (column.category == TYPCATEGORY_STRING) return std::nullopt;
  return CannotDo(rule, column, "text", "Cast it to text in the dataset's query.");
}

Checked<std::string> RowConditionSql(const Rule& rule, const Bound& bound,
                                     const RuleSubject& subject, const std::string& row) {
  const ColumnFacts& column = *subject[0];
  const std::string value = ColumnOf(row, column);
  std::optional<Fault> fault;
  switch (rule.assertion) {
    case Assert::kNotNull:
      return AnyIsNull(subject, row);
    case Assert::kInSet:
      if ((fault = RequireEquality(rule, column))) return *fault;
      return "NOT (" + IsOneOf(value, column, *bound.operand) + ")";
    case Assert::kNotInSet:
      if ((fault = RequireEquality(rule, column))) return *fault;
      return IsOneOf(value, column, *bound.operand);
    case Assert::kInRange:
      if ((fault = RequireOrder(rule, column))) return *fault;
      return "NOT (" + IsBetween(value, column.operators, *bound.operand) + ")";
    case Assert::kMatches:
      if ((fault = RequireText(rule, column))) return *fault;
      return "NOT (" + value + SqlOperator(column.match_operator, "~") +
             SqlText(bound.operand->text) + ")";
    case Assert::kNotEmptyString:
      if ((fault = RequireText(rule, column))) return *fault;
      if (rule.trim)
        return "pg_catalog.btrim(" + value +
               "::pg_catalog.text, E' \\t\\n\\r\\f\\v') "
               "OPERATOR(pg_catalog.=) ''";
      return value + SqlOperator(column.operators, "=") + "''";
    case Assert::kLengthBetween:
      if (column.base != BYTEAOID && (fault = RequireText(rule, column))) return *fault;
      return "NOT (" + IsBetween("pg_catalog.length(" + value + ")", "pg_catalog", *bound.operand) +
             ")";
    case Assert::kJsonMatches:
      return JsonCondition(rule, bound, column, value);
    default:
      return std::string("false");
  }
}

Checked<std::string> CompareSql(const Rule& rule, const ColumnFacts& column,
                                const ColumnFacts& other, const std::string& row) {
  const bool equality =
      rule.comparison == Comparison::kEqual || rule.comparison == Comparison::kNotEqual;
  if (auto fault = equality ? RequireEquality(rule, column) : RequireOrder(rule, column))
    return *fault;
  return "NOT (" + ColumnOf(row, column) +
         SqlOperator(column.operators, ComparisonSymbol(rule.comparison)) + ColumnOf(row, other) +
         ")";
}

std::string DisorderSql(const Rule& rule, const ColumnFacts& column, const std::string& row,
                        const std::string& before) {
  return ColumnOf(row, column) + SqlOperator(column.operators, rule.strict ? "<=" : "<") + before;
}

Checked<std::string> ValidSql(const Rule& rule, const RuleSubject& subject,
                              const std::string& row) {
  if (auto fault = RequireEquality(rule, *subject[0])) return *fault;
  return IsOneOf(ColumnOf(row, *subject[0]), *subject[0], *rule.values);
}

std::string InvalidSql(const Rule& rule, const RuleSubject& subject, const std::string& row) {
  return "(" + IsOneOf(ColumnOf(row, *subject[0]), *subject[0], *rule.values) + ") IS NOT TRUE";
}

Checked<std::string> RepeatedSql(const Rule& rule, const RuleSubject& subject,
                                 const std::string& row, int max_samples) {
  std::string values;
  std::string names;
  std::string present;
  for (const ColumnFacts* column : subject) {
    if (auto fault = RequireOrder(rule, *column)) return *fault;
    const std::string value = ColumnOf(row, *column);
    values += (values.empty() ? "" : ", ") + value;
    names += (names.empty() ? "" : ", ") + SqlText(column->name);
    present += (present.empty() ? "" : " AND ") + value + " IS NOT NULL";
  }
  const std::string filter = " FILTER (WHERE " + present + ")";
  if (max_samples == 0) {
    const std::string distinct = subject.size() == 1 ? values : "(" + values + ")";
    return "pg_catalog.json_build_object('rows', pg_catalog.count(*)" + filter +
           " OPERATOR(pg_catalog.-) pg_catalog.count(DISTINCT " + distinct + ")" + filter + ")";
  }
  return "checker.sample_repeats(" + std::to_string(max_samples) + ", ARRAY[" + names +
         "]::text[], " + values + " ORDER BY " + values + ")" + filter;
}

}  // namespace pg_checker::postgres
