#include "import/suite.hpp"

#include <algorithm>

#include "definitions/object_name.hpp"
#include "definitions/yaml_writer.hpp"

namespace pg_checker::import {
namespace {

constexpr std::size_t kLongestName = 63;

void AddOnce(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

// All datasets that a rule names.
void CollectDatasets(const Value& rule, std::vector<std::string>& names) {
  for (const definitions::Member& member : rule.members) {
    const bool is_name =
        member.key == "dataset" || member.key == "other" || member.key == "percent_of";
    if (is_name && member.value.is(Value::Kind::kText)) AddOnce(names, member.value.text);
    CollectDatasets(member.value, names);
  }
}

// A comment has no line breaks.
std::string OneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

}  // namespace

std::string NameOf(const std::string& relation) {
  std::string bare;
  for (const char c : relation) {
    if (c != '"') bare += c;
  }
  std::string name = definitions::AsNamePart(bare).substr(0, kLongestName);
  if (!definitions::IsNamePart(name)) name = ("_" + name).substr(0, kLongestName);
  return name;
}

Value RuleOf(const std::string& dataset, const std::string& assertion) {
  Value rule = Value::Map();
  rule.Add("dataset", Value::Text(dataset));
  rule.Add("assert", Value::Text(assertion));
  return rule;
}

std::string Suite::Unused(const std::string& hint) const {
  const std::string base = NameOf(hint);
  const auto taken = [&](const std::string& name) {
    const auto is_named = [&](const auto& pair) { return pair.first == name; };
    return std::any_of(datasets_.begin(), datasets_.end(), is_named) ||
           std::any_of(queries_.begin(), queries_.end(), is_named) || rules_.count(name) > 0;
  };
  std::string name = base;
  for (int number = 2; taken(name); ++number) {
    const std::string suffix = "_" + std::to_string(number);
    name = base.substr(0, kLongestName - suffix.size()) + suffix;
  }
  return name;
}

std::string Suite::Rows(const std::string& relation, const std::string& condition) {
  if (condition.empty()) return Query(relation, "SELECT * FROM " + relation);
  return Query(relation + "_filtered", "SELECT * FROM " + relation + " WHERE " + condition);
}

std::string Suite::Query(const std::string& hint, const std::string& query) {
  for (const auto& [name, known] : datasets_) {
    if (known == query) return name;
  }
  // A dataset and the checker of the same relation may share their name: they are two kinds.
  const std::string base = NameOf(hint);
  const bool is_free = std::none_of(datasets_.begin(), datasets_.end(),
                                    [&](const auto& pair) { return pair.first == base; });
  datasets_.emplace_back(is_free ? base : Unused(hint), query);
  return datasets_.back().first;
}

void Suite::AddRule(const std::string& relation, Value rule) {
  AddOnce(relations_, NameOf(relation));
  Rules& rules = rules_[NameOf(relation)];
  CollectDatasets(rule, rules.datasets);
  rules.items.push_back(std::move(rule));
  ++taken_;
}

void Suite::AddRowRule(const std::string& relation, Value rule, const Limits& limits) {
  if (limits.allow_percent) {
    const char* const key = limits.fail_over ? "allow" : "warn_allow";
    rule.Add(key, Value::Text(*limits.allow_percent + "%"));
  } else {
    if (limits.fail_over && (*limits.fail_over != "0" || limits.warn_over)) {
      rule.Add("allow", Value::Number(*limits.fail_over));
    }
    if (limits.warn_over) rule.Add("warn_allow", Value::Number(*limits.warn_over));
  }
  AddRule(relation, std::move(rule));
}

void Suite::AddMetricRule(const std::string& relation, Value rule, const Limits& limits) {
  if (!limits.fail_over) {
    for (definitions::Member& member : rule.members) {
      if (member.key == "value") member.key = "warn_value";
    }
  }
  AddRule(relation, std::move(rule));
}

void Suite::AddFailingRows(const std::string& relation, const std::string& hint,
                           const std::string& query, const std::string& message,
                           const Limits& limits) {
  if (limits.is_usual()) {
    Value checker = Value::Map();
    checker.Add("language", Value::Text("sql"));
    checker.Add("description", Value::Text(message));
    checker.Add("source", Value::Text(query));
    queries_.emplace_back(Unused(NameOf(relation) + "_" + hint), std::move(checker));
    ++taken_;
    return;
  }
  Value rule = RuleOf(Query(NameOf(relation) + "_" + hint, query), "at_most");
  if (limits.allow_percent) {
    Value metric = Value::Map();
    metric.Add("percent_of", Value::Text(Rows(relation)));
    rule.Add("metric", std::move(metric));
    rule.Add(limits.fail_over ? "value" : "warn_value", Value::Number(*limits.allow_percent));
  } else {
    if (limits.fail_over) rule.Add("value", Value::Number(*limits.fail_over));
    if (limits.warn_over) rule.Add("warn_value", Value::Number(*limits.warn_over));
  }
  rule.Add("message", Value::Text(message));
  AddRule(relation, std::move(rule));
}

void Suite::Leave(const std::string& place, const std::string& what, const std::string& why) {
  left_.push_back(OneLine(place + ": " + what + ": " + why));
}

std::string Suite::Document(const std::string& source) const {
  std::string text = "# Made by checkerctl import from " + OneLine(source) + ".\n";
  for (const std::string& line : left_) text += "# not taken over: " + line + "\n";
  Value datasets = Value::Map();
  for (const auto& [name, query] : datasets_) {
    Value dataset = Value::Map();
    dataset.Add("query", Value::Text(query));
    datasets.Add(name, std::move(dataset));
  }
  Value checkers = Value::Map();
  for (const std::string& relation : relations_) {
    const Rules& rules = rules_.at(relation);
    Value checker = Value::Map();
    checker.Add("language", Value::Text("rule"));
    std::vector<Value> names;
    for (const std::string& name : rules.datasets) names.push_back(Value::Text(name));
    checker.Add("datasets", Value::List(std::move(names)));
    checker.Add("source", Value::List(rules.items));
    checkers.Add(relation, std::move(checker));
  }
  for (const auto& [name, checker] : queries_) checkers.Add(name, checker);
  Value document = Value::Map();
  document.Add("datasets", std::move(datasets));
  document.Add("checkers", std::move(checkers));
  return text + definitions::YamlText(document);
}

}  // namespace pg_checker::import
