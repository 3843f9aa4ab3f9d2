#include "postgres/rules/rule_sql.hpp"

#include <algorithm>

#include "assertions/rules/vocabulary.hpp"
#include "postgres/rules/metric_sql.hpp"
#include "postgres/rules/row_condition.hpp"
#include "postgres/rules/sql_text.hpp"

namespace pg_checker::postgres {

using assertions::rules::Assert;
using assertions::rules::Bound;
using assertions::rules::Checked;
using assertions::rules::Fault;
using assertions::rules::Metric;
using assertions::rules::Rule;
using assertions::rules::Subject;

namespace {

// Has a space, so that no column of a dataset is likely to be it; a column would only hide it.
constexpr std::string_view kRow = "\"checker row\"";
constexpr std::string_view kWholeRow = "\"checker whole row\"";

}  // namespace

RuleQuery::RuleQuery(const SqlSite& site, bool in_order)
    : site_(site),
      in_order_(in_order),
      whole_row_(in_order ? std::string(kRow) + "." + std::string(kWholeRow) : std::string(kRow)) {
  Column("pg_catalog.count(*)");
}

int RuleQuery::Column(const std::string& expression) {
  const auto found = std::find(columns_.begin(), columns_.end(), expression);
  if (found == columns_.end()) {
    columns_.push_back(expression);
    return column_count() - 1;
  }
  return static_cast<int>(found - columns_.begin());
}

std::string RuleQuery::NextPartner() {
  return "\"checker other " + std::to_string(++join_count_) + "\"";
}

void RuleQuery::Join(const std::string& table, const std::string& alias,
                     const std::string& condition) {
  joins_ += " LEFT JOIN " + table + " AS " + alias + " ON " + condition;
}

std::string RuleQuery::RunningMax(const ColumnFacts& column) {
  const std::string expression = column.min_max + ".max(" + std::string(kRow) + "." +
                                 SqlIdentifier(column.name) +
                                 ") OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)";
  auto found = std::find(windows_.begin(), windows_.end(), expression);
  const auto index = found - windows_.begin();
  if (found == windows_.end()) windows_.push_back(expression);
  return std::string(kRow) + ".\"checker max " + std::to_string(index) + "\"";
}

// The expressions of one rule.
class RuleExpressions {
 public:
  RuleExpressions(RuleQuery& query, const Rule& rule) : query_(query), rule_(rule) {}

  Checked<RuleColumns> Add() {
    for (const auto& name : rule_.columns) {
      const ColumnFacts* column = Find(query_.site_.source, name);
      if (column == nullptr) return Missing(name, rule_.dataset.text, query_.site_.source);
      subject_.push_back(column);
    }
    const auto& facts = assertions::rules::FactsOf(rule_.assertion);
    if (rule_.assertion == Assert::kTypeIs || facts.subject == Subject::kDataset)
      return RuleColumns();  // decided without looking at rows, or by comparing all of them
    if (rule_.assertion == Assert::kFresh) return AddFresh();
    if (rule_.assertion == Assert::kNoGaps) return AddGaps();
    if (facts.subject == Subject::kMetric || rule_.assertion == Assert::kValidShare)
      return AddMetric();
    return AddRows();
  }

 private:
  static const ColumnFacts* Find(const SqlSource& source, const assertions::rules::Name& name) {
    for (const ColumnFacts& column : source.columns) {
      if (column.name == name.text) return &column;
    }
    return nullptr;
  }

  static Fault Missing(const assertions::rules::Name& name, const std::string& dataset,
                       const SqlSource& source) {
    std::string list;
    for (const ColumnFacts& column : source.columns)
      (list += list.empty() ? "" : ", ") += column.name;
    return {name.place.path, "dataset \"" + dataset + "\" has no column \"" + name.text + "\"",
            "It has " + list + ".", "42703", name.place.offset};
  }

  Checked<RuleColumns> AddMetric() {
    RuleColumns columns;
    if (rule_.metric.kind == Metric::Kind::kPercentOf) return columns;  // needs the other's count
    auto metric = MetricSql(rule_, subject_, std::string(kRow));
    if (!metric) return metric.fault();
    columns.value = query_.Column(metric->expression);
    if (metric->is_number) columns.number = query_.Column(metric->AsNumeric());
    if (rule_.metric.change) {
      if (metric->is_number) return columns;  // decided with the history at hand
      return Fault{
          rule_.metric.place.path, "a change is one of numbers",
          "Take the change of a count, or make the column a number in the dataset's query.",
          "22023", rule_.metric.place.offset};
    }
    const auto add = [&](const std::optional<Bound>& bound) {
      return bound ? query_.Column(BoundSql(rule_, *bound, *metric)) : -1;
    };
    columns.fail = add(rule_.fail);
    columns.warn = add(rule_.warn);
    columns.recover = add(rule_.recover);
    if (rule_.assertion == Assert::kValidShare)
      columns.sample = FailingRows(InvalidSql(rule_, subject_, std::string(kRow)));
    return columns;
  }

  Checked<RuleColumns> AddFresh() {
    RuleColumns columns;
    auto age = AgeSql(rule_, subject_, std::string(kRow));
    if (!age) return age.fault();
    columns.value = query_.Column(age->age);
    const auto add = [&](const std::optional<Bound>& bound) {
      return bound ? query_.Column(FreshSql(*bound, *age)) : -1;
    };
    columns.fail = add(rule_.fail);
    columns.warn = add(rule_.warn);
    columns.recover = add(rule_.recover);
    return columns;
  }

