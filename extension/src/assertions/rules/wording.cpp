// How rules are put into words.
#include "assertions/rules/vocabulary.hpp"

namespace pg_checker::assertions::rules {

namespace {

// Longer operands are cut: the rule itself has them.
constexpr size_t kShownBytes = 120;

std::string Show(const JsonValue& value);

std::string ShowList(const JsonValue& list) {
  std::string text = "[";
  for (const JsonValue& item : list.items) {
    if (text.size() > kShownBytes) return text + ", …]";
    (text += text.size() > 1 ? ", " : "") += Show(item);
  }
  return text + "]";
}

std::string ShowObject(const JsonValue& object) {
  std::string text = "{";
  for (const auto& [name, member] : object.members) {
    if (text.size() > kShownBytes) return text + ", …}";
    (text += text.size() > 1 ? ", " : "") += name + ": " + Show(member);
  }
  return text + "}";
}

std::string Show(const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::kNull:
      return "null";
    case JsonValue::Kind::kBoolean:
      return value.boolean ? "true" : "false";
    case JsonValue::Kind::kNumber:
    case JsonValue::Kind::kText: {
      if (value.text.size() <= kShownBytes) return value.text;
      size_t end = kShownBytes;
      while (end > 0 && (static_cast<unsigned char>(value.text[end]) & 0xC0) == 0x80) end--;
      return value.text.substr(0, end) + "…";
    }
    case JsonValue::Kind::kArray:
      return ShowList(value);
    case JsonValue::Kind::kObject:
      return ShowObject(value);
  }
  return "";
}

std::string Join(const std::vector<Name>& names) {
  std::string text;
  for (const Name& name : names) (text += text.empty() ? "" : ", ") += name.text;
  return text;
}

std::string MetricText(const Rule& rule) {
  if (rule.assertion == Assert::kValidShare) return "valid_share(" + Join(rule.columns) + ")";
  const Metric& metric = rule.metric;
  std::string text;
  switch (metric.kind) {
    case Metric::Kind::kRowCount:
      text = "row_count";
      break;
    case Metric::Kind::kPercentOf:
      text = "percent_of(" + metric.percent_of->text + ")";
      break;
    case Metric::Kind::kAggregate:
      text = std::string(AggregateName(metric.aggregate)) + "(" + Join(rule.columns);
      if (metric.aggregate == Aggregate::kQuantile) text += ", " + metric.fraction;
      text += ")";
      break;
  }
  return text;
}

std::string ChangeText(const Change& change) {
  static constexpr std::string_view kUnits[] = {"change", "change in percent", "z-score"};
  return std::string(kUnits[static_cast<size_t>(change.as)]) + " against " +
         (change.interval ? change.interval->text + " ago" : "the previous run");
}

std::string ShowPair(const JsonValue& pair) {
  const JsonValue& low = pair.items[0];
  const JsonValue& high = pair.items[1];
  if (low.kind == JsonValue::Kind::kNull) return "at most " + Show(high);
  if (high.kind == JsonValue::Kind::kNull) return "at least " + Show(low);
  return "between " + Show(low) + " and " + Show(high);
}

std::string ColumnCondition(const Rule& rule, const Bound& bound) {
  const std::string columns = Join(rule.columns);
  const JsonValue none;
  const JsonValue& operand = bound.operand ? *bound.operand : none;
  switch (rule.assertion) {
    case Assert::kNotNull:
      return columns + " is not null";
    case Assert::kUnique:
      return columns + " is unique";
    case Assert::kUniqueTogether:
      return columns + " are unique together";
    case Assert::kInSet:
      return columns + " is one of " + Show(operand);
    case Assert::kNotInSet:
      return columns + " is none of " + Show(operand);
    case Assert::kInRange:
      return columns + " is " + ShowPair(operand);
    case Assert::kMatches:
      return columns + " matches " + Show(operand);
    case Assert::kNotEmptyString:
      return columns + " is not an empty string";
    case Assert::kLengthBetween:
      return "length of " + columns + " is " + ShowPair(operand);
    case Assert::kTypeIs:
      return columns + " is of type " + Show(operand);
    case Assert::kIncreasing:
      return columns + (rule.strict ? " is increasing" : " is not decreasing");
    case Assert::kNoGaps:
      return columns + " has no gaps";
    case Assert::kCompare:
      return columns + " " + std::string(ComparisonSymbol(rule.comparison)) + " " +
             Join(rule.other_columns);
    case Assert::kJsonMatches:
      return columns + " matches " + Show(operand);
    case Assert::kReferences:
      return columns + " is in " + rule.other->text + " (" + Join(rule.other_columns) + ")";
    case Assert::kSameRows:
      return "the rows of " + rule.other->text;
    case Assert::kSchemaIs:
      return "columns are " + Show(operand);
    case Assert::kFresh:
      return "newest " + columns + " is not older than " + Show(operand) +
             (operand.kind == JsonValue::Kind::kNumber ? " seconds" : "");
    default:
      return "";
  }
}

}  // namespace

std::string MetricLabel(const Rule& rule) { return rule.dataset.text + ": " + MetricText(rule); }

std::string Expectation(const Rule& rule, const Bound& bound) {
  if (rule.assertion == Assert::kEmpty) return "= 0";
  if (rule.assertion == Assert::kNotEmpty) return "> 0";
  if (rule.assertion == Assert::kValidShare) return ">= " + Show(*bound.operand) + " %";
  if (rule.assertion == Assert::kBetween) return ShowPair(*bound.operand);
  if (FactsOf(rule.assertion).subject == Subject::kMetric)
    return std::string(ComparisonSymbol(rule.comparison)) + " " + Show(*bound.operand);
  std::string text = ColumnCondition(rule, bound);
  if (bound.tolerance.number != "0") {
    text += " (allowed: " + bound.tolerance.number + (bound.tolerance.percent ? " %" : "") + ")";
  }
  return text;
}

std::string DefaultMessage(const Rule& rule) {
  const Bound& bound = rule.fail ? *rule.fail : *rule.warn;
  const std::string dataset = rule.dataset.text + ": ";
  if (rule.assertion == Assert::kEmpty) return dataset + "there is no row";
  if (rule.assertion == Assert::kNotEmpty) return dataset + "there is a row";
  if (rule.assertion == Assert::kSameRows) return dataset + "has the rows of " + rule.other->text;
  if (rule.assertion == Assert::kValidShare) {
    return dataset + Join(rule.columns) + " is one of " + Show(*rule.values) + " in at least " +
           Show(*bound.operand) + " % of the rows";
  }
  if (FactsOf(rule.assertion).subject == Subject::kMetric) {
    std::string text = dataset + MetricText(rule);
    if (rule.metric.change) text += ", " + ChangeText(*rule.metric.change) + ",";
    return text + (rule.assertion == Assert::kBetween ? " is " : " ") + Expectation(rule, bound);
  }
  return dataset + ColumnCondition(rule, bound);
}

}  // namespace pg_checker::assertions::rules
