#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "ctl/command_line.hpp"
#include "ctl/creation.hpp"
#include "ctl/new_project.hpp"
#include "ctl/program_file.hpp"
#include "ctl/stored.hpp"
#include "definitions/checker_option.hpp"
#include "definitions/object_name.hpp"

namespace pg_checker::ctl {
namespace {

struct Arguments {
  std::string language;
  std::string name;
  std::string folder;
  bool list = false;
  std::string file;
  std::vector<std::string> datasets;
};

int New(const Arguments& arguments) {
  const std::string sdk = SdkFolder();
  if (arguments.list) {
    for (const std::string& language : TemplateLanguages(sdk)) Print(language + "\n");
    return kExitOk;
  }
  if (arguments.language.empty() || arguments.name.empty()) {
    Complain({"new needs --language and a name", "", "checkerctl new --list shows the languages."});
    return kExitFailed;
  }
  const std::string folder = arguments.folder.empty() ? arguments.name : arguments.folder;
  const auto made = NewProject(sdk, arguments.language, arguments.name, folder);
  if (!made.ok()) {
    Complain(made.failure());
    return kExitFailed;
  }
  for (const std::string& file : made.value()) Print(file + "\n");
  return kExitOk;
}

std::vector<std::string> Texts(const definitions::Value& list) {
  std::vector<std::string> texts;
  for (const definitions::Value& item : list.items) texts.push_back(item.text);
  return texts;
}

// The file as a checker, under its own name unless another is given.
Result<definitions::CheckerDefinition> ReadChecker(const Arguments& arguments) {
  auto program = ReadProgramFile(arguments.file, arguments.language);
  if (!program.ok()) return program.failure();
  definitions::CheckerDefinition checker;
  const std::string stem = std::filesystem::path(arguments.file).stem().string();
  const std::string name = arguments.name.empty() ? stem : arguments.name;
  const auto qualified = definitions::Qualified(name, definitions::kDefaultNamespace);
  if (!qualified) {
    return Failure{"\"" + name + "\" is not a valid name for a checker", "",
                   "Give it one with --name."};
  }
  checker.name = *qualified;
  checker.origin = checker.source_origin = arguments.file;
  checker.datasets = arguments.datasets;
  checker.language = program.value().language;
  checker.source = std::move(program.value().source);
  checker.module = std::move(program.value().module);
  return checker;
}

// What the checker is besides its program stays as it is.
void KeepOptions(const Stored& stored, definitions::CheckerDefinition& checker) {
  for (const definitions::CheckerOption& option : definitions::CheckerOptions()) {
    const definitions::Value* const value = stored.Find(option.name);
    if (value == nullptr || value->is(definitions::Value::Kind::kNull)) continue;
    std::string text = value->text;
    if (option.shape == definitions::CheckerOption::Shape::kTextList) {
      text = definitions::ArrayText(Texts(*value));
    } else if (std::string(option.type) == "jsonb") {
      text = definitions::JsonText(*value);
    }
    checker.options.push_back({option.name, option.type, std::move(text)});
  }
  if (checker.datasets.empty()) checker.datasets = Texts(*stored.Find("datasets"));
}

Result<int> Push(Database& database, definitions::CheckerDefinition checker, bool replace) {
  const auto present = LoadStoredOne(database, ObjectKind::kChecker, checker.name);
  if (!present.ok()) return present.failure();
  if (present.value()) {
    if (!replace) {
      return Failure{"checker \"" + checker.name + "\" already exists", "",
                     "Pass --replace: it gets a new version and keeps its options."};
    }
    KeepOptions(*present.value(), checker);
  }
  if (const auto done = Create(database, checker); !done.ok()) return done.failure();
  const auto version = database.Rows(
      "SELECT version FROM checker.checkers c WHERE c.namespace || '.' || c.name = $1",
      {checker.name});
  if (!version.ok()) return version.failure();
  Print(checker.name + " version " + version.value().front()["version"].dump() + "\n");
  return kExitOk;
}

}  // namespace

void AddProjectCommands(CLI::App& app, CommandLine& line) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* const make = app.add_subcommand("new", "makes a project for a checker from a template");
  make->add_option("--language", arguments->language, "language; --list shows all")
      ->type_name("NAME");
  make->add_flag("--list", arguments->list, "shows the languages that have a template");
  make->add_option("name", arguments->name, "name of the checker")->type_name("NAME");
  make->add_option("folder", arguments->folder, "folder; default: one with that name")
      ->type_name("FOLDER");
  make->callback([&line, arguments] { line.command = [arguments] { return New(*arguments); }; });

  const auto replace = std::make_shared<bool>(false);
  CLI::App* const push =
      app.add_subcommand("push", "stores one source or module file as a checker");
  push->add_option("file", arguments->file, "source, .wat or .wasm")->required()->type_name("FILE");
  push->add_option("--name", arguments->name, "name; default: the file's")->type_name("NAME");
  push->add_option("--language", arguments->language, "language; default: by the file's name")
      ->type_name("NAME");
  push->add_option("--dataset", arguments->datasets, "a dataset; may stand several times")
      ->type_name("NAME");
  push->add_flag("--replace", *replace, "gives a checker of that name a new version");
  push->callback([&line, arguments, replace] {
    line.command = [&line, arguments, replace] {
      const auto checker = ReadChecker(*arguments);
      if (!checker.ok()) {
        Complain(checker.failure());
        return kExitFailed;
      }
      return line.Do("author",
                     [&](Database& database) { return Push(database, checker.value(), *replace); });
    };
  });
}

}  // namespace pg_checker::ctl
