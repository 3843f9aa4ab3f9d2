// Creating and dropping checkers.
#pragma once

#include "postgres/checker_options.hpp"
#include "postgres/object_name.hpp"

namespace pg_checker::postgres {

// A program as it came in: a binary, with its source beside it if given, or source text in a
// language.
struct CheckerProgram {
  bool is_binary;        // as it came in
  std::string language;  // "wasm" for a binary, else the source's language
  std::string module;    // the binary; of source text, once that is compiled
  std::optional<std::string> source;
};

// Compiles and stores; the checker's id. Throws PostgresError: the program's faults, a name that is
// taken, an unknown dataset or one of another role's.
int64_t CreateChecker(const ObjectName& name, CheckerProgram program,
                      const std::vector<std::string>& datasets, const CheckerOptions& options);

// Resolves a firing alarm, then drops it with its versions and runs.
void DropChecker(const ObjectName& name);

}  // namespace pg_checker::postgres
