// How a run shows to a person, and the exit code that stands for its status.
#pragma once

#include <string>

#include "ctl/database.hpp"

namespace pg_checker::ctl {

// As monitoring plugins have it: kRunOk and the others.
int RunExitCode(const std::string& status);

// "FAIL default.users: message | failures=1 passes=0": what a monitoring system shows.
std::string StatusLine(const Json& run);

// An assertion's message, what was expected, what was found, and its sample as a table.
std::string AssertionText(const Json& assertion);

}  // namespace pg_checker::ctl
