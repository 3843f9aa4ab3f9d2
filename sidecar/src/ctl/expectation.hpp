// Holds the result of a trial against what a test case expects.
#pragma once

#include <string>
#include <vector>

#include "ctl/database.hpp"
#include "definitions/definition.hpp"

namespace pg_checker::ctl {

// What is not as expected, a line each.
std::vector<std::string> Differences(const definitions::Expectation& expected, const Json& result);

}  // namespace pg_checker::ctl
