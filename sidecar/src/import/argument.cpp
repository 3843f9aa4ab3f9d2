#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "definitions/sql_text.hpp"
#include "import/expectation.hpp"

namespace pg_checker::import {

std::string TextArgument(const Value& arguments, const std::string& key) {
  const Value* const value = arguments.Find(key);
  return value != nullptr && value->is_scalar() ? value->text : "";
}

std::vector<std::string> TextsArgument(const Value& arguments, const std::string& key) {
  std::vector<std::string> texts;
  const Value* const value = arguments.Find(key);
  if (value == nullptr) return texts;
  if (value->is(Value::Kind::kText)) texts.push_back(value->text);
  for (const Value& item : value->items) texts.push_back(item.text);
  return texts;
}

bool FlagArgument(const Value& arguments, const std::string& key, bool otherwise) {
  const Value* const value = arguments.Find(key);
  return value != nullptr && value->is(Value::Kind::kBoolean) ? value->text == "true" : otherwise;
}

std::string ConstantOf(const Value& scalar) {
  if (scalar.is(Value::Kind::kNull)) return "NULL";
  return scalar.is(Value::Kind::kText) ? definitions::QuoteLiteral(scalar.text) : scalar.text;
}

std::string ConstantsOf(const Value& list) {
  std::string text;
  for (const Value& item : list.items) text += (text.empty() ? "" : ", ") + ConstantOf(item);
  return text.empty() ? "NULL" : text;
}

std::string ColumnsOf(const std::string& relation) {
  return "pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass(" +
         definitions::QuoteLiteral(relation) + ") AND attnum > 0 AND NOT attisdropped";
}

std::string PercentBeyond(const std::string& share) {
  // Twelve digits are more than anybody writes of a share, and few enough to be exact in a double.
  char text[64];
  std::snprintf(text, sizeof text, "%.10f", (1 - std::strtod(share.c_str(), nullptr)) * 100);
  std::string percent(text);
  percent.erase(percent.find_last_not_of('0') + 1);
  if (percent.back() == '.') percent.pop_back();
  return percent;
}

Value RangeOf(const Value* low, const Value* high) {
  return Value::List({low != nullptr ? *low : Value{}, high != nullptr ? *high : Value{}});
}

}  // namespace pg_checker::import
