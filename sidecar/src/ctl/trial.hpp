// Tries checkers on made-up rows, through test_checker, test_source and test_module: nothing is
// stored, recorded or sent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ctl/database.hpp"
#include "definitions/definition.hpp"

namespace pg_checker::ctl {

// A program that is not stored.
struct Program {
  std::string name;  // for messages
  std::string language;
  std::optional<std::string> source;
  std::optional<std::string> module;  // bytes of a binary
};

struct Circumstances {
  std::string datasets = "{}";       // JSON: name to rows
  std::optional<std::string> at;     // the frozen clock
  std::optional<std::string> input;  // JSON
  std::optional<std::string> params;
};

// The result as evaluate_checker has it.
Result<Json> TryProgram(Database& database, const Program& program, const Circumstances& given);
Result<Json> TryStored(Database& database, const std::string& name, const Circumstances& given);

struct CaseResult {
  std::string checker;
  std::string name;
  definitions::Origin origin;
  std::vector<std::string> faults;  // what is not as expected, a line each; empty if all is
  double seconds = 0;

  bool passed() const { return faults.empty(); }
};

// Runs all cases that a stored checker carries; its definition is what is stored.
Result<std::vector<CaseResult>> RunStoredCases(Database& database,
                                               const definitions::CheckerDefinition& checker);

// Runs all cases of all checkers. Whatever can be created of the definitions is, and put back
// afterwards, so that made-up rows have their datasets' types; what cannot be, as its tables are
// not here, is tried as source.
Result<std::vector<CaseResult>> RunAllCases(Database& database,
                                            const definitions::Definitions& definitions);

}  // namespace pg_checker::ctl
