// What must hold of every module that checker-compile reads, whatever it is.
#pragma once

#include <string_view>

#include "compile/translation.hpp"

namespace pg_checker::fuzz {

// Translates, and throws std::logic_error unless the outcome is a refusal of the module with a
// message in one line, or C in which no byte of the module stands that C could not bear.
void TranslateAndJudge(std::string_view source, compile::SourceFormat format);

}  // namespace pg_checker::fuzz
