// Calls create_dataset and create_checker for definitions.
#pragma once

#include "ctl/database.hpp"
#include "definitions/definition.hpp"

namespace pg_checker::ctl {

// Each creates or replaces. A failure's message begins with the place in the file.
Result<void> Create(Database& database, const definitions::DatasetDefinition& dataset);
Result<void> Create(Database& database, const definitions::CheckerDefinition& checker);

// Bytes as the input of type bytea has them.
std::string ByteaText(const std::string& bytes);

}  // namespace pg_checker::ctl
