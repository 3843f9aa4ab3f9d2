// checkerctl: the command line.
#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <string>

#include "ctl/commands.hpp"

namespace {

using namespace pg_checker::ctl;  // NOLINT: this file is the tool
using pg_checker::Failure;
using pg_checker::Result;

constexpr const char* kFooter =
    "What --dsn leaves out, libpq takes from PGHOST, PGSERVICE and its other variables.\n\n"
    "Exit codes: 0 done, 1 failed, 3 command line not valid. `run` exits as monitoring plugins "
    "do:\n"
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

  std::string dsn;
  Format format = Format::kTable;
  app.add_option("--dsn", dsn, "connection string or URI of the database")->type_name("DSN");
  const std::map<std::string, Format> formats = {
      {"table", Format::kTable}, {"json", Format::kJson}, {"yaml", Format::kYaml}};
  app.add_option_function<std::string>(
         "--output", [&](const std::string& choice) { format = formats.at(choice); },
         "how results look; default: table")
      ->check(CLI::IsMember({"table", "json", "yaml"}))
      ->type_name("");

  // What to do, and the exit code if it cannot be done.
  std::function<int()> command;
  int exit_on_failure = kExitFailed;
  // `level` is what the role needs; where it is not the level that is lacking, the server says so.
  const auto connected = [&](const char* level, std::function<Result<int>(Database&)> action) {
    command = [&dsn, &exit_on_failure, level, action = std::move(action)] {
      Result<Database> database = Database::Connect(dsn);
      if (!database.ok()) {
        Complain(database.failure());
        return exit_on_failure;
      }
      const Result<int> done = action(database.value());
      if (done.ok()) return done.value();
      Failure failure = done.failure();
      if (LacksPrivilege(failure) && failure.hint.empty()) failure.hint = AskForLevel(level);
      Complain(failure);
      return exit_on_failure;
    };
  };

  app.add_subcommand("status", "what waits for the broker, and how the checkers are")
      ->callback([&] { connected("reader", [&](Database& db) { return Status(db, format); }); });
  app.add_subcommand("list", "all checkers")->callback([&] {
    connected("reader", [&](Database& db) { return List(db, format); });
  });

  std::string name;
  CLI::App* const show = app.add_subcommand("show", "one checker with its latest runs");
  show->add_option("name", name, "name or namespace.name")->required()->type_name("NAME");
  show->callback(
      [&] { connected("reader", [&](Database& db) { return Show(db, format, name); }); });

  std::optional<std::string> input;
  std::optional<std::string> params;
  CLI::App* const run = app.add_subcommand("run", "runs a checker and records it");
  run->add_option("name", name, "name or namespace.name")->required()->type_name("NAME");
  run->add_option("--input", input, "the run's input")->type_name("JSON");
  run->add_option("--params", params, "parameters, over the checker's own")->type_name("JSON");
  run->callback([&] {
    exit_on_failure = kRunUnknown;
    connected("runner", [&](Database& db) { return Run(db, format, name, input, params); });
  });

  app.add_subcommand("doctor", "looks for what keeps alarms from arriving")->callback([&] {
    command = [&] { return Doctor(dsn, format); };
  });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Finish(app.exit(error) == 0 ? 0 : 3, exit_on_failure);
  }
  return Finish(command(), exit_on_failure);
}
