// Writes values as YAML, always the same way: what is written is read back as the same value, and
// writing that again gives the same bytes.
#pragma once

#include <string>

#include "definitions/value.hpp"

namespace pg_checker::definitions {

// A document. Maps stand in lines of their own, short lists and short maps inside of lists on one
// line, texts with line breaks as blocks. Ends with a newline.
std::string YamlText(const Value& value);

}  // namespace pg_checker::definitions
