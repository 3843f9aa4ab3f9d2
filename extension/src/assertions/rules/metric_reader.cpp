#include "assertions/rules/metric_reader.hpp"

#include <charconv>

#include "assertions/rules/operand_reader.hpp"

namespace pg_checker::assertions::rules {

namespace {

using Kind = JsonValue::Kind;

constexpr int kMaxOver = 1000;
constexpr std::string_view kMetricForms =
    "Write \"row_count\", {\"percent_of\": dataset} or {\"column\": …, \"aggregate\": …}.";

// A whole number from `least` to `most`, or nothing.
std::optional<int> WholeNumber(const JsonValue& value, int least, int most) {
  int number = 0;
  const char* end = value.text.data() + value.text.size();
  if (value.kind != Kind::kNumber) return std::nullopt;
  const auto read = std::from_chars(value.text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || number < least || number > most)
    return std::nullopt;
  return number;
}

std::optional<Fault> ReadAgainst(const JsonValue& value, const std::string& path, Change& change) {
  if (value.kind != Kind::kText || value.text.empty()) {
    return Invalid(value, path, "expected \"previous run\" or an interval such as \"7 days\"");
  }
  if (value.text != "previous run") change.interval = Name{value.text, {path, value.offset}};
  return std::nullopt;
}

std::optional<Fault> ReadAs(const JsonValue& value, const std::string& path, Change& change) {
  if (value.text == "absolute") {
    change.as = Change::As::kAbsolute;
  } else if (value.text == "percent") {
    change.as = Change::As::kPercent;
  } else if (value.text == "z_score") {
    change.as = Change::As::kZScore;
  } else {
    return Invalid(value, path, "unknown way to say a change", "Use absolute, percent or z_score.");
  }
  return std::nullopt;
}

std::optional<Fault> ReadChange(const JsonValue& value, const std::string& path, Change& change) {
  if (value.kind != Kind::kObject) {
    return Invalid(value, path, "expected an object, found " + std::string(KindName(value.kind)),
                   "Write {\"against\": \"previous run\", \"as\": \"percent\"}.");
  }
  const JsonValue* over = nullptr;
  bool against = false;
  for (const auto& [name, member] : value.members) {
    const std::string at = path + "." + Excerpt(name);
    std::optional<Fault> fault;
    if (name == "against") {
      against = true;
      fault = ReadAgainst(member, at, change);
    } else if (name == "as") {
      fault = ReadAs(member, at, change);
    } else if (name == "over") {
      over = &member;
    } else {
      fault = UnknownKey(member, path, name, "Keys of change are against, as and over.");
    }
    if (fault) return fault;
  }
  if (!against) {
    return Invalid(value, path, "\"against\" is missing",
                   "Write \"previous run\" or an interval such as \"7 days\".");
  }
  // A deviation needs two runs at least.
  const bool z_score = change.as == Change::As::kZScore;
  constexpr int kUsualRuns = 30;
  change.over = z_score ? kUsualRuns : 1;
  if (over == nullptr) return std::nullopt;
  const int least = z_score ? 2 : 1;
  const auto runs = WholeNumber(*over, least, kMaxOver);
  if (!runs) {
    return Invalid(*over, path + ".over",
                   "expected a number of runs from " + std::to_string(least) + " to 1000");
  }
  change.over = *runs;
  return std::nullopt;
}

std::optional<Fault> ReadAggregate(const JsonValue& value, const std::string& path,
                                   Metric& metric) {
  if (value.kind == Kind::kText && value.text == "row_count") {
    metric.kind = Metric::Kind::kRowCount;
    return std::nullopt;
  }
  const auto aggregate =
      value.kind == Kind::kText ? FindAggregate(value.text) : std::optional<Aggregate>();
  if (!aggregate) {
    return Invalid(value, path,
                   value.kind == Kind::kText ? "unknown aggregate \"" + Excerpt(value.text) + "\""
                                             : "expected the name of an aggregate, found " +
                                                   std::string(KindName(value.kind)),
                   "Use one of " + AggregateNames() + ".");
  }
  metric.kind = Metric::Kind::kAggregate;
  metric.aggregate = *aggregate;
  if (*aggregate == Aggregate::kMedian) metric.fraction = "0.5";
  return std::nullopt;
}

// From 0 to 1, as it was written.
std::optional<Fault> ReadFraction(const JsonValue& value, const std::string& path,
                                  std::string& fraction) {
  double number = -1;
  if (value.kind == Kind::kNumber)
    std::from_chars(value.text.data(), value.text.data() + value.text.size(), number);
  if (number < 0 || number > 1)
    return Invalid(value, path, "expected a number from 0 to 1, such as 0.95");
  fraction = value.text;
  return std::nullopt;
}

class MetricObject {
 public:
  MetricObject(const JsonValue& source, std::string path, const AssertFacts& facts, Rule& rule,
               std::vector<Name>* columns)
      : source_(source), path_(std::move(path)), facts_(facts), rule_(rule), columns_(columns) {}

