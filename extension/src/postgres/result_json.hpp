// An evaluation as JSON, the form in which it travels from a standby to the primary, and back.
#pragma once

#include "postgres/evaluation.hpp"

namespace pg_checker::postgres {

// Keys as the row of run_checker, plus run_uuid, assertions, log, fuel, digest, datasets.
std::string ResultToJson(const Evaluation& evaluation);

// {"rows", "exact", "sample"}; `without_sample` is the JSON where there is none.
std::string FactsJson(const DatasetFacts& facts, const char* without_sample);

// Throws PostgresError (invalid_parameter_value) that names the key which is missing or of the
// wrong type.
Evaluation ResultFromJson(const std::string& json);

}  // namespace pg_checker::postgres
