#include "assertions/rules/rule_reader.hpp"

#include <algorithm>
#include <initializer_list>

#include "assertions/rules/metric_reader.hpp"
#include "assertions/rules/operand_reader.hpp"
#include "assertions/rules/vocabulary.hpp"

namespace pg_checker::assertions::rules {

namespace {

using Kind = JsonValue::Kind;

constexpr size_t kMaxRules = 1000;
constexpr size_t kMaxColumns = 100;

// The keys that a rule of this kind takes.
std::vector<std::string_view> KeysOf(const AssertFacts& facts) {
  std::vector<std::string_view> keys = {"dataset", "assert", "metric", "message"};
  const auto add = [&](std::initializer_list<std::string_view> more) {
    keys.insert(keys.end(), more.begin(), more.end());
  };
  if (facts.operand != OperandShape::kNone) add({"value", "warn_value", "recover_value"});
  const bool counts_rows = facts.operand == OperandShape::kNone;  // and nothing else
  if (facts.subject != Subject::kDataset && !counts_rows) add({"column"});
  if (facts.subject == Subject::kColumns) add({"columns"});
  if (facts.subject == Subject::kMetric && !counts_rows) add({"change"});
  if (facts.tolerant) add({"allow", "warn_allow"});
  switch (facts.assertion) {
    case Assert::kCompare:
      add({"other_column", "operator"});
      break;
    case Assert::kReferences:
      add({"other", "other_column", "other_columns"});
      break;
    case Assert::kSameRows:
      add({"other"});
      break;
    case Assert::kIncreasing:
      add({"strict"});
      break;
    case Assert::kNotEmptyString:
      add({"trim"});
      break;
    case Assert::kValidShare:
      add({"values"});
      break;
    default:
      break;
  }
  return keys;
}

class RuleReader {
 public:
  RuleReader(const JsonValue& source, std::string path) : source_(source), path_(std::move(path)) {}

  Checked<Rule> Read() {
    if (!ReadAll()) return std::move(fault_);
    return std::move(rule_);
  }

 private:
  bool Refuse(Fault fault) {
    fault_ = std::move(fault);
    return false;
  }
  bool Refuse(const JsonValue& at, const std::string& key, std::string message,
              std::string hint = "") {
    return Refuse(Invalid(at, path_ + key, std::move(message), std::move(hint)));
  }

  bool ReadAll() {
    if (source_.kind != Kind::kObject) {
      return Refuse(source_, "", "a rule is an object, not " + std::string(KindName(source_.kind)),
                    "Write {\"dataset\": …, \"assert\": …}.");
    }
    rule_.place = {path_, source_.offset};
    return ReadAssert() && CheckKeys() && ReadDataset() && ReadSubject() && ReadPartners() &&
           ReadFlags() && ReadBounds() && ReadMessage();
  }

  bool ReadAssert() {
    const JsonValue* word = source_.Find("assert");
    if (word == nullptr) {
      // A misspelt key is likelier than a forgotten one.
      for (const auto& [name, value] : source_.members) {
        if (!IsKeyOfAny(name)) return RefuseKey(name, value, AllKeys());
      }
      return Refuse(source_, "", "\"assert\" is missing", "Use one of " + AssertNames() + ".");
    }
    if (word->kind == Kind::kText) facts_ = FindAssert(word->text);
    if (facts_ == nullptr) {
      return Refuse(*word, ".assert",
                    word->kind == Kind::kText
                        ? "unknown assert \"" + Excerpt(word->text) + "\""
                        : "\"assert\" is a text, not " + std::string(KindName(word->kind)),
                    "Use one of " + AssertNames() + ".");
    }
    rule_.assertion = facts_->assertion;
    return true;
  }

  static std::vector<std::string_view> AllKeys() {
    std::vector<std::string_view> all;
    for (const AssertFacts& facts : Asserts()) {
      for (const std::string_view key : KeysOf(facts)) {
        if (std::find(all.begin(), all.end(), key) == all.end()) all.push_back(key);
      }
    }
    return all;
  }

  static bool IsKeyOfAny(std::string_view name) {
    const auto all = AllKeys();
    return std::find(all.begin(), all.end(), name) != all.end();
  }

  bool RefuseKey(const std::string& name, const JsonValue& value,
                 const std::vector<std::string_view>& allowed) {
    std::string list;
    for (const std::string_view key : allowed) (list += list.empty() ? "" : ", ") += key;
    Fault fault =
        UnknownKey(value, path_, name,
                   (facts_ == nullptr ? "Keys of rules are "
                                      : "Keys of " + std::string(facts_->name) + " are ") +
                       list + ".");
    if (facts_ != nullptr && IsKeyOfAny(name))
      fault.message = "assert " + std::string(facts_->name) + " takes no key \"" + name + "\"";
    return Refuse(std::move(fault));
  }

  bool CheckKeys() {
    const auto allowed = KeysOf(*facts_);
    for (const auto& [name, value] : source_.members) {
      if (std::find(allowed.begin(), allowed.end(), name) == allowed.end())
        return RefuseKey(name, value, allowed);
      if (value.kind == Kind::kNull)
        return Refuse(value, "." + name, "\"" + name + "\" is null", "Leave the key out.");
    }
    return true;
  }

