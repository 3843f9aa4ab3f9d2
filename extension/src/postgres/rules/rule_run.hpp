// A run of a checker of language `rule`: each dataset is read once, by one query that answers all
// of its rules; where several rules need its rows, from a spool.
#pragma once

#include "assertions/rules/rule.hpp"
#include "postgres/language.hpp"

namespace pg_checker::postgres {

// Records one assertion for each rule, in their order. An Error is the checker's.
engine::Result<void> RunRules(const std::vector<assertions::rules::Rule>& rules,
                              const ProgramRun& run);

}  // namespace pg_checker::postgres
