#include "import/column_query.hpp"

#include <functional>
#include <map>

#include "definitions/sql_text.hpp"

namespace pg_checker::import {
namespace {

using definitions::QuoteIdentifier;
using definitions::QuoteLiteral;

using Builder = ColumnQuery (*)(const Target&, const Value&);

ColumnQuery Lacks(const std::string& argument) { return {"", "", "it has no " + argument}; }

// The relation's rows, filtered, as something to select from.
std::string From(const Target& target) {
  if (target.condition.empty()) return target.relation;
  return "(SELECT * FROM " + target.relation + " WHERE " + target.condition + ") AS filtered";
}

ColumnQuery ColumnExists(const Target& target, const Value& arguments) {
  const std::string column =
      target.column.empty() ? TextArgument(arguments, "column") : target.column;
  return {column + "_exists",
          "SELECT " + QuoteLiteral(column) + " AS missing_column WHERE NOT EXISTS (SELECT FROM " +
              ColumnsOf(target.relation) + " AND attname = " + QuoteLiteral(column) + ")",
          "column " + column + " exists"};
}

ColumnQuery ColumnCount(const Target& target, const Value& arguments) {
  const std::string count = TextArgument(arguments, "value");
  if (count.empty()) return Lacks("value");
  return {"column_count",
          "SELECT count(*) AS columns FROM " + ColumnsOf(target.relation) + " HAVING count(*) <> " +
              count,
          "there are " + count + " columns"};
}

ColumnQuery ColumnsMatchSet(const Target& target, const Value& arguments) {
  const char* const key = arguments.Find("column_set") != nullptr ? "column_set" : "column_list";
  const Value* const columns = arguments.Find(key);
  if (columns == nullptr || columns->items.empty()) return Lacks(key);
  // A set need not match exactly: then the table may have more columns.
  const Value* const exact = arguments.Find("exact_match");
  const bool more_allowed = exact != nullptr && exact->text == "false";
  const std::string wanted = "pg_catalog.unnest(ARRAY[" + ConstantsOf(*columns) + "]) AS w (name)";
  return {"columns",
          "SELECT coalesce(w.name, c.attname) AS differing_column FROM " + wanted +
              " FULL JOIN (SELECT attname::text FROM " + ColumnsOf(target.relation) +
              ") AS c ON c.attname = w.name WHERE " +
              (more_allowed ? "c.attname IS NULL" : "w.name IS NULL OR c.attname IS NULL"),
          "its columns are those expected"};
}

ColumnQuery DistinctContain(const Target& target, const Value& arguments) {
  const Value* const values = arguments.Find("value_set");
  if (values == nullptr || values->items.empty()) return Lacks("value_set");
  const std::string column = QuoteIdentifier(target.column);
  return {target.column + "_has_all_of_the_set",
          "SELECT w.value AS missing_value FROM pg_catalog.unnest(ARRAY[" + ConstantsOf(*values) +
              "]) AS w (value) WHERE NOT EXISTS (SELECT FROM " + From(target) + " WHERE " + column +
              " = w.value)",
          target.column + " has all values of the set"};
}

ColumnQuery UniqueShare(const Target& target, const Value& arguments) {
  const std::string share = "count(DISTINCT " + QuoteIdentifier(target.column) +
                            ")::numeric / nullif(count(" + QuoteIdentifier(target.column) + "), 0)";
  std::string beyond;
  for (const auto& [key, sign] : {std::pair("min_value", " < "), std::pair("max_value", " > ")}) {
    const std::string bound = TextArgument(arguments, key);
    if (!bound.empty()) beyond += (beyond.empty() ? "" : " OR ") + share + sign + bound;
  }
  if (beyond.empty()) return Lacks("bounds");
  return {target.column + "_unique_share",
          "SELECT " + share + " AS share FROM " + From(target) + " HAVING " + beyond,
          "share of unique values of " + target.column};
}

ColumnQuery SumOfColumns(const Target& target, const Value& arguments) {
  const std::string total = TextArgument(arguments, "sum_total");
  std::string sum;
  for (const std::string& column : TextsArgument(arguments, "column_list")) {
    sum += (sum.empty() ? "" : " + ") + QuoteIdentifier(column);
  }
  if (sum.empty() || total.empty()) return Lacks("column_list and sum_total");
  return {"sum_of_columns", "SELECT * FROM " + From(target) + " WHERE " + sum + " <> " + total,
          "columns add up to " + total};
}

ColumnQuery Decreasing(const Target& target, const Value& arguments) {
  const bool strictly = FlagArgument(arguments, "strictly", true);
  const std::string column = QuoteIdentifier(target.column);
  const std::string order = TextArgument(arguments, "sort_column");
  if (order.empty()) return Lacks("sort_column, and rows have no order of their own");
  return {target.column + "_decreasing",
          "SELECT * FROM (SELECT " + column + ", lag(" + column + ") OVER (ORDER BY " +
              QuoteIdentifier(order) + ") AS before FROM " + From(target) + ") AS rows WHERE " +
              column + (strictly ? " >= " : " > ") + "before",
          target.column + " is decreasing"};
}

ColumnQuery ExpressionIsTrue(const Target& target, const Value& arguments) {
  const std::string expression = TextArgument(arguments, "expression");
  if (expression.empty()) return Lacks("expression");
  const std::string whole =
      target.column.empty() ? expression : QuoteIdentifier(target.column) + " " + expression;
  return {(target.column.empty() ? "" : target.column + "_") + "expression",
          "SELECT * FROM " + From(target) + " WHERE NOT (" + whole + ")", whole};
}

// How many rows this relation has beside another one.
ColumnQuery RowCounts(const Target& target, const Value& arguments, const std::string& failing,
                      const std::string& message) {
  const char* const key =
      arguments.Find("compare_model") != nullptr ? "compare_model" : "other_table_name";
  const std::string other = TextArgument(arguments, key);
  if (other.empty()) return Lacks("other table");
  return {"rows_beside_" + NameOf(other),
          "SELECT this.n AS rows, other.n AS other_rows FROM (SELECT count(*) AS n FROM " +
              From(target) + ") AS this, (SELECT count(*) AS n FROM " + other +
              ") AS other WHERE this.n " + failing + " other.n",
          message + " " + other};
}

ColumnQuery EqualRowCount(const Target& target, const Value& arguments) {
  return RowCounts(target, arguments, "<>", "it has as many rows as");
}

ColumnQuery FewerRows(const Target& target, const Value& arguments) {
  return RowCounts(target, arguments, ">=", "it has fewer rows than");
}

ColumnQuery EqualCardinality(const Target& target, const Value& arguments) {
  const std::string other = TextArgument(arguments, "to");
  const std::string field = TextArgument(arguments, "field");
  if (other.empty() || field.empty()) return Lacks("to and field");
  const std::string mine = "SELECT " + QuoteIdentifier(target.column) +
                           " AS value, count(*) AS n FROM " + From(target) + " GROUP BY 1";
  const std::string theirs =
      "SELECT " + QuoteIdentifier(field) + " AS value, count(*) AS n FROM " + other + " GROUP BY 1";
  return {target.column + "_cardinality",
          "(" + mine + " EXCEPT " + theirs + ") UNION ALL (" + theirs + " EXCEPT " + mine + ")",
          target.column + " has each value as often as " + other + " has"};
}

ColumnQuery Sequential(const Target& target, const Value& arguments) {
  const std::string column = QuoteIdentifier(target.column);
  const std::string step = TextArgument(arguments, "interval");
  const std::string part = TextArgument(arguments, "datepart");
  const std::string count = step.empty() ? "1" : step;
  const std::string next =
      "before + " + (part.empty() ? count : QuoteLiteral(count + " " + part) + "::interval");
  std::string groups;
  for (const std::string& group : TextsArgument(arguments, "group_by_columns")) {
    groups += (groups.empty() ? "PARTITION BY " : ", ") + QuoteIdentifier(group);
  }
  return {target.column + "_sequential",
          "SELECT * FROM (SELECT " + column + ", lag(" + column + ") OVER (" + groups +
              (groups.empty() ? "" : " ") + "ORDER BY " + column + ") AS before FROM " +
              From(target) + ") AS rows WHERE " + column + " <> " + next,
          target.column + " has no gaps"};
}

ColumnQuery ExclusiveRanges(const Target& target, const Value& arguments) {
  const std::string low = TextArgument(arguments, "lower_bound_column");
  const std::string high = TextArgument(arguments, "upper_bound_column");
  if (low.empty() || high.empty()) return Lacks("lower_bound_column and upper_bound_column");
  const std::string partition = TextArgument(arguments, "partition_by");
  const std::string gaps = TextArgument(arguments, "gaps");
  const bool zero_length = FlagArgument(arguments, "zero_length_range_allowed", false);
  const std::string failing = gaps == "not_allowed" ? "<>" : gaps == "required" ? ">=" : ">";
  const std::string lower = QuoteIdentifier(low);
  const std::string upper = QuoteIdentifier(high);
  return {"exclusive_ranges",
          "SELECT * FROM (SELECT " + lower + ", " + upper + ", lead(" + lower + ") OVER (" +
              (partition.empty() ? "" : "PARTITION BY " + QuoteIdentifier(partition) + " ") +
              "ORDER BY " + lower + ", " + upper + ") AS next_lower FROM " + From(target) +
              ") AS ranges WHERE " + lower + (zero_length ? " > " : " >= ") + upper + " OR " +
              upper + " " + failing + " next_lower",
          "ranges do not overlap"};
}

}  // namespace

std::optional<ColumnQuery> ColumnQueryOf(const std::string& name, const Target& target,
                                         const Value& arguments) {
  static const std::map<std::string, Builder> builders = {
      {"column_to_exist", ColumnExists},
      {"table_column_count_to_equal", ColumnCount},
      {"table_columns_to_match_set", ColumnsMatchSet},
      {"column_distinct_values_to_contain_set", DistinctContain},
      {"column_proportion_of_unique_values_to_be_between", UniqueShare},
      {"multicolumn_sum_to_equal", SumOfColumns},
      {"column_values_to_be_decreasing", Decreasing},
      {"expression_is_true", ExpressionIsTrue},
      {"equal_rowcount", EqualRowCount},
      {"table_row_count_to_equal_other_table", EqualRowCount},
      {"fewer_rows_than", FewerRows},
      {"cardinality_equality", EqualCardinality},
      {"sequential_values", Sequential},
      {"mutually_exclusive_ranges", ExclusiveRanges},
  };
  const auto builder = builders.find(name);
  if (builder == builders.end()) return std::nullopt;
  return builder->second(target, arguments);
}

}  // namespace pg_checker::import
