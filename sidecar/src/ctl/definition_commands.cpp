#include <CLI/CLI.hpp>
#include <memory>

#include "ctl/apply.hpp"
#include "ctl/command_line.hpp"
#include "ctl/export.hpp"
#include "definitions/definition.hpp"

namespace pg_checker::ctl {
namespace {

// Options of all commands of this file; CLI11 writes into them while it parses.
struct Arguments {
  std::string path;
  bool dry_run = false;
  bool prune = false;
  bool test = false;
  std::string folder;
};

using Wanted = std::function<Result<int>(Database&, const definitions::Definitions&)>;

// Reads the definitions before anything is connected to, so that all of their faults show at once.
int WithDefinitions(const CommandLine& line, const std::string& path, const Wanted& action) {
  const definitions::Loaded loaded = definitions::Load(path);
  for (const Failure& problem : loaded.problems) Complain(problem);
  if (!loaded.problems.empty()) return line.exit_on_failure;
  return line.Do("author",
                 [&](Database& database) { return action(database, loaded.definitions); });
}

void AddPath(CLI::App* command, Arguments& arguments) {
  command->add_option("path", arguments.path, "file or folder of definitions")
      ->required()
      ->type_name("PATH");
}

}  // namespace

void AddDefinitionCommands(CLI::App& app, CommandLine& line) {
  const auto arguments = std::make_shared<Arguments>();

  CLI::App* const apply =
      app.add_subcommand("apply", "brings the server to what definition files say");
  AddPath(apply, *arguments);
  apply->add_flag("--dry-run", arguments->dry_run, "shows the plan and changes nothing");
  apply->add_flag("--prune", arguments->prune,
                  "drops what the files no longer have, in namespaces that they speak of");
  apply->add_flag("--test", arguments->test,
                  "runs the test cases of what is new or changed; one that fails refuses all");
  apply->callback([&line, arguments] {
    line.command = [&line, arguments] {
      return WithDefinitions(line, arguments->path, [&](Database& database, const auto& wanted) {
        return Apply(database, line.format, wanted,
                     {arguments->dry_run, arguments->prune, arguments->test});
      });
    };
  });

  CLI::App* const diff =
      app.add_subcommand("diff", "what apply would change; exits with 2 if there is anything");
  AddPath(diff, *arguments);
  diff->add_flag("--prune", arguments->prune, "counts what apply --prune would drop");
  diff->callback([&line, arguments] {
    line.command = [&line, arguments] {
      return WithDefinitions(line, arguments->path, [&](Database& database, const auto& wanted) {
        return Diff(database, line.format, wanted, arguments->prune);
      });
    };
  });

  CLI::App* const write = app.add_subcommand("export", "writes what is stored as definition files");
  write->add_option("--output-dir", arguments->folder, "folder; default: standard output")
      ->type_name("FOLDER");
  write->callback([&line, arguments] {
    line.Connected("reader",
                   [arguments](Database& database) { return Export(database, arguments->folder); });
  });
}

}  // namespace pg_checker::ctl
