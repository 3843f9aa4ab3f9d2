// One data test of dbt: from its many spellings to its name, arguments and settings, and from there
// to rules and queries.
#pragma once

#include <optional>
#include <string>

#include "import/expectation.hpp"
#include "import/suite.hpp"

namespace pg_checker::import {

struct DbtTest {
  std::string name;  // with its package, as in dbt_utils.recency
  Value arguments = Value::Map();
  Value config = Value::Map();  // severity, where, error_if, warn_if, ...
};

// `test` is a text or a mapping.
DbtTest ParseDbtTest(const Value& test);

// Takes it over, or says why not. `schema` is where the models are that it refers to.
std::optional<std::string> TakeDbtTest(const DbtTest& test, Target target,
                                       const std::string& schema, Suite& suite);

}  // namespace pg_checker::import
