#include "definitions/placeholder.hpp"

#include <array>
#include <utility>

#include "definitions/object_name.hpp"
#include "definitions/sql_text.hpp"

namespace pg_checker::definitions {
namespace {

constexpr std::array<std::pair<std::string_view, Form>, 4> kForms = {
    {{"text", Form::kText},
     {"name", Form::kName},
     {"identifier", Form::kIdentifier},
     {"literal", Form::kLiteral}}};

std::string Known(const Bindings& bindings) {
  std::string names;
  for (const auto& [name, value] : bindings) {
    if (!value.is(Value::Kind::kMap)) names += (names.empty() ? "${" : ", ${") + name + "}";
  }
  return "Here are " + names + "; a ${ that is meant as text is written $${.";
}

std::string WriteScalar(const Value& value, Form form) {
  if (value.is(Value::Kind::kNull)) return form == Form::kText ? "" : "NULL";
  const bool is_text = value.is(Value::Kind::kText);
  switch (form) {
    case Form::kName:
      return AsNamePart(value.text);
    case Form::kIdentifier:
      return is_text ? QuoteQualifiedName(value.text) : value.text;
    case Form::kLiteral:
      return is_text ? QuoteLiteral(value.text) : value.text;
    case Form::kText:
      break;
  }
  return value.text;
}

// The value as text, or nothing where the form cannot hold it.
std::optional<std::string> Write(const Value& value, Form form) {
  if (value.is_scalar()) return WriteScalar(value, form);
  if (form == Form::kText) return JsonText(value);
  if (form == Form::kName || value.is(Value::Kind::kMap)) return std::nullopt;
  std::string text;
  for (const Value& item : value.items) {
    if (!item.is_scalar()) return std::nullopt;
    if (!text.empty()) text += ", ";
    text += WriteScalar(item, form);
  }
  return text;
}

}  // namespace

std::variant<Value, PlaceholderFault> Substitute(const std::string& text, Form form,
                                                 const Bindings& bindings) {
  std::string replaced;
  for (std::size_t at = 0;;) {
    const std::size_t start = text.find("${", at);
    if (start == std::string::npos) return Value::Text(replaced + text.substr(at));
    if (start > at && text[start - 1] == '$') {
      replaced += text.substr(at, start - 1 - at) + "${";
      at = start + 2;
      continue;
    }
    const std::size_t end = text.find('}', start);
    if (end == std::string::npos) {
      return PlaceholderFault{"placeholder \"" + text.substr(start, 40) + "\" has no }",
                              "A ${ that is meant as text is written $${."};
    }
    const std::string placeholder = text.substr(start, end + 1 - start);
    std::string name = text.substr(start + 2, end - start - 2);
    Form wanted = form;
    const std::size_t colon = name.find(':');
    if (colon != std::string::npos) {
      const std::string form_name = name.substr(colon + 1);
      name.resize(colon);
      bool known = false;
      for (const auto& [known_name, known_form] : kForms) {
        if (form_name != known_name) continue;
        wanted = known_form;
        known = true;
      }
      if (!known) {
        return PlaceholderFault{"placeholder \"" + placeholder + "\" has an unknown form",
                                "Forms are text, name, identifier and literal."};
      }
    }
    const auto binding = bindings.find(name);
    if (binding == bindings.end()) {
      return PlaceholderFault{"placeholder \"" + placeholder + "\" is not in for_each",
                              Known(bindings)};
    }
    const bool is_all = start == 0 && end + 1 == text.size();
    if (is_all && wanted == Form::kText) return binding->second;
    const std::optional<std::string> written = Write(binding->second, wanted);
    if (!written) {
      return PlaceholderFault{"placeholder \"" + placeholder + "\" stands for " +
                                  KindName(binding->second.kind) + ", which cannot be written here",
                              "Name a member of it, or give each value by itself."};
    }
    replaced += text.substr(at, start - at) + *written;
    at = end + 1;
  }
}

}  // namespace pg_checker::definitions
