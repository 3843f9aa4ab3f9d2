// Reads the source of a checker of language `rule`: JSON, a list of rules or a single one.
// docs/reference/rule.md describes the format; docs/reference/rule.schema.json accepts the same.
#pragma once

#include "assertions/rules/rule.hpp"

namespace pg_checker::assertions::rules {

// Everything that can be known without the datasets: whether they exist, have these columns and
// take these values is the server's to say. Faults are of SQLSTATE 22P02 (no JSON) and 22023.
Checked<std::vector<Rule>> ReadRules(std::string_view source);

}  // namespace pg_checker::assertions::rules
