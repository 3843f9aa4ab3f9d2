// What a plain (unquoted) YAML scalar means: the core schema of YAML 1.2.2, section 10.3.2. Dates,
// yes, no, on and off are texts in it.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "definitions/value.hpp"

namespace pg_checker::definitions {

// A value without place, or why it is refused, as "... is not ...".
std::variant<Value, std::string> PlainScalar(const std::string& text);

// Whether a text is spelt as JSON spells numbers (RFC 8259, section 6).
bool IsJsonNumber(const std::string& text);

}  // namespace pg_checker::definitions
