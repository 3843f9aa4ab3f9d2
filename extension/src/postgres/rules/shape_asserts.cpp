#include "postgres/rules/shape_asserts.hpp"

#include <algorithm>

#include "assertions/rules/vocabulary.hpp"

namespace pg_checker::postgres {

using assertions::rules::Assert;
using assertions::rules::Bound;
using assertions::rules::JsonValue;
using assertions::rules::Rule;

namespace {

// What schema_is wants of one column; no type: any.
struct WantedColumn {
  std::string name;
  std::optional<std::string> type;
};

// An object names columns in any order, a list in theirs.
std::vector<WantedColumn> WantedColumns(const JsonValue& operand) {
  std::vector<WantedColumn> wanted;
  for (const auto& [name, type] : operand.members) wanted.push_back({name, type.text});
  for (const JsonValue& item : operand.items) {
    if (item.kind == JsonValue::Kind::kText) {
      wanted.push_back({item.text, std::nullopt});
    } else {
      wanted.push_back({item.Find("name")->text, item.Find("type")->text});
    }
  }
  return wanted;
}

bool IsOfType(const ColumnFacts& column, const NamedType& type) {
  return column.type == type.type && (type.modifier == -1 || type.modifier == column.modifier);
}

// `types` are those of the wanted columns that have one, in order.
bool SchemaHolds(const JsonValue& operand, const std::vector<ColumnFacts>& columns,
                 const std::vector<NamedType>& types) {
  const std::vector<WantedColumn> wanted = WantedColumns(operand);
  if (wanted.size() != columns.size()) return false;
  size_t next_type = 0;
  for (size_t i = 0; i < wanted.size(); i++) {
    auto column = columns.begin() + static_cast<ptrdiff_t>(i);
    if (operand.kind == JsonValue::Kind::kObject) {
      column = std::find_if(columns.begin(), columns.end(),
                            [&](const ColumnFacts& facts) { return facts.name == wanted[i].name; });
      if (column == columns.end()) return false;
    }
    if (column->name != wanted[i].name) return false;
    if (wanted[i].type && !IsOfType(*column, types[next_type++])) return false;
  }
  return true;
}

std::string ShowColumns(const std::vector<ColumnFacts>& columns) {
  std::string text;
  for (const ColumnFacts& column : columns)
    text += (text.empty() ? "" : ", ") + column.name + " " + column.type_name;
  return text;
}

}  // namespace

std::vector<std::string> TypeNames(const Rule& rule, const Bound& bound) {
  std::vector<std::string> names;
  if (rule.assertion == Assert::kTypeIs) {
    if (bound.operand->kind == JsonValue::Kind::kText) names.push_back(bound.operand->text);
    for (const JsonValue& item : bound.operand->items) names.push_back(item.text);
    return names;
  }
  for (const WantedColumn& wanted : WantedColumns(*bound.operand)) {
    if (wanted.type) names.push_back(*wanted.type);
  }
  return names;
}

engine::Result<Findings> FindInShape(const Rule& rule, const AnswerSite& site,
                                     const std::vector<ColumnFacts>& columns, bool recovering) {
  Findings findings;
  std::optional<engine::Error> error;
  const auto find = [&](const Bound& bound) -> std::optional<Finding> {
    auto types = ResolveTypes(site, TypeNames(rule, bound));
    if (!types) {
      error = types.error();
      return std::nullopt;
    }
    Finding finding;
    if (rule.assertion == Assert::kSchemaIs) {
      finding.holds = SchemaHolds(*bound.operand, columns, *types);
      finding.actual = ShowColumns(columns);
      return finding;
    }
    const auto column = std::find_if(columns.begin(), columns.end(), [&](const ColumnFacts& facts) {
      return facts.name == rule.columns[0].text;
    });
    finding.holds = std::any_of(types->begin(), types->end(),
                                [&](const NamedType& type) { return IsOfType(*column, type); });
    finding.actual = column->type_name;
    return finding;
  };
  if (const Bound* fail = FailBound(rule, recovering)) findings.fail = find(*fail);
  if (rule.warn && !error) findings.warn = find(*rule.warn);
  if (error) return *error;
  return findings;
}

}  // namespace pg_checker::postgres
