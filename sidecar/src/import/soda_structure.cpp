#include "import/soda_structure.hpp"

#include <regex>

#include "definitions/sql_text.hpp"

namespace pg_checker::import {
namespace {

using definitions::QuoteLiteral;

// The failing columns for one condition of a schema check; empty if there is no counterpart.
std::string SchemaQuery(const std::string& key, const Value& value, const Target& target) {
  if (key == "when required column missing") {
    return "SELECT w.name AS missing_column FROM pg_catalog.unnest(ARRAY[" + ConstantsOf(value) +
           "]) AS w (name) WHERE NOT EXISTS (SELECT FROM " + ColumnsOf(target.relation) +
           " AND attname = w.name)";
  }
  if (key == "when forbidden column present") {
    // A * or % in a name stands for anything.
    std::string patterns;
    for (const Value& item : value.items) {
      std::string pattern;
      for (const char c : item.text) {
        if (c == '_' || c == '\\') pattern += '\\';
        pattern += c == '*' ? '%' : c;
      }
      patterns += (patterns.empty() ? "" : ", ") + QuoteLiteral(pattern);
    }
    return "SELECT attname AS forbidden_column FROM " + ColumnsOf(target.relation) +
           " AND attname LIKE ANY (ARRAY[" + patterns + "])";
  }
  const bool is_type = key == "when wrong column type";
  if (!is_type && key != "when wrong column index") return "";
  std::string rows;
  for (const definitions::Member& member : value.members) {
    const std::string wanted =
        is_type ? QuoteLiteral(member.value.text) + "::pg_catalog.regtype" : member.value.text;
    rows += (rows.empty() ? "(" : ", (") + QuoteLiteral(member.key) + ", " + wanted + ")";
  }
  if (rows.empty()) return "";
  if (is_type) {
    return "SELECT attname AS column_of_wrong_type, atttypid::pg_catalog.regtype::text AS type "
           "FROM (VALUES " +
           rows + ") AS w (name, type), " + ColumnsOf(target.relation) +
           " AND attname = w.name AND atttypid <> w.type";
  }
  return "SELECT attname AS column_at_wrong_place, attnum FROM (VALUES " + rows +
         ") AS w (name, place), " + ColumnsOf(target.relation) +
         " AND attname = w.name AND attnum <> w.place";
}

// "1d6h30m" as an interval; empty if it is none.
std::string IntervalOf(const std::string& text) {
  static const std::regex whole("\\s*(?:[0-9]+\\s*(?:d|h|m|s|ms)\\s*)+");
  static const std::regex part("([0-9]+)\\s*(ms|d|h|m|s)");
  if (text.size() > 60 || !std::regex_match(text, whole)) return "";
  std::string interval;
  for (std::sregex_iterator at(text.begin(), text.end(), part), end; at != end; ++at) {
    const std::string unit = (*at)[2];
    interval += (interval.empty() ? "" : " ") + (*at)[1].str() +
                (unit == "d"    ? " days"
                 : unit == "h"  ? " hours"
                 : unit == "m"  ? " minutes"
                 : unit == "ms" ? " milliseconds"
                                : " seconds");
  }
  return interval;
}

}  // namespace

std::optional<std::string> TakeSodaSchema(const Value& config, const Target& target, Suite& suite) {
  const std::string name = TextArgument(config, "name");
  std::optional<std::string> why;
  bool taken = false;
  for (const char* level : {"fail", "warn"}) {
    const Value* const conditions = config.Find(level);
    if (conditions == nullptr) continue;
    for (const definitions::Member& condition : conditions->members) {
      const std::string query = SchemaQuery(condition.key, condition.value, target);
      if (query.empty()) {
        why = "\"" + condition.key + "\" has no counterpart";
        continue;
      }
      Limits limits;
      if (level[0] == 'w') {
        limits.fail_over.reset();
        limits.warn_over = "0";
      }
      const std::string hint = "schema_" + condition.key.substr(5);
      suite.AddFailingRows(
          target.relation, hint, query,
          name.empty() ? NameOf(target.relation) + ": no " + condition.key.substr(5) : name,
          limits);
      taken = true;
    }
  }
  if (!taken && !why) why = "it says neither when it fails nor when it warns";
  return why;
}

std::optional<std::string> TakeSodaFreshness(const std::string& column,
                                             const std::string& condition, const Value& config,
                                             const std::string& message, const Target& target,
                                             Suite& suite) {
  Value rule = RuleOf(suite.Rows(target.relation, target.condition), "fresh");
  rule.Add("column", Value::Text(column));
  const auto add = [&](const char* key, const std::string& text, const std::regex& form) {
    std::smatch match;
    if (!std::regex_match(text, match, form)) return false;
    const std::string interval = IntervalOf(match[1]);
    if (interval.empty()) return false;
    rule.Add(key, Value::Text(interval));
    return true;
  };
  static const std::regex less("\\s*<=?\\s*([0-9dhms ]+)");
  static const std::regex more("\\s*when\\s*>=?\\s*([0-9dhms ]+)");
  if (!condition.empty() && !add("value", condition, less)) {
    return "condition \"" + condition + "\" is not understood";
  }
  for (const auto& [level, key] : {std::pair("fail", "value"), std::pair("warn", "warn_value")}) {
    const std::string alarm = TextArgument(config, level);
    if (!alarm.empty() && !add(key, alarm, more)) {
      return std::string(level) + " \"" + alarm + "\" is not understood";
    }
  }
  if (rule.Find("value") == nullptr && rule.Find("warn_value") == nullptr) {
    return "it has no condition";
  }
  rule.Add("message", Value::Text(message));
  suite.AddMetricRule(target.relation, std::move(rule), {});
  return std::nullopt;
}

}  // namespace pg_checker::import
