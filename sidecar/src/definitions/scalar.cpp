#include "definitions/scalar.hpp"

#include <cerrno>
#include <cstdlib>
#include <regex>

namespace pg_checker::definitions {
namespace {

bool IsOneOf(const std::string& text, std::initializer_list<const char*> spellings) {
  for (const char* spelling : spellings) {
    if (text == spelling) return true;
  }
  return false;
}

// Hexadecimal and octal whole numbers, which JSON does not have.
std::variant<Value, std::string> OtherBase(const std::string& text, int base) {
  errno = 0;
  const unsigned long long number = std::strtoull(text.c_str() + 2, nullptr, base);
  if (errno != 0) return "\"" + text + "\" is not within 64 bits";
  return Value::Number(std::to_string(number));
}

// A decimal number as JSON spells it: no +, a digit on either side of the point.
std::string AsJson(std::string text) {
  if (text[0] == '+') text.erase(0, 1);
  const std::size_t start = text[0] == '-' ? 1 : 0;
  if (text[start] == '.') text.insert(start, "0");
  const std::size_t point = text.find('.');
  if (point != std::string::npos && (point + 1 == text.size() || !std::isdigit(text[point + 1]))) {
    text.insert(point + 1, "0");
  }
  return text;
}

}  // namespace

bool IsJsonNumber(const std::string& text) {
  static const std::regex number("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
  return text.size() < 1000 && std::regex_match(text, number);
}

std::variant<Value, std::string> PlainScalar(const std::string& text) {
  if (text.empty() || IsOneOf(text, {"~", "null", "Null", "NULL"})) return Value{};
  if (IsOneOf(text, {"true", "True", "TRUE"})) return Value::Boolean(true);
  if (IsOneOf(text, {"false", "False", "FALSE"})) return Value::Boolean(false);
  // std::regex recurses for each character, and is slow: it sees only what may be a number.
  constexpr std::size_t kLongestNumber = 1000;
  if (text.size() > kLongestNumber || text.find_first_of("0123456789.+-") != 0) {
    return Value::Text(text);
  }
  if (IsJsonNumber(text)) return Value::Number(text);
  static const std::regex decimal("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
  static const std::regex octal("0o[0-7]+");
  static const std::regex hexadecimal("0x[0-9a-fA-F]+");
  static const std::regex not_finite("[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
  if (std::regex_match(text, octal)) return OtherBase(text, 8);
  if (std::regex_match(text, hexadecimal)) return OtherBase(text, 16);
  if (std::regex_match(text, not_finite)) {
    return "\"" + text + "\" is not a number that JSON can hold";
  }
  if (std::regex_match(text, decimal)) {
    std::string spelling = AsJson(text);
    if (IsJsonNumber(spelling)) return Value::Number(std::move(spelling));
    // 007 is 7 to some and 7 in octal to others, and most often a code that is no number at all.
    return "\"" + text + "\" is not clear: a number has no leading zeros, and a text has quotes";
  }
  return Value::Text(text);
}

}  // namespace pg_checker::definitions
