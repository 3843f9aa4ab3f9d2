// Reads the test cases that a checker carries.
#pragma once

#include <vector>

#include "definitions/definition.hpp"
#include "definitions/field_reader.hpp"

namespace pg_checker::definitions {

// `tests` is a list of mappings: {name, datasets: {name: [rows]}, at, input, params, expect}, where
// expect is a status or a mapping of what is wanted.
std::vector<TestCase> ReadTestCases(const Value& tests, FieldReader& fields);

}  // namespace pg_checker::definitions
