// The two halves of evaluating elsewhere: claiming due checkers, and recording a claimed run's
// result.
#pragma once

#include "postgres/evaluation.hpp"

namespace pg_checker::postgres {

struct Claim {
  std::string run_uuid;
  std::string checker;  // qualified name
  int version;
};

// Claims at most `max` due checkers that the current user may run, for `lease`. Checkers that
// another session is claiming are skipped; a checker has one live claim at a time. Throws
// PostgresError.
std::vector<Claim> ClaimDue(int max, const std::string& worker, const Interval& lease);

// Records a result of EvaluateChecker for its claim and returns the run's id; the same id again if
// the run is recorded already. Throws PostgresError without a live claim, or for another version
// than the claimed and current one.
int64_t RecordClaimed(const Evaluation& evaluation);

}  // namespace pg_checker::postgres