  bool ReadDataset() {
    const JsonValue* dataset = source_.Find("dataset");
    if (dataset == nullptr) {
      return Refuse(source_, "", "\"dataset\" is missing",
                    "Name one of the datasets that the checker declares.");
    }
    return TakeName(*dataset, ".dataset", "the name of a dataset", rule_.dataset);
  }

  bool TakeName(const JsonValue& value, const std::string& key, std::string_view what, Name& name) {
    if (value.kind != Kind::kText || value.text.empty()) {
      return Refuse(
          value, key,
          "expected " + std::string(what) + ", found " +
              (value.kind == Kind::kText ? "an empty text" : std::string(KindName(value.kind))));
    }
    name = {value.text, {path_ + key, value.offset}};
    return true;
  }

  // A text, or a list of them.
  bool TakeNames(const JsonValue& value, const std::string& key, std::vector<Name>& names) {
    if (value.kind != Kind::kArray)
      return TakeName(value, key, "the name of a column", names.emplace_back());
    if (value.items.empty() || value.items.size() > kMaxColumns)
      return Refuse(value, key, "expected the names of 1 to 100 columns");
    for (size_t i = 0; i < value.items.size(); i++) {
      const std::string at = key + "[" + std::to_string(i) + "]";
      if (!TakeName(value.items[i], at, "the name of a column", names.emplace_back())) return false;
      for (size_t j = 0; j < i; j++) {
        if (names[j].text == names[i].text)
          return Refuse(value.items[i], at, "column \"" + names[i].text + "\" is named twice");
      }
    }
    return true;
  }

  bool ReadSubject() {
    const JsonValue* metric = source_.Find("metric");
    std::optional<Fault> fault = ReadMetric(source_, path_, *facts_, rule_, &columns_);
    if (fault) return Refuse(std::move(*fault));
    if (facts_->operand == OperandShape::kNone &&
        (rule_.metric.kind != Metric::Kind::kRowCount || rule_.metric.change)) {
      return Refuse(*metric, ".metric",
                    "assert " + std::string(facts_->name) + " looks at the number of rows only",
                    "Use equal, or another assert on a metric.");
    }
    const JsonValue* column = source_.Find("column");
    const JsonValue* columns = source_.Find("columns");
    if (!columns_.empty() && (column != nullptr || columns != nullptr) && metric != nullptr)
      return Refuse(*metric, ".metric", "the column is named twice", "Leave one of them out.");
    if (column != nullptr && columns != nullptr)
      return Refuse(*columns, ".columns", "the column is named twice", "Leave one of them out.");
    if (column != nullptr && !TakeNames(*column, ".column", columns_)) return false;
    if (columns != nullptr && !TakeNames(*columns, ".columns", columns_)) return false;
    const JsonValue* value = source_.Find("value");
    if (columns_.empty() && rule_.assertion == Assert::kUniqueTogether && value != nullptr &&
        value->kind == Kind::kArray) {
      value_taken_ = true;
      if (!TakeNames(*value, ".value", columns_)) return false;
    }
    rule_.columns = columns_;
    return CheckColumnCount();
  }

  bool CheckColumnCount() {
    const size_t count = rule_.columns.size();
    const bool aggregates =
        facts_->subject == Subject::kMetric && rule_.metric.kind == Metric::Kind::kAggregate;
    const bool wanted =
        aggregates || (facts_->subject != Subject::kMetric && facts_->subject != Subject::kDataset);
    if (wanted && count == 0) {
      return Refuse(source_, "", "\"column\" is missing",
                    "Name a column of the dataset, as in \"column\": \"email\".");
    }
    if (!wanted && count > 0) {
      return Refuse(*source_.Find("column"), ".column", "the number of rows needs no column",
                    "Say what of the column is meant, as in \"metric\": {\"column\": …, "
                    "\"aggregate\": \"sum\"}, or leave it out.");
    }
    if (count > 1 && facts_->subject != Subject::kColumns)
      return Refuse(source_, "", "assert " + std::string(facts_->name) + " takes one column");
    if (count == 1 && rule_.assertion == Assert::kUniqueTogether) {
      return Refuse(source_, "", "unique_together takes two columns or more",
                    "Use unique for one column.");
    }
    return true;
  }

  // The other dataset, the other columns, the operator: from keys of their own, or from `value`.
  bool ReadPartners() {
    if (const JsonValue* other = source_.Find("other")) {
      if (!TakeName(*other, ".other", "the name of a dataset", rule_.other.emplace())) return false;
    }
    for (const char* key : {"other_column", "other_columns"}) {
      const JsonValue* columns = source_.Find(key);
      if (columns != nullptr && !TakeNames(*columns, std::string(".") + key, rule_.other_columns))
        return false;
    }
    if (const JsonValue* word = source_.Find("operator")) {
      if (!TakeOperator(*word, ".operator")) return false;
    }
    if (facts_->operand == OperandShape::kColumn && !TakeColumnOperand()) return false;
    if (facts_->operand == OperandShape::kDataset && !TakeDatasetOperand()) return false;
    return CheckPartners();
  }

