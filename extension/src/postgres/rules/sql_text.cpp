#include "postgres/rules/sql_text.hpp"

namespace pg_checker::postgres {

namespace {

std::string Doubling(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char byte : text) {
    if (byte == quote) quoted += byte;
    quoted += byte;
  }
  return quoted + quote;
}

}  // namespace

std::string SqlIdentifier(std::string_view name) { return Doubling(name, '"'); }

std::string SqlText(std::string_view text) { return Doubling(text, '\''); }

std::string SqlLiteral(const assertions::rules::JsonValue& scalar) {
  using Kind = assertions::rules::JsonValue::Kind;
  switch (scalar.kind) {
    case Kind::kNumber:
      return "(" + scalar.text + ")";
    case Kind::kBoolean:
      return scalar.boolean ? "true" : "false";
    case Kind::kText:
      return SqlText(scalar.text);
    default:
      return "NULL";
  }
}

std::string SqlOperator(std::string_view schema, std::string_view op) {
  return " OPERATOR(" + std::string(schema) + "." + std::string(op) + ") ";
}

}  // namespace pg_checker::postgres
