#include "import/soda_validity.hpp"

#include <map>

#include "definitions/sql_text.hpp"
#include "import/expectation.hpp"

namespace pg_checker::import {
namespace {

using definitions::QuoteIdentifier;
using definitions::QuoteLiteral;

// Formats that SodaCL has a name for, as regular expressions of PostgreSQL. Written from what the
// formats are, not from Soda's expressions, which differ in corners.
const std::map<std::string, std::string>& Formats() {
  static const std::map<std::string, std::string> formats = {
      {"email", "^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*\\.[A-Za-z]{2,}$"},
      {"uuid", "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"},
      {"integer", "^[-+]?[0-9]+$"},
      {"positive integer", "^\\+?[0-9]+$"},
      {"negative integer", "^-[0-9]+$"},
      {"decimal", "^[-+]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)$"},
      {"positive decimal", "^\\+?([0-9]+([.,][0-9]*)?|[.,][0-9]+)$"},
      {"percentage", "^[-+]?[0-9]+([.,][0-9]+)? *%$"},
      {"positive percentage", "^\\+?[0-9]+([.,][0-9]+)? *%$"},
      {"date iso 8601", "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[-+][0-9:]+)?)?$"},
      {"date us", "^(0?[1-9]|1[0-2])[-./]([0-2]?[0-9]|3[01])[-./]([0-9]{2}){1,2}$"},
      {"date eu", "^([0-2]?[0-9]|3[01])[-./](0?[1-9]|1[0-2])[-./]([0-9]{2}){1,2}$"},
      {"date inverse", "^[0-9]{4}[-./](0?[1-9]|1[0-2])[-./]([0-2]?[0-9]|3[01])$"},
      {"time 24h", "^([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"},
      {"time 12h", "^(0?[1-9]|1[0-2]):[0-5][0-9](:[0-5][0-9])? *[AaPp]\\.?[Mm]\\.?$"},
      {"ip address", "^((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(?!$)|$)){4}$"},
      {"ipv4 address", "^((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(?!$)|$)){4}$"},
      {"phone number", "^\\+?[0-9()][-0-9 ().]{4,}[0-9]$"},
      {"credit card number", "^([0-9]{4}[- ]?){3}[0-9]{1,7}$"},
  };
  return formats;
}

}  // namespace

std::string MissingCondition(const std::string& column, const Value& config) {
  const std::string name = QuoteIdentifier(column);
  std::string condition = name + " IS NULL";
  if (const Value* const values = config.Find("missing values")) {
    condition += " OR " + name + " IN (" + ConstantsOf(*values) + ")";
  }
  if (const std::string regex = TextArgument(config, "missing regex"); !regex.empty()) {
    condition += " OR " + name + "::text ~ " + QuoteLiteral(regex);
  }
  return condition;
}

std::variant<std::string, SodaProblem> InvalidCondition(const std::string& column,
                                                        const Value& config) {
  const std::string name = QuoteIdentifier(column);
  std::string condition;
  const auto add = [&](const std::string& failing) {
    condition += (condition.empty() ? "" : " OR ") + failing;
  };
  for (const definitions::Member& member : config.members) {
    const std::string& key = member.key;
    const Value& value = member.value;
    if (key == "valid values") {
      add(name + " NOT IN (" + ConstantsOf(value) + ")");
    } else if (key == "invalid values") {
      add(name + " IN (" + ConstantsOf(value) + ")");
    } else if (key == "valid min") {
      add(name + " < " + ConstantOf(value));
    } else if (key == "valid max") {
      add(name + " > " + ConstantOf(value));
    } else if (key == "valid length") {
      add("char_length(" + name + "::text) <> " + value.text);
    } else if (key == "valid min length") {
      add("char_length(" + name + "::text) < " + value.text);
    } else if (key == "valid max length") {
      add("char_length(" + name + "::text) > " + value.text);
    } else if (key == "valid regex") {
      add(name + "::text !~ " + QuoteLiteral(value.text));
    } else if (key == "invalid regex") {
      add(name + "::text ~ " + QuoteLiteral(value.text));
    } else if (key == "valid format") {
      const auto format = Formats().find(value.text);
      if (format == Formats().end()) {
        return SodaProblem{"format \"" + value.text + "\" has no counterpart"};
      }
      add(name + "::text !~ " + QuoteLiteral(format->second));
    } else if (key.starts_with("valid") || key.starts_with("invalid")) {
      return SodaProblem{"\"" + key + "\" has no counterpart"};
    }
  }
  if (condition.empty()) return SodaProblem{"it does not say what is valid"};
  if (config.Find("missing values") == nullptr && config.Find("missing regex") == nullptr) {
    return condition;
  }
  return "(" + condition + ") AND NOT (" + MissingCondition(column, config) + ")";
}

}  // namespace pg_checker::import
