// Checks that no rule can say, as queries of which every row is a failure.
#pragma once

#include <optional>
#include <string>

#include "import/expectation.hpp"

namespace pg_checker::import {

struct ColumnQuery {
  std::string hint;     // for the checker's name
  std::string text;     // empty where arguments are missing; message says which
  std::string message;  // what should hold
};

// For an expectation without "expect_", or a test of dbt-utils; nothing if it is not known.
std::optional<ColumnQuery> ColumnQueryOf(const std::string& name, const Target& target,
                                         const Value& arguments);

}  // namespace pg_checker::import
