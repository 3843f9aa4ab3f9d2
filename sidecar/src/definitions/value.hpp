// A document's value as YAML and JSON have it, with its place in the file. Numbers stay the text
// that was written, so that 1.10 and 12345678901234567890 arrive as they are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pg_checker::definitions {

struct Place {
  int line = 0;  // from 1; 0 is nowhere
  int column = 0;
};

struct Member;

struct Value {
  enum class Kind { kNull, kBoolean, kNumber, kText, kList, kMap };

  static Value Boolean(bool truth);
  static Value Number(std::string spelling);  // as JSON spells numbers
  static Value Text(std::string text);
  static Value List(std::vector<Value> items = {});
  static Value Map();

  bool is(Kind other) const { return kind == other; }
  bool is_scalar() const { return kind != Kind::kList && kind != Kind::kMap; }

  // The member of a map with this key, or null.
  const Value* Find(std::string_view key) const;

  // Appends a member to a map; returns the map.
  Value& Add(std::string key, Value value);

  Kind kind = Kind::kNull;
  std::string text;  // kBoolean: true or false; kNumber: its JSON spelling; kText
  std::vector<Value> items;
  std::vector<Member> members;  // in the order of the file; keys are unique
  Place place;
};

struct Member {
  std::string key;
  Place place;  // of the key
  Value value;
};

// What the value is, for messages: "a text", "a list", ...
std::string KindName(Value::Kind kind);

// On one line, with a space after each comma and colon.
std::string JsonText(const Value& value);

// A list with each item on a line of its own, the first on line 2; anything else on one line.
std::string JsonLines(const Value& value);

}  // namespace pg_checker::definitions
