// Results of test cases: for a person, for JUnit's readers, and as the Test Anything Protocol.
#pragma once

#include <string>
#include <vector>

#include "ctl/database.hpp"
#include "ctl/trial.hpp"

namespace pg_checker::ctl {

// A line for each case, what is not as expected below it, and a summary.
std::string CasesText(const std::vector<CaseResult>& results);

// JUnit's XML as CI systems read it: a suite for each checker.
std::string CasesJunit(const std::vector<CaseResult>& results);

// TAP version 13: testanything.org/tap-version-13-specification.html
std::string CasesTap(const std::vector<CaseResult>& results);

// [{checker, name, passed, faults, seconds, origin}]
Json CasesDocument(const std::vector<CaseResult>& results);

}  // namespace pg_checker::ctl
