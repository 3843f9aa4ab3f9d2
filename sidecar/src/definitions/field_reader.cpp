#include "definitions/field_reader.hpp"

#include <algorithm>

#include "definitions/document.hpp"

namespace pg_checker::definitions {

Origin FieldReader::At(const Place& place) const { return PlaceText(file_, place); }

void FieldReader::Complain(const Place& place, const std::string& message,
                           const std::string& hint) {
  problems_.push_back({At(place) + ": " + message, "", hint});
}

void FieldReader::RefuseOthers(const Value& map, const std::string& what,
                               const std::vector<std::string>& known) {
  for (const Member& member : map.members) {
    if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
    std::string hint = "It may have ";
    for (std::size_t i = 0; i < known.size(); ++i) hint += (i > 0 ? ", " : "") + known[i];
    hint += ".";
    if (member.key.find(' ') != std::string::npos) {
      hint += " Inside of {}, a text with a comma needs quotes.";
    }
    Complain(member.place, "unknown key \"" + member.key + "\" of " + what, hint);
  }
}

void FieldReader::Refuse(const Value& value, const std::string& key, const std::string& wanted) {
  Complain(value.place, "\"" + key + "\" is " + KindName(value.kind) + " and takes " + wanted,
           value.is_scalar() && wanted == "a text" ? "Quote it." : "");
}

std::optional<std::string> FieldReader::Text(const Value* value, const std::string& key) {
  if (value == nullptr || value->is(Value::Kind::kNull)) return std::nullopt;
  if (value->is(Value::Kind::kText)) return value->text;
  Refuse(*value, key, "a text");
  return std::nullopt;
}

std::optional<std::string> FieldReader::Integer(const Value* value, const std::string& key) {
  if (value == nullptr || value->is(Value::Kind::kNull)) return std::nullopt;
  if (value->is(Value::Kind::kNumber) && value->text.find_first_of(".eE") == std::string::npos) {
    return value->text;
  }
  Refuse(*value, key, "a whole number");
  return std::nullopt;
}

std::optional<std::string> FieldReader::Boolean(const Value* value, const std::string& key) {
  if (value == nullptr || value->is(Value::Kind::kNull)) return std::nullopt;
  if (value->is(Value::Kind::kBoolean)) return value->text;
  Refuse(*value, key, "true or false");
  return std::nullopt;
}

std::optional<std::vector<std::string>> FieldReader::TextList(const Value* value,
                                                              const std::string& key) {
  if (value == nullptr || value->is(Value::Kind::kNull)) return std::nullopt;
  if (!value->is(Value::Kind::kList)) {
    Refuse(*value, key, "a list of texts");
    return std::nullopt;
  }
  std::vector<std::string> items;
  for (const Value& item : value->items) {
    if (!item.is(Value::Kind::kText)) {
      Refuse(item, key + "[" + std::to_string(items.size()) + "]", "a text");
      return std::nullopt;
    }
    items.push_back(item.text);
  }
  return items;
}

std::optional<std::string> FieldReader::JsonMap(const Value* value, const std::string& key) {
  if (value == nullptr || value->is(Value::Kind::kNull)) return std::nullopt;
  if (value->is(Value::Kind::kMap)) return JsonText(*value);
  Refuse(*value, key, "a mapping");
  return std::nullopt;
}

std::optional<std::string> FieldReader::Json(const Value* value) {
  if (value == nullptr || value->is(Value::Kind::kNull)) return std::nullopt;
  return JsonText(*value);
}

}  // namespace pg_checker::definitions
