// Placeholders in texts, and how a value is written in their place.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>

#include "definitions/value.hpp"

namespace pg_checker::definitions {

// How a value stands in a text.
enum class Form {
  kText,        // as it is
  kName,        // as part of a checker's or dataset's name
  kIdentifier,  // as an identifier of SQL, or several with commas between
  kLiteral      // as a constant of SQL, or several with commas between
};

using Bindings = std::map<std::string, Value, std::less<>>;  // names with their members' dots

struct PlaceholderFault {
  std::string message;
  std::string hint;
};

// The text with its placeholders replaced; `form` is for those that name none. With Form::kText a
// text that is one placeholder becomes the value itself.
std::variant<Value, PlaceholderFault> Substitute(const std::string& text, Form form,
                                                 const Bindings& bindings);

}  // namespace pg_checker::definitions
