// JSON (RFC 8259) as it was written: numbers keep their digits, and every value knows where it
// stands, so that whoever finds fault with one can say line and column.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "assertions/rules/fault.hpp"

namespace pg_checker::assertions::rules {

struct JsonMember;

struct JsonValue {
  // Where its members are a complete type.
  JsonValue();
  JsonValue(const JsonValue& other);
  JsonValue(JsonValue&& other) noexcept;
  JsonValue& operator=(const JsonValue& other);
  JsonValue& operator=(JsonValue&& other) noexcept;
  ~JsonValue();

  enum class Kind { kNull, kBoolean, kNumber, kText, kArray, kObject };

  Kind kind = Kind::kNull;
  bool boolean = false;
  std::string text;  // of a number as it was written, of a text decoded to UTF-8
  std::vector<JsonValue> items;
  // In the order of the text; no name comes twice.
  std::vector<JsonMember> members;
  size_t offset = 0;  // of the first byte
  // Of a member's name; of anything else as offset.
  size_t name_offset = 0;

  // The member of an object; null if it is absent.
  const JsonValue* Find(std::string_view name) const;
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

// "a text", "an array", for messages.
std::string_view KindName(JsonValue::Kind kind);

// Reads one value and nothing behind it. A Fault says what is wrong and where: syntax, a name that
// an object has twice, U+0000 (which no text of PostgreSQL's may have), half a surrogate pair, more
// than 64 levels or 500,000 values. `text` is UTF-8.
Checked<JsonValue> ParseJson(std::string_view text);

// The value as JSON, numbers as they were written.
std::string ToJson(const JsonValue& value);

}  // namespace pg_checker::assertions::rules
