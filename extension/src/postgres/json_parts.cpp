#include "postgres/json_parts.hpp"

#include <nlohmann/json.hpp>

#include "postgres/statement.hpp"

namespace pg_checker::postgres {

namespace {

[[noreturn]] void ThrowNot(const std::string& what, const char* kind, const char* example) {
  Throw({engine::ErrorKind::kSyntax, "\"" + what + "\" is not a JSON " + kind, "",
         std::string("Write it as in '") + example + "'.", "22023"});
}

char* ValueText(JsonbValue* value) {
  StringInfoData buffer;
  initStringInfo(&buffer);
  Jsonb* json = JsonbValueToJsonb(value);
  JsonbToCString(&buffer, &json->root, VARSIZE(json));
  return buffer.data;
}

// Calls `take(key, value)` for each member of an object, or with an empty key for each element of
// an array. Values are palloc'd JSON text.
template <typename Take>
void Iterate(Jsonb* json, Take&& take) {
  JsonbIterator* iterator = JsonbIteratorInit(&json->root);
  JsonbValue value;
  std::string_view key;
  JsonbIteratorToken token;
  // Nested containers come as one value each.
  while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE) {
    if (token == WJB_KEY) {
      key = std::string_view(value.val.string.val, static_cast<size_t>(value.val.string.len));
    } else if (token == WJB_VALUE || token == WJB_ELEM) {
      take(key, ValueText(&value));
    }
  }
}

}  // namespace

JsonMembers MembersOf(const std::string& text, const std::string& what) {
  JsonMembers members;
  const Datum datum = JsonbDatum(text);
  auto* json = reinterpret_cast<Jsonb*>(DatumGetPointer(datum));
  if (!JB_ROOT_IS_OBJECT(json)) ThrowNot(what, "object", "{\"name\": \"value\"}");
  Protect([&] {
    Iterate(json,
            [&](std::string_view key, const char* value) { members[std::string(key)] = value; });
  });
  return members;
}

std::vector<std::string> ElementsOf(const std::string& text, const std::string& what) {
  std::vector<std::string> elements;
  const Datum datum = JsonbDatum(text);
  auto* json = reinterpret_cast<Jsonb*>(DatumGetPointer(datum));
  if (!JB_ROOT_IS_ARRAY(json) || JB_ROOT_IS_SCALAR(json)) ThrowNot(what, "array", "[1, 2]");
  Protect([&] {
    Iterate(json, [&](std::string_view, const char* value) { elements.emplace_back(value); });
  });
  return elements;
}

std::string QuoteJson(std::string_view text) { return nlohmann::json(text).dump(); }

std::string ObjectText(const JsonMembers& members) {
  std::string text = "{";
  for (const auto& [name, value] : members) {
    if (text.size() > 1) text += ",";
    text += QuoteJson(name) + ":" + value;
  }
  return text + "}";
}

}  // namespace pg_checker::postgres
