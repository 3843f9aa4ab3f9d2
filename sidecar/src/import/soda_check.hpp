// One check of SodaCL on one table: to rules and queries.
#pragma once

#include <optional>
#include <string>

#include "import/expectation.hpp"
#include "import/suite.hpp"

namespace pg_checker::import {

// `check` is the check's line, `config` what stands below it (a map, or null). Says why it cannot
// be taken over.
std::optional<std::string> TakeSodaCheck(const std::string& check, const Value& config,
                                         const Target& target, const std::string& schema,
                                         Suite& suite);

}  // namespace pg_checker::import
