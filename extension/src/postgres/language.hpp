// The languages that checkers are written in. Each one says what creation checks and how a run
// goes; everything around that (storing, limits, the verdict, recording) is the same for all.
//
// A language is one file in languages/, and one line in language.cpp.
#pragma once

#include "postgres/checker_definition.hpp"
#include "postgres/run_host.hpp"

namespace pg_checker::postgres {

// For whom a program is checked.
struct ProgramSite {
  std::string checker;                       // qualified name, for messages
  Oid owner;                                 // whose rights it will have
  const std::vector<std::string>& datasets;  // qualified names of those declared; they exist
  std::optional<int> memory_limit_kb;        // the checker's own
  MadeUpRows* made_up = nullptr;             // of a program that is only tried
};

// What a run of a program stands in.
struct ProgramRun {
  const CheckerDefinition& checker;
  const std::optional<std::string>& input;  // JSON text
  RunHost& host;                            // takes the assertions
  Deadline& deadline;
  Evaluation& evaluation;  // takes fuel and output
};

class Language {
 public:
  virtual ~Language() = default;
  // As in create_checker's argument and in checker.checkers.
  virtual std::string_view name() const = 0;
  // Checks the program at its creation and completes it: the digest and, where the language has
  // them, module and environment. `source` is set, but for a binary. Throws PostgresError that
  // names the checker, with the position of the fault.
  virtual void Check(const ProgramSite& site, CheckerProgram& program) const = 0;
  // Runs it once. An Error is the checker's and becomes its status `error`; one of kind kStopped
  // is raised once the run has unwound, for what no checker may swallow.
  virtual engine::Result<void> Run(const ProgramRun& run) const = 0;
};

// The language of that name; null if there is none.
const Language* FindLanguage(std::string_view name);
// The same for the name that a user has passed: an unknown one is an error (22023).
const Language& RequireLanguage(const std::string& checker, const std::string& name);

// The language of a stored checker.
const Language& LanguageOf(const CheckerDefinition& checker);

// SHA-256, in hex, of what makes a program without a module what it is.
std::string SourceDigest(const CheckerProgram& program);

// The languages, each in its file under languages/.
const Language& WasmLanguage();
const Language& WatLanguage();
const Language& SqlLanguage();
const Language& RuleLanguage();
const Language& JavaScriptLanguage();
const Language& PythonLanguage();

// The search_path under which a program of the SQL language was checked and runs.
std::string SqlSearchPath(const CheckerProgram& program);

}  // namespace pg_checker::postgres
