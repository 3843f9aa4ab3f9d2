// Great Expectations' suites as JSON: docs.greatexpectations.io, expectation suites. Up to 0.18 an
// expectation has expectation_type, from 1.0 on type; the suite's name moved likewise.
#include "definitions/document.hpp"
#include "import/expectation.hpp"
#include "import/import.hpp"

namespace pg_checker::import {
namespace {

std::string FirstOf(const Value& value, const char* key, const char* other) {
  const std::string text = TextArgument(value, key);
  return text.empty() ? TextArgument(value, other) : text;
}

// A condition as pandas, Spark or SQL write it; only what is SQL as well can be taken.
std::optional<std::string> ConditionOf(const Value& arguments) {
  std::string condition = TextArgument(arguments, "row_condition");
  if (condition.empty()) return condition;
  const std::string parser = TextArgument(arguments, "condition_parser");
  if (condition.find("col(") != std::string::npos) return std::nullopt;
  if (!parser.empty() && parser != "sqlalchemy" && parser != "spark") {
    // Of pandas' syntax only == differs in simple comparisons, and quotes.
    for (std::size_t at = condition.find("=="); at != std::string::npos;
         at = condition.find("==", at)) {
      condition.replace(at, 2, "=");
    }
    for (char& c : condition) {
      if (c == '"') c = '\'';
    }
    if (condition.find('.') != std::string::npos || condition.find('&') != std::string::npos) {
      return std::nullopt;
    }
  }
  return condition;
}

void ReadSuite(const Value& document, const std::string& file, const std::string& schema,
               const std::string& table, Suite& suite) {
  const std::string name = FirstOf(document, "expectation_suite_name", "name");
  const std::string of = table.empty() ? name.substr(0, name.find('.')) : table;
  Target target{RelationOf(of.empty() ? "unnamed" : of, schema), "", ""};
  const Value* const expectations = document.Find("expectations");
  if (expectations == nullptr || !expectations->is(Value::Kind::kList)) {
    suite.Leave(file, "the file", "it has no list of expectations");
    return;
  }
  std::size_t number = 0;
  for (const Value& expectation : expectations->items) {
    const std::string place = file + ": expectations[" + std::to_string(number++) + "]";
    std::string type = FirstOf(expectation, "expectation_type", "type");
    const Value* const kwargs = expectation.Find("kwargs");
    const Value arguments = kwargs != nullptr ? *kwargs : Value::Map();
    target.column = TextArgument(arguments, "column");
    const std::string what = type + (target.column.empty() ? "" : " of " + target.column);
    constexpr std::string_view kPrefix = "expect_";
    if (!type.starts_with(kPrefix)) {
      suite.Leave(place, what, "it is no expectation");
      continue;
    }
    const auto condition = ConditionOf(arguments);
    if (!condition) {
      suite.Leave(place, what, "its row_condition is no SQL");
      continue;
    }
    target.condition = *condition;
    Limits limits;
    const std::string severity = TextArgument(expectation, "severity");
    if (severity == "warning" || severity == "info") {
      limits.fail_over.reset();
      limits.warn_over = "0";
    }
    const auto why = TakeExpectation(type.substr(kPrefix.size()), target, arguments, limits, suite);
    if (why) suite.Leave(place, what, *why);
  }
}

}  // namespace

Result<Suite> ReadExpectations(const std::string& path, const std::string& schema,
                               const std::string& table) {
  const auto files = definitions::FilesAt(path, {".json"});
  if (!files.ok()) return files.failure();
  Suite suite;
  for (const std::string& file : files.value()) {
    const auto text = definitions::ReadFile(file);
    if (!text.ok()) return text.failure();
    const auto document = definitions::ReadJson(text.value(), file);
    if (!document.ok()) return document.failure();
    ReadSuite(document.value(), file, schema, table, suite);
  }
  return suite;
}

}  // namespace pg_checker::import