  // The missing values, as if they were failing rows.
  Checked<RuleColumns> AddGaps() {
    auto missing = MissingValuesSql(rule_, subject_, std::string(kRow));
    if (!missing) return missing.fault();
    RuleColumns columns;
    const int column = query_.Column("pg_catalog.json_build_object('rows', " + *missing + ")");
    if (rule_.fail) columns.fail = column;
    if (rule_.warn) columns.warn = column;
    if (rule_.recover) columns.recover = column;
    return columns;
  }

  Checked<RuleColumns> AddRows() {
    RuleColumns columns;
    const auto add = [&](const std::optional<Bound>& bound, int& place) -> std::optional<Fault> {
      if (!bound) return std::nullopt;
      if (rule_.assertion == Assert::kUnique || rule_.assertion == Assert::kUniqueTogether) {
        auto repeated = RepeatedSql(rule_, subject_, std::string(kRow), query_.site_.max_samples);
        if (!repeated) return repeated.fault();
        place = query_.Column(*repeated);
        return std::nullopt;
      }
      auto condition = Condition(*bound);
      if (!condition) return condition.fault();
      place = FailingRows(*condition);
      return std::nullopt;
    };
    for (auto fault : {add(rule_.fail, columns.fail), add(rule_.warn, columns.warn),
                       add(rule_.recover, columns.recover)}) {
      if (fault) return *fault;
    }
    return columns;
  }

  Checked<std::string> Condition(const Bound& bound) {
    if (rule_.assertion == Assert::kReferences) return Unreferenced();
    if (rule_.assertion == Assert::kCompare) {
      const ColumnFacts* other = Find(query_.site_.source, rule_.other_columns[0]);
      if (other == nullptr)
        return Missing(rule_.other_columns[0], rule_.dataset.text, query_.site_.source);
      return CompareSql(rule_, *subject_[0], *other, std::string(kRow));
    }
    if (rule_.assertion == Assert::kIncreasing) {
      if (auto fault = RequireOrder(rule_, *subject_[0])) return *fault;
      return DisorderSql(rule_, *subject_[0], std::string(kRow), query_.RunningMax(*subject_[0]));
    }
    return RowConditionSql(rule_, bound, subject_, std::string(kRow));
  }

  // Rows without a partner in the other dataset, null ones aside.
  Checked<std::string> Unreferenced() {
    if (joined_) return *joined_;
    const SqlSource& other = query_.site_.others.at(rule_.other->text);
    std::string keys;
    std::string present;
    std::string on;
    std::string condition;
    const std::string alias = query_.NextPartner();
    for (size_t i = 0; i < subject_.size(); i++) {
      const ColumnFacts* key = Find(other, rule_.other_columns[i]);
      if (key == nullptr) return Missing(rule_.other_columns[i], rule_.other->text, other);
      if (auto fault = RequireEquality(rule_, *subject_[i])) return *fault;
      const std::string name = "k" + std::to_string(i);
      std::string value = "o." + SqlIdentifier(key->name);
      present += (i > 0 ? " AND " : "") + value + " IS NOT NULL";
      // What the rows' type takes for equal must be one key, or a row would be joined twice.
      if (subject_[i]->base != key->base && subject_[i]->operators != "pg_catalog")
        value = "(" + value + ")::" + subject_[i]->base_name;
      keys += (i > 0 ? ", " : "") + value + " AS " + name;
      const std::string column = std::string(kRow) + "." + SqlIdentifier(subject_[i]->name);
      on += (i > 0 ? " AND " : "") + column + SqlOperator(subject_[i]->operators, "=") + alias +
            "." + name;
      condition += column + " IS NOT NULL AND ";
    }
    query_.Join("(SELECT DISTINCT " + keys + " FROM " + other.from + " AS o WHERE " + present + ")",
                alias, on);
    joined_ = condition + alias + ".k0 IS NULL";
    return *joined_;
  }

  int FailingRows(const std::string& condition) {
    const std::string filter = " FILTER (WHERE " + condition + ")";
    if (query_.site_.max_samples == 0) {
      return query_.Column("pg_catalog.json_build_object('rows', pg_catalog.count(*)" + filter +
                           ")");
    }
    return query_.Column("checker.sample_rows(" + query_.whole_row_ + ", " +
                         std::to_string(query_.site_.max_samples) + ")" + filter);
  }

  RuleQuery& query_;
  const Rule& rule_;
  std::vector<const ColumnFacts*> subject_;
  std::optional<std::string> joined_;
};

Checked<RuleColumns> RuleQuery::Add(const Rule& rule) { return RuleExpressions(*this, rule).Add(); }

int RuleQuery::AddFirstRows() {
  if (site_.max_samples == 0) return -1;
  return Column("checker.sample_rows(" + whole_row_ + ", " + std::to_string(site_.max_samples) +
                ")");
}

std::string RuleQuery::Text(std::optional<uint64_t> limit) const {
  const std::string row(kRow);
  std::string text = "SELECT ARRAY[";
  for (size_t i = 0; i < columns_.size(); i++)
    (text += i > 0 ? ", (" : "(") += columns_[i] + ")::pg_catalog.text";
  text += "] FROM ";
  if (in_order_) {
    text += "(SELECT " + row + ".*, " + row + " AS " + std::string(kWholeRow);
    for (size_t i = 0; i < windows_.size(); i++)
      text += ", " + windows_[i] + " AS \"checker max " + std::to_string(i) + "\"";
    text += " FROM " + site_.source.from + " AS " + row + ") AS " + row;
  } else if (limit) {
    text += "(SELECT * FROM " + site_.source.from + " AS " + row + " LIMIT " +
            std::to_string(*limit) + ") AS " + row;
  } else {
    text += site_.source.from + " AS " + row;
  }
  return text + joins_;
}

}  // namespace pg_checker::postgres
