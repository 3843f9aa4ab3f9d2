#include "postgres/rules/metric_sql.hpp"

#include "assertions/rules/vocabulary.hpp"
#include "postgres/rules/row_condition.hpp"
#include "postgres/rules/sql_text.hpp"

namespace pg_checker::postgres {

using assertions::rules::Aggregate;
using assertions::rules::Assert;
using assertions::rules::Bound;
using assertions::rules::Checked;
using assertions::rules::Fault;
using assertions::rules::Metric;
using assertions::rules::Rule;

namespace {

constexpr std::string_view kCatalog = "pg_catalog";

bool IsNumber(const ColumnFacts& column) { return column.category == TYPCATEGORY_NUMERIC; }

// What a rule says of a column whose type cannot do it.
Fault WrongType(const Rule& rule, const ColumnFacts& column, const std::string& what,
                const std::string& hint) {
  const auto& place = rule.columns[0].place;
  return {place.path,
          "column \"" + column.name + "\" is of type " + column.type_name + ", and " + what, hint,
          "42804", place.offset};
}

std::string Share(const std::string& condition) {
  return "100.0 * pg_catalog.count(*) FILTER (WHERE " + condition +
         ") / nullif(pg_catalog.count(*), 0)";
}

class ColumnMetric {
 public:
  ColumnMetric(const Rule& rule, const ColumnFacts& column, const std::string& row)
      : rule_(rule), column_(column), value_(row + "." + SqlIdentifier(column.name)) {}

  Checked<MetricExpression> Make() {
    switch (rule_.metric.aggregate) {
      case Aggregate::kMin:
        return OrderStatistic("min");
      case Aggregate::kMax:
        return OrderStatistic("max");
      case Aggregate::kSum:
        return Sum("sum", false);
      case Aggregate::kAverage:
        return Sum("avg", false);
      case Aggregate::kStddev:
        return Sum("stddev", true);
      case Aggregate::kVariance:
        return Sum("variance", true);
      case Aggregate::kMedian:
      case Aggregate::kQuantile:
        return Quantile();
      case Aggregate::kCount:
        return Number("pg_catalog.count(" + value_ + ")");
      case Aggregate::kCountDistinct:
        return Distinct("pg_catalog.count(DISTINCT " + value_ + ")");
      case Aggregate::kNullCount:
        return Number("pg_catalog.count(*) FILTER (WHERE " + value_ + " IS NULL)");
      case Aggregate::kNullPercent:
        return Number(Share(value_ + " IS NULL"));
      case Aggregate::kDuplicateCount:
        return Distinct("pg_catalog.count(" + value_ + ") - pg_catalog.count(DISTINCT " + value_ +
                        ")");
      case Aggregate::kMinLength:
        return Length("min");
      case Aggregate::kMaxLength:
        return Length("max");
      case Aggregate::kAverageLength:
        return Length("avg");
    }
    return Number("NULL");
  }

 private:
  static MetricExpression Number(std::string expression) {
    return {std::move(expression), std::string(kCatalog), true};
  }

  Checked<MetricExpression> OrderStatistic(const char* name) {
    if (!column_.has_order)
      return WrongType(rule_, column_, "that has no order", "Cast it in the dataset's query.");
    return MetricExpression{column_.min_max + "." + name + "(" + value_ + ")", column_.operators,
                            IsNumber(column_)};
  }

  Checked<MetricExpression> Sum(const char* name, bool numbers_only) {
    const bool interval = column_.category == TYPCATEGORY_TIMESPAN && !numbers_only;
    if (!IsNumber(column_) && !interval) {
      return WrongType(rule_, column_,
                       std::string(AggregateName(rule_.metric.aggregate)) + " takes numbers",
                       "Cast it in the dataset's query.");
    }
    return MetricExpression{"pg_catalog." + std::string(name) + "(" + value_ + ")",
                            std::string(kCatalog), IsNumber(column_)};
  }

  Checked<MetricExpression> Quantile() {
    const bool continuous = IsNumber(column_) || column_.base == INTERVALOID;
    if (!column_.has_order)
      return WrongType(rule_, column_, "that has no order", "Cast it in the dataset's query.");
    return MetricExpression{
        std::string(continuous ? "pg_catalog.percentile_cont(" : "pg_catalog.percentile_disc(") +
            rule_.metric.fraction + ") WITHIN GROUP (ORDER BY " + value_ + ")",
        continuous ? std::string(kCatalog) : column_.operators, IsNumber(column_)};
  }

