// checkerctl: the command line.
#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <optional>
#include <string>

#include "ctl/command_line.hpp"

namespace {

using namespace pg_checker::ctl;  // NOLINT: this file is the tool
using pg_checker::Result;

constexpr const char* kFooter =
    "What --dsn leaves out, libpq takes from PGHOST, PGSERVICE and its other variables.\n\n"
    "Exit codes: 0 done, 1 failed, 3 command line not valid; `diff` 2 with a difference. `run`, "
    "and\n"
    "`test` of a source file, exit as monitoring plugins do:\n"
    "0 ok, 1 warn, 2 fail, 3 error, no data, unknown checker or no server.\n";

// A result that did not reach its reader is a failure, whatever it says.
int Finish(int code, int exit_on_failure) {
  std::cout.flush();  // --help and --version come from CLI11
  const Result<void> flushed = FlushOutput();
  if (flushed.ok()) return code;
  Complain(flushed.failure());
  return exit_on_failure;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Looks after the checkers of pg_checker.", "checkerctl");
  app.set_version_flag("--version", "checkerctl " PG_CHECKER_VERSION);
  app.footer(kFooter);
  app.require_subcommand(1);
  app.fallthrough();

  CommandLine line;
  app.add_option("--dsn", line.dsn, "connection string or URI of the database")->type_name("DSN");
  const std::map<std::string, Format> formats = {
      {"table", Format::kTable}, {"json", Format::kJson}, {"yaml", Format::kYaml}};
  app.add_option_function<std::string>(
         "--output", [&](const std::string& choice) { line.format = formats.at(choice); },
         "how results look; default: table")
      ->check(CLI::IsMember({"table", "json", "yaml"}))
      ->type_name("");

  app.add_subcommand("status", "what waits for the broker, and how the checkers are")
      ->callback(
          [&] { line.Connected("reader", [&](Database& db) { return Status(db, line.format); }); });
  app.add_subcommand("list", "all checkers")->callback([&] {
    line.Connected("reader", [&](Database& db) { return List(db, line.format); });
  });

  std::string name;
  CLI::App* const show = app.add_subcommand("show", "one checker with its latest runs");
  show->add_option("name", name, "name or namespace.name")->required()->type_name("NAME");
  show->callback(
      [&] { line.Connected("reader", [&](Database& db) { return Show(db, line.format, name); }); });

  std::optional<std::string> input;
  std::optional<std::string> params;
  CLI::App* const run = app.add_subcommand("run", "runs a checker and records it");
  run->add_option("name", name, "name or namespace.name")->required()->type_name("NAME");
  run->add_option("--input", input, "the run's input")->type_name("JSON");
  run->add_option("--params", params, "parameters, over the checker's own")->type_name("JSON");
  run->callback([&] {
    line.exit_on_failure = kRunUnknown;
    line.Connected("runner",
                   [&](Database& db) { return Run(db, line.format, name, input, params); });
  });

  app.add_subcommand("doctor", "looks for what keeps alarms from arriving")->callback([&] {
    line.command = [&] { return Doctor(line.dsn, line.format); };
  });

  AddDefinitionCommands(app, line);
  AddTestCommand(app, line);
  AddProjectCommands(app, line);
  AddImportCommand(app, line);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Finish(app.exit(error) == 0 ? 0 : 3, line.exit_on_failure);
  }
  return Finish(line.command(), line.exit_on_failure);
}
