// Trying a checker on made-up rows and clock: the same engine and limits as in a run, nothing
// recorded or sent.
#pragma once

#include "postgres/checker_options.hpp"
#include "postgres/evaluation.hpp"

namespace pg_checker::postgres {

struct TrialRequest {
  std::string datasets = "{}";        // JSON text: made_up_rows.hpp
  std::optional<TimestampTz> at;      // the frozen clock; else the transaction's start
  std::optional<std::string> input;   // JSON text
  std::optional<std::string> params;  // JSON text of an object
};

// Tries a stored checker. Datasets that it declares and that have no made-up rows are empty.
// Throws PostgresError, for made-up rows of a dataset that it does not declare as well.
Evaluation TryChecker(const CheckerDefinition& checker, const TrialRequest& request);

// Checks and tries a program, with the made-up datasets as those that it declares. It runs as the
// current user's. Throws PostgresError for the program's faults too, as create_checker would.
Evaluation TryProgram(const ObjectName& name, CheckerProgram program, const TrialRequest& request,
                      const TrialLimits& limits);

}  // namespace pg_checker::postgres
