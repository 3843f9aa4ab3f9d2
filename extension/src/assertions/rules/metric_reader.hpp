// Reads the metric of a rule, and the column that it names.
#pragma once

#include "assertions/rules/vocabulary.hpp"

namespace pg_checker::assertions::rules {

// Fills rule.metric from the keys `metric` and `change` of `source`, the rule's object at `path`,
// and *columns with what the metric names. An assert by column takes {"column"} as metric, too.
std::optional<Fault> ReadMetric(const JsonValue& source, const std::string& path,
                                const AssertFacts& facts, Rule& rule, std::vector<Name>* columns);

}  // namespace pg_checker::assertions::rules