  Checked<MetricExpression> Distinct(std::string expression) {
    if (auto fault = RequireOrder(rule_, column_)) return *fault;
    return Number(std::move(expression));
  }

  Checked<MetricExpression> Length(const char* name) {
    if (auto fault = RequireText(rule_, column_)) return *fault;
    return Number("pg_catalog." + std::string(name) + "(pg_catalog.length(" + value_ + "))");
  }

  const Rule& rule_;
  const ColumnFacts& column_;
  std::string value_;
};

}  // namespace

Checked<MetricExpression> MetricSql(const Rule& rule, const RuleSubject& subject,
                                    const std::string& row) {
  if (rule.assertion == Assert::kValidShare) {
    auto valid = ValidSql(rule, subject, row);
    if (!valid) return valid.fault();
    return MetricExpression{Share(*valid), std::string(kCatalog), true};
  }
  if (rule.metric.kind == Metric::Kind::kRowCount)
    return MetricExpression{"pg_catalog.count(*)", std::string(kCatalog), true};
  return ColumnMetric(rule, *subject[0], row).Make();
}

std::string BoundSql(const Rule& rule, const Bound& bound, const MetricExpression& metric) {
  const std::string value = "(" + metric.expression + ")";
  if (rule.assertion == Assert::kEmpty || rule.assertion == Assert::kNotEmpty)
    return value + SqlOperator(metric.operators, ComparisonSymbol(rule.comparison)) + "0";
  if (rule.assertion == Assert::kBetween) {
    return value + SqlOperator(metric.operators, ">=") + SqlLiteral(bound.operand->items[0]) +
           " AND " + value + SqlOperator(metric.operators, "<=") +
           SqlLiteral(bound.operand->items[1]);
  }
  return value + SqlOperator(metric.operators, ComparisonSymbol(rule.comparison)) +
         SqlLiteral(*bound.operand);
}

Checked<AgeExpression> AgeSql(const Rule& rule, const RuleSubject& subject,
                              const std::string& row) {
  const ColumnFacts& column = *subject[0];
  if (column.base != DATEOID && column.base != TIMESTAMPOID && column.base != TIMESTAMPTZOID) {
    return WrongType(rule, column, "fresh takes times",
                     "Use a column of type timestamptz, timestamp or date.");
  }
  AgeExpression age;
  age.newest =
      "pg_catalog.max(" + row + "." + SqlIdentifier(column.name) + ")::pg_catalog.timestamptz";
  // What is infinite has no age.
  age.age = "CASE WHEN pg_catalog.isfinite(" + age.newest +
            ") THEN (pg_catalog.now()"
            " OPERATOR(pg_catalog.-) " +
            age.newest + ")::pg_catalog.text ELSE (" + age.newest + ")::pg_catalog.text END";
  return age;
}

std::string FreshSql(const Bound& bound, const AgeExpression& age) {
  std::string limit = bound.operand->text;
  if (bound.operand->kind == assertions::rules::JsonValue::Kind::kNumber) limit += " seconds";
  return "(" + age.newest +
         " OPERATOR(pg_catalog.>=) (pg_catalog.now()"
         " OPERATOR(pg_catalog.-) pg_catalog.interval " +
         SqlText(limit) + ")) IS TRUE";
}

Checked<std::string> MissingValuesSql(const Rule& rule, const RuleSubject& subject,
                                      const std::string& row) {
  const ColumnFacts& column = *subject[0];
  const bool whole = column.base == INT2OID || column.base == INT4OID || column.base == INT8OID;
  if (!whole && column.base != DATEOID) {
    return WrongType(rule, column, "no_gaps takes whole numbers and dates",
                     "Cast it to bigint or date in the dataset's query.");
  }
  const std::string value = row + "." + SqlIdentifier(column.name);
  const std::string cast = whole ? "::pg_catalog.numeric" : "";
  return "coalesce((pg_catalog.max(" + value + ")" + cast +
         " OPERATOR(pg_catalog.-) pg_catalog.min(" + value + ")" + cast +
         ")::pg_catalog.numeric OPERATOR(pg_catalog.+) 1 OPERATOR(pg_catalog.-) "
         "pg_catalog.count(DISTINCT " +
         value + "), 0)";
}

}  // namespace pg_checker::postgres
