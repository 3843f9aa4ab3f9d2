// What the command line comes to: which command is to be carried out, and how it ends where it
// cannot be.
#pragma once

#include <functional>
#include <string>

#include "ctl/commands.hpp"

namespace CLI {
class App;
}

namespace pg_checker::ctl {

struct CommandLine {
  using Action = std::function<Result<int>(Database&)>;

  // Sets the command to one on a connection. `level` is what the role needs; where it is not the
  // level that is lacking, the server says so.
  void Connected(const char* level, Action action);

  // Connects, acts, and complains of what fails.
  int Do(const char* level, const Action& action) const;

  std::string dsn;
  Format format = Format::kTable;
  std::function<int()> command;
  int exit_on_failure = kExitFailed;
};

// Adds apply, diff and the others that read definition files. `line` outlives the parsing.
void AddDefinitionCommands(CLI::App& app, CommandLine& line);

// Adds test, which has the exit codes of run where it tries a single source.
void AddTestCommand(CLI::App& app, CommandLine& line);

// Adds new, which needs no server, and push.
void AddProjectCommands(CLI::App& app, CommandLine& line);

// Adds import. It needs no server.
void AddImportCommand(CLI::App& app, CommandLine& line);

}  // namespace pg_checker::ctl
