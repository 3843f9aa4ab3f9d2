// Faults of rules as errors: named by their place in the list of rules.
#pragma once

#include "assertions/rules/fault.hpp"
#include "engine/result.hpp"

namespace pg_checker::postgres {

// At run time, when something that a rule relies on has changed since it was checked.
engine::Error RuleError(const assertions::rules::Fault& fault);

// At creation, with line and column in `source`: `checker "default.x": rule[0].value: … (line 1,
// column 30)`. Throws PostgresError.
[[noreturn]] void ThrowFault(const std::string& checker, std::string_view source,
                             const assertions::rules::Fault& fault);

}  // namespace pg_checker::postgres