  std::optional<Fault> Read() {
    const bool by_column = facts_.subject != Subject::kMetric;
    for (const auto& [name, value] : source_.members) {
      const std::string at = path_ + "." + Excerpt(name);
      std::optional<Fault> fault;
      if (name == "column" || (name == "columns" && by_column)) {
        fault = ReadColumns(value, at);
      } else if (name == "values" && rule_.assertion == Assert::kValidShare) {
        fault = ReadList(value, at, rule_.values);
      } else if (!by_column && name == "aggregate") {
        aggregated_ = true;
        fault = ReadAggregate(value, at, rule_.metric);
      } else if (!by_column && name == "percent_of") {
        fault = ReadPercentOf(value, at);
      } else if (!by_column && name == "quantile") {
        fraction_ = &value;
      } else if (!by_column && name == "change") {
        fault = ReadChange(value, at, rule_.metric.change.emplace());
      } else {
        fault =
            UnknownKey(value, path_, name,
                       by_column ? "The metric of an assert by column has the key column."
                                 : "Keys of a metric are column, aggregate, quantile, percent_of "
                                   "and change.");
      }
      if (fault) return fault;
    }
    return by_column ? std::nullopt : Complete();
  }

 private:
  std::optional<Fault> ReadColumns(const JsonValue& value, const std::string& at) {
    if (value.kind == Kind::kText && !value.text.empty()) {
      columns_->push_back({value.text, {at, value.offset}});
      return std::nullopt;
    }
    if (value.kind == Kind::kArray && facts_.subject == Subject::kColumns && !value.items.empty()) {
      for (const JsonValue& item : value.items) {
        if (item.kind != Kind::kText || item.text.empty())
          return Invalid(item, at, "expected the name of a column");
        columns_->push_back({item.text, {at, item.offset}});
      }
      return std::nullopt;
    }
    return Invalid(value, at,
                   "expected the name of a column, found " + std::string(KindName(value.kind)));
  }

  std::optional<Fault> ReadPercentOf(const JsonValue& value, const std::string& at) {
    if (value.kind != Kind::kText || value.text.empty())
      return Invalid(value, at, "expected the name of a dataset");
    rule_.metric.kind = Metric::Kind::kPercentOf;
    rule_.metric.percent_of = Name{value.text, {at, value.offset}};
    return std::nullopt;
  }

  std::optional<Fault> Complete() {
    Metric& metric = rule_.metric;
    if (metric.percent_of && (aggregated_ || !columns_->empty())) {
      return Invalid(source_, path_, "percent_of stands alone",
                     "It is the number of rows of the one dataset in percent of the other's.");
    }
    if (!columns_->empty() && !aggregated_) {
      return Invalid(source_, path_, "\"aggregate\" is missing",
                     "Use one of " + AggregateNames() + ".");
    }
    const bool quantile =
        metric.kind == Metric::Kind::kAggregate && metric.aggregate == Aggregate::kQuantile;
    if (fraction_ != nullptr && !quantile)
      return Invalid(*fraction_, path_ + ".quantile", "only aggregate quantile takes this key");
    if (fraction_ != nullptr) return ReadFraction(*fraction_, path_ + ".quantile", metric.fraction);
    if (quantile) {
      return Invalid(source_, path_, "\"quantile\" is missing",
                     "Say which one, as in {\"aggregate\": \"quantile\", \"quantile\": 0.95}.");
    }
    return std::nullopt;
  }

  const JsonValue& source_;
  std::string path_;
  const AssertFacts& facts_;
  Rule& rule_;
  std::vector<Name>* columns_;
  const JsonValue* fraction_ = nullptr;
  bool aggregated_ = false;
};

}  // namespace

std::optional<Fault> ReadMetric(const JsonValue& source, const std::string& path,
                                const AssertFacts& facts, Rule& rule, std::vector<Name>* columns) {
  const JsonValue* metric = source.Find("metric");
  const std::string metric_path = path + ".metric";
  rule.metric.place = rule.place;
  if (metric != nullptr) {
    rule.metric.place = {metric_path, metric->offset};
    std::optional<Fault> fault;
    if (metric->kind == Kind::kObject) {
      fault = MetricObject(*metric, metric_path, facts, rule, columns).Read();
    } else if (metric->kind != Kind::kText || facts.subject != Subject::kMetric) {
      fault =
          Invalid(*metric, metric_path,
                  facts.subject == Subject::kMetric
                      ? "expected a text or an object, found " + std::string(KindName(metric->kind))
                      : "assert " + std::string(facts.name) + " takes no such metric",
                  facts.subject == Subject::kMetric ? std::string(kMetricForms)
                                                    : "Name the column: \"column\": ….");
    } else {
      fault = ReadAggregate(*metric, metric_path, rule.metric);
      if (!fault && rule.metric.kind == Metric::Kind::kAggregate &&
          rule.metric.aggregate == Aggregate::kQuantile) {
        fault = Invalid(*metric, metric_path, "\"quantile\" is missing",
                        "Write {\"aggregate\": \"quantile\", \"quantile\": 0.95}.");
      }
    }
    if (fault) return fault;
  }
  const JsonValue* change = source.Find("change");
  if (change == nullptr) return std::nullopt;
  if (rule.metric.change)
    return Invalid(*change, path + ".change", "the change is there twice",
                   "Leave one of them out.");
  return ReadChange(*change, path + ".change", rule.metric.change.emplace());
}

}  // namespace pg_checker::assertions::rules