  bool TakeOperator(const JsonValue& word, const std::string& key) {
    const auto comparison =
        word.kind == Kind::kText ? FindComparison(word.text) : std::optional<Comparison>();
    if (!comparison) {
      return Refuse(word, key, "unknown operator",
                    "Use one of =, <>, <, <=, >, >=, or a name such as at_most.");
    }
    rule_.comparison = *comparison;
    return true;
  }

  bool TakeColumnOperand() {
    const JsonValue* value = source_.Find("value");
    if (value == nullptr || IsTolerance(*value)) return true;
    if (!rule_.other_columns.empty()) return true;  // ReadBounds finds fault with it
    value_taken_ = true;
    if (value->kind != Kind::kObject) return TakeNames(*value, ".value", rule_.other_columns);
    for (const auto& [name, member] : value->members) {
      const std::string key = ".value." + name;
      if (name == "column") {
        if (!TakeNames(member, key, rule_.other_columns)) return false;
      } else if (name == "operator") {
        if (!TakeOperator(member, key)) return false;
      } else {
        return Refuse(UnknownKey(member, path_ + ".value", name, "Keys are operator and column."));
      }
    }
    return true;
  }

  bool TakeDatasetOperand() {
    const JsonValue* value = source_.Find("value");
    if (value == nullptr || IsTolerance(*value) || rule_.other) return true;
    value_taken_ = true;
    if (value->kind != Kind::kObject)
      return TakeName(*value, ".value", "the name of a dataset", rule_.other.emplace());
    for (const auto& [name, member] : value->members) {
      const std::string key = ".value." + name;
      if (name == "dataset") {
        if (!TakeName(member, key, "the name of a dataset", rule_.other.emplace())) return false;
      } else if ((name == "column" || name == "columns") &&
                 rule_.assertion == Assert::kReferences && rule_.other_columns.empty()) {
        if (!TakeNames(member, key, rule_.other_columns)) return false;
      } else {
        return Refuse(UnknownKey(member, path_ + ".value", name, "Keys are dataset and column."));
      }
    }
    return true;
  }

  bool CheckPartners() {
    if (facts_->operand == OperandShape::kDataset && !rule_.other) {
      return Refuse(source_, "", "the other dataset is missing",
                    "Name it, as in \"other\": \"customers\".");
    }
    if (rule_.assertion == Assert::kReferences) {
      if (rule_.other_columns.empty()) rule_.other_columns = rule_.columns;
      if (rule_.other_columns.size() != rule_.columns.size())
        return Refuse(source_, "", "as many other columns are needed as there are columns");
    }
    if (rule_.assertion == Assert::kCompare && rule_.other_columns.size() != 1) {
      return Refuse(source_, "", "compare takes one other column",
                    "Name it, as in \"other_column\": \"shipped_at\".");
    }
    return true;
  }

  bool ReadFlags() {
    const auto take = [&](const char* key, bool& flag) {
      const JsonValue* value = source_.Find(key);
      if (value == nullptr) return true;
      if (value->kind != Kind::kBoolean)
        return Refuse(*value, std::string(".") + key, "expected true or false");
      flag = value->boolean;
      return true;
    };
    return take("strict", rule_.strict) && take("trim", rule_.trim);
  }

  bool ReadBounds() {
    std::optional<Fault> fault = ReadThresholds(source_, path_, *facts_, value_taken_, rule_);
    return fault ? Refuse(std::move(*fault)) : true;
  }

  bool ReadMessage() {
    const JsonValue* message = source_.Find("message");
    if (message != nullptr && message->kind != Kind::kText)
      return Refuse(*message, ".message", "expected a text");
    rule_.message = message != nullptr ? message->text : DefaultMessage(rule_);
    return true;
  }

  const JsonValue& source_;
  std::string path_;
  const AssertFacts* facts_ = nullptr;
  std::vector<Name> columns_;
  bool value_taken_ = false;  // `value` is no threshold
  Rule rule_;
  Fault fault_;
};

}  // namespace

Checked<std::vector<Rule>> ReadRules(std::string_view source) {
  auto json = ParseJson(source);
  if (!json) return std::move(json.fault());
  const bool list = json->kind == Kind::kArray;
  const size_t count = list ? json->items.size() : 1;
  if (count == 0 || count > kMaxRules)
    return Invalid(*json, "", "expected 1 to 1000 rules, found " + std::to_string(count));
  std::vector<Rule> rules;
  for (size_t i = 0; i < count; i++) {
    const JsonValue& one = list ? json->items[i] : *json;
    auto rule = RuleReader(one, list ? "[" + std::to_string(i) + "]" : "").Read();
    if (!rule) return std::move(rule.fault());
    rules.push_back(std::move(*rule));
  }
  return rules;
}

}  // namespace pg_checker::assertions::rules
