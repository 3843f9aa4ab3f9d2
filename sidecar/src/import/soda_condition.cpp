#include "import/soda_condition.hpp"

#include <regex>

#include "definitions/scalar.hpp"

namespace pg_checker::import {
namespace {

using definitions::Value;

constexpr std::size_t kLongest = 200;  // std::regex recurses for each character

std::optional<Value> NumberOf(const std::string& text) {
  if (!definitions::IsJsonNumber(text)) return std::nullopt;
  return Value::Number(text);
}

struct Comparison {
  const char* sign;
  const char* assertion;
  const char* opposite;
};

constexpr Comparison kComparisons[] = {
    {"=", "equal", "not_equal"},       {"!=", "not_equal", "equal"},
    {"<>", "not_equal", "equal"},      {"<", "less_than", "at_least"},
    {"<=", "at_most", "greater_than"}, {">", "greater_than", "at_most"},
    {">=", "at_least", "less_than"},
};

std::optional<SodaCondition> Parse(const std::string& text, bool negated) {
  if (text.size() > kLongest) return std::nullopt;
  static const std::regex comparison("\\s*(=|!=|<>|<=|>=|<|>)\\s*(-?[0-9.]+)\\s*%?\\s*");
  static const std::regex between(
      "\\s*(not\\s+)?between\\s+([\\[(]?)\\s*(-?[0-9.]+)\\s*%?\\s+and\\s+(-?[0-9.]+)\\s*%?\\s*"
      "([\\])]?)\\s*");
  std::smatch match;
  if (std::regex_match(text, match, comparison)) {
    const auto number = NumberOf(match[2]);
    if (!number) return std::nullopt;
    for (const Comparison& known : kComparisons) {
      if (match[1] == known.sign) {
        return SodaCondition{negated ? known.opposite : known.assertion, *number};
      }
    }
  }
  if (std::regex_match(text, match, between)) {
    const auto low = NumberOf(match[3]);
    const auto high = NumberOf(match[4]);
    const bool has_open_end = match[2] == "(" || match[5] == ")";
    const bool is_outside = match[1].matched;
    if (!low || !high || has_open_end || is_outside != negated) return std::nullopt;
    return SodaCondition{"between", Value::List({*low, *high})};
  }
  return std::nullopt;
}

}  // namespace

std::optional<SodaCondition> ParseSodaCondition(const std::string& text) {
  return Parse(text, false);
}

std::optional<SodaCondition> ParseSodaAlarm(const std::string& text) {
  static const std::regex when("\\s*when\\s+(.*)");
  std::smatch match;
  if (text.size() > kLongest || !std::regex_match(text, match, when)) return std::nullopt;
  return Parse(match[1], true);
}

}  // namespace pg_checker::import
