// Reads checks of other tools and makes definitions of them.
#pragma once

#include <string>

#include "import/suite.hpp"
#include "result.hpp"

namespace pg_checker::import {

// All properties files (schema.yml) of dbt at a path, a file or a folder. `schema` is where models
// are; may be empty.
Result<Suite> ReadDbt(const std::string& path, const std::string& schema);

// Soda's check files (SodaCL) at a path.
Result<Suite> ReadSoda(const std::string& path, const std::string& schema);

// A suite of Great Expectations, JSON, in a file or each .json file of a folder. A suite does not
// say which table it is for: it is `table`, or, if that is empty, what the suite's name begins
// with, up to a dot.
Result<Suite> ReadExpectations(const std::string& path, const std::string& schema,
                               const std::string& table);

// A relation as SQL text, in the schema if it has none of its own.
std::string RelationOf(const std::string& name, const std::string& schema);

}  // namespace pg_checker::import
