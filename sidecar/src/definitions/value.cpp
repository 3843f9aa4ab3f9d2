#include "definitions/value.hpp"

#include <nlohmann/json.hpp>

namespace pg_checker::definitions {
namespace {

std::string Quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Value Value::Boolean(bool truth) {
  Value value;
  value.kind = Kind::kBoolean;
  value.text = truth ? "true" : "false";
  return value;
}

Value Value::Number(std::string spelling) {
  Value value;
  value.kind = Kind::kNumber;
  value.text = std::move(spelling);
  return value;
}

Value Value::Text(std::string text) {
  Value value;
  value.kind = Kind::kText;
  value.text = std::move(text);
  return value;
}

Value Value::List(std::vector<Value> items) {
  Value value;
  value.kind = Kind::kList;
  value.items = std::move(items);
  return value;
}

Value Value::Map() {
  Value value;
  value.kind = Kind::kMap;
  return value;
}

const Value* Value::Find(std::string_view key) const {
  for (const Member& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

Value& Value::Add(std::string key, Value value) {
  members.push_back({std::move(key), {}, std::move(value)});
  return *this;
}

std::string KindName(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::kNull:
      return "nothing";
    case Value::Kind::kBoolean:
      return "a truth value";
    case Value::Kind::kNumber:
      return "a number";
    case Value::Kind::kText:
      return "a text";
    case Value::Kind::kList:
      return "a list";
    case Value::Kind::kMap:
      return "a mapping";
  }
  return "";
}

std::string JsonText(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kNull:
      return "null";
    case Value::Kind::kBoolean:
    case Value::Kind::kNumber:
      return value.text;
    case Value::Kind::kText:
      return Quoted(value.text);
    case Value::Kind::kList: {
      std::string text = "[";
      for (const Value& item : value.items) {
        if (text.size() > 1) text += ", ";
        text += JsonText(item);
      }
      return text + "]";
    }
    case Value::Kind::kMap: {
      std::string text = "{";
      for (const Member& member : value.members) {
        if (text.size() > 1) text += ", ";
        text += Quoted(member.key) + ": " + JsonText(member.value);
      }
      return text + "}";
    }
  }
  return "";
}

std::string JsonLines(const Value& value) {
  if (!value.is(Value::Kind::kList) || value.items.empty()) return JsonText(value);
  std::string text = "[";
  for (const Value& item : value.items) {
    text += (text.size() > 1 ? ",\n  " : "\n  ") + JsonText(item);
  }
  return text + "\n]";
}

}  // namespace pg_checker::definitions
