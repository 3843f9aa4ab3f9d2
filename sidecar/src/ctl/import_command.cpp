#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "ctl/command_line.hpp"
#include "ctl/output_file.hpp"
#include "import/import.hpp"

namespace pg_checker::ctl {
namespace {

struct Arguments {
  std::string tool;
  std::string path;
  std::string file;    // to write to; empty for standard output
  std::string schema;  // of relations that do not name theirs
  std::string table;   // of a suite
};

Result<import::Suite> Read(const Arguments& arguments) {
  if (arguments.tool == "dbt") return import::ReadDbt(arguments.path, arguments.schema);
  if (arguments.tool == "soda") return import::ReadSoda(arguments.path, arguments.schema);
  return import::ReadExpectations(arguments.path, arguments.schema, arguments.table);
}

// What could not be taken over is told, and is no failure: nobody's checks have a counterpart each.
int Import(const Arguments& arguments) {
  const Result<import::Suite> suite = Read(arguments);
  if (!suite.ok()) {
    Complain(suite.failure());
    return kExitFailed;
  }
  const std::string document = suite.value().Document(arguments.tool);
  if (const Result<void> written = PrintTo(arguments.file, document); !written.ok()) {
    Complain(written.failure());
    return kExitFailed;
  }
  for (const std::string& line : suite.value().left()) {
    std::fprintf(stderr, "not taken over: %s\n", line.c_str());
  }
  std::fprintf(stderr, "%zu checks taken over, %zu not\n", suite.value().taken(),
               suite.value().left().size());
  return kExitOk;
}

}  // namespace

void AddImportCommand(CLI::App& app, CommandLine& line) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* const command =
      app.add_subcommand("import", "makes definitions of another tool's checks");
  command->require_subcommand(1);
  const std::pair<const char*, const char*> tools[] = {
      {"dbt", "data tests in dbt's properties files (schema.yml)"},
      {"soda", "Soda's check files (SodaCL)"},
      {"gx", "suites of Great Expectations (JSON)"}};
  for (const auto& [tool, description] : tools) {
    CLI::App* const from = command->add_subcommand(tool, description);
    from->add_option("path", arguments->path, "file or folder")->required()->type_name("PATH");
    from->add_option("-o,--output-file", arguments->file, "file to write; default: standard output")
        ->type_name("FILE");
    from->add_option("--schema", arguments->schema, "schema of tables that do not name theirs")
        ->type_name("NAME");
    if (std::string(tool) == "gx") {
      from->add_option("--table", arguments->table,
                       "table of the suite; default: its name up to a dot")
          ->type_name("NAME");
    }
    from->callback([&line, arguments, name = std::string(tool)] {
      arguments->tool = name;
      line.command = [arguments] { return Import(*arguments); };
    });
  }
}

}  // namespace pg_checker::ctl
