// What SodaCL counts as missing or invalid: the settings below a check, as a condition of SQL.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "import/suite.hpp"

namespace pg_checker::import {

struct SodaProblem {
  std::string why;
};

// The condition that a row with a missing value in this column fulfils.
std::string MissingCondition(const std::string& column, const Value& config);

// The same for an invalid value; a missing one is not invalid.
std::variant<std::string, SodaProblem> InvalidCondition(const std::string& column,
                                                        const Value& config);

}  // namespace pg_checker::import
