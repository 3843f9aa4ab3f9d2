// Checks of SodaCL on a table's columns and on its age.
#pragma once

#include <optional>
#include <string>

#include "import/expectation.hpp"
#include "import/suite.hpp"

namespace pg_checker::import {

// Each says why it cannot be taken over.

std::optional<std::string> TakeSodaSchema(const Value& config, const Target& target, Suite& suite);

// `condition` is "< 1d6h"; where it is empty, the config's warn and fail say when.
std::optional<std::string> TakeSodaFreshness(const std::string& column,
                                             const std::string& condition, const Value& config,
                                             const std::string& message, const Target& target,
                                             Suite& suite);

}  // namespace pg_checker::import
