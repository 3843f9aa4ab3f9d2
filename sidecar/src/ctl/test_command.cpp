#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "ctl/case_report.hpp"
#include "ctl/command_line.hpp"
#include "ctl/output_file.hpp"
#include "ctl/program_file.hpp"
#include "ctl/run_text.hpp"
#include "ctl/trial.hpp"
#include "definitions/document.hpp"

namespace pg_checker::ctl {
namespace {

using definitions::Value;

struct Arguments {
  std::string path;
  std::string report_format;  // empty: as --output says
  std::string report_file;    // empty: standard output
  std::string data;
  std::string language;
  std::optional<std::string> at;
  std::optional<std::string> input;
  std::optional<std::string> params;
  std::vector<std::string> param;  // name=value

  // What only a single source has.
  bool is_for_source() const {
    return !data.empty() || !language.empty() || at || input || params || !param.empty();
  }
};

bool HoldsDefinitions(const std::string& path) {
  const std::string suffix = std::filesystem::path(path).extension().string();
  return std::filesystem::is_directory(path) || suffix == ".yaml" || suffix == ".yml";
}

int TestDefinitions(const CommandLine& line, const Arguments& arguments) {
  const definitions::Loaded loaded = definitions::Load(arguments.path);
  for (const Failure& problem : loaded.problems) Complain(problem);
  if (!loaded.problems.empty()) return kExitFailed;
  return line.Do("author", [&](Database& database) -> Result<int> {
    const auto results = RunAllCases(database, loaded.definitions);
    if (!results.ok()) return results.failure();
    if (results.value().empty()) {
      return Failure{"\"" + arguments.path + "\" has no test cases", "",
                     "Give a checker some with the key tests."};
    }
    std::string report;
    if (arguments.report_format == "junit") {
      report = CasesJunit(results.value());
    } else if (arguments.report_format == "tap") {
      report = CasesTap(results.value());
    } else if (line.format == Format::kTable) {
      report = CasesText(results.value());
    } else {
      report = RenderDocument(CasesDocument(results.value()), line.format);
    }
    if (auto written = PrintTo(arguments.report_file, report); !written.ok()) {
      return written.failure();
    }
    for (const CaseResult& result : results.value()) {
      if (!result.passed()) return kExitFailed;
    }
    return kExitOk;
  });
}

// Rows in a file of JSON or YAML: {"users": [{"id": 1}]}.
Result<std::string> ReadRows(const std::string& path) {
  const auto text = definitions::ReadFile(path);
  if (!text.ok()) return text.failure();
  Value rows;
  if (std::filesystem::path(path).extension() == ".json") {
    auto json = definitions::ReadJson(text.value(), path);
    if (!json.ok()) return json.failure();
    rows = std::move(json.value());
  } else {
    auto documents = definitions::ReadYaml(text.value(), path);
    if (!documents.ok()) return documents.failure();
    if (documents.value().size() == 1) rows = std::move(documents.value()[0]);
  }
  bool fits = rows.is(Value::Kind::kMap);
  for (const definitions::Member& member : rows.members) {
    fits = fits && member.value.is(Value::Kind::kList);
  }
  if (fits) return definitions::JsonText(rows);
  return Failure{"file \"" + path + "\" does not hold rows by dataset", "",
                 "Write it as {\"users\": [{\"id\": 1, \"email\": null}]}."};
}

// --param name=value over --params: a value that is JSON counts as that, any other as text.
Result<std::optional<std::string>> ReadParams(const Arguments& arguments) {
  if (arguments.param.empty()) return arguments.params;
  Value all = Value::Map();
  if (arguments.params) {
    auto given = definitions::ReadJson(*arguments.params, "--params");
    if (!given.ok()) return given.failure();
    all = std::move(given.value());
  }
  for (const std::string& pair : arguments.param) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Failure{"parameter \"" + pair + "\" is not name=value"};
    }
    const std::string text = pair.substr(equals + 1);
    const auto json = definitions::ReadJson(text, pair);
    all.Add(pair.substr(0, equals), json.ok() ? json.value() : Value::Text(text));
  }
  return std::optional<std::string>(definitions::JsonText(all));
}

std::string TrialText(const Json& result) {
  std::string text = StatusLine(result);
  for (const Json& assertion : result.value("assertions", Json::array())) {
    text += "\n[" + assertion.value("outcome", std::string("?")) + "]" + AssertionText(assertion);
  }
  const Json output = result.value("output", Json());
  if (output.is_string() && !output.get<std::string>().empty()) {
    text += "\nOutput\n" + output.get<std::string>() + "\n";
  }
  const Json log = result.value("log", Json());
  if (log.is_array() && !log.empty()) {
    text += "\nLog\n";
    for (const Json& entry : log) {
      text +=
          entry.value("level", std::string()) + ": " + entry.value("text", std::string()) + "\n";
    }
  }
  const Json duration = result.value("duration", Json());
  text += "\nfuel: " + result.value("fuel", Json()).dump() +
          "\ntime: " + (duration.is_string() ? duration.get<std::string>() : duration.dump()) +
          "\n";
  return text;
}

int TestSource(const CommandLine& line, const Arguments& arguments) {
  Circumstances given;
  const auto program = ReadProgramFile(arguments.path, arguments.language);
  if (!program.ok()) {
    Complain(program.failure());
    return kRunUnknown;
  }
  if (!arguments.data.empty()) {
    const auto rows = ReadRows(arguments.data);
    if (!rows.ok()) {
      Complain(rows.failure());
      return kRunUnknown;
    }
    given.datasets = rows.value();
  }
  const auto params = ReadParams(arguments);
  if (!params.ok()) {
    Complain(params.failure());
    return kRunUnknown;
  }
  given.at = arguments.at;
  given.input = arguments.input;
  given.params = params.value();
  return line.Do("author", [&](Database& database) -> Result<int> {
    const auto result = TryProgram(database, program.value(), given);
    if (!result.ok()) return result.failure();
    Print(line.format == Format::kTable ? TrialText(result.value())
                                        : RenderDocument(result.value(), line.format));
    return RunExitCode(result.value()["status"].get<std::string>());
  });
}

}  // namespace

void AddTestCommand(CLI::App& app, CommandLine& line) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* const test = app.add_subcommand(
      "test", "runs the test cases of definitions, or one source file on made-up rows");
  test->add_option("path", arguments->path, "file or folder of definitions, or a source file")
      ->required()
      ->type_name("PATH");
  test->add_option("--format", arguments->report_format, "report of test cases: junit or tap")
      ->check(CLI::IsMember({"junit", "tap"}))
      ->type_name("");
  test->add_option("--report", arguments->report_file,
                   "file for the report; default: standard output")
      ->type_name("FILE");
  test->add_option("--data", arguments->data, "made-up rows, JSON or YAML: {\"users\": [{…}]}")
      ->type_name("FILE");
  test->add_option("--language", arguments->language, "language; default: by the file's name")
      ->type_name("NAME");
  test->add_option("--at", arguments->at, "what the clock shows")->type_name("TIME");
  test->add_option("--input", arguments->input, "the run's input")->type_name("JSON");
  test->add_option("--params", arguments->params, "parameters")->type_name("JSON");
  test->add_option("--param", arguments->param, "one parameter; may stand several times")
      ->type_name("NAME=VALUE");
  test->callback([&line, arguments] {
    const bool is_source = arguments->is_for_source() || !HoldsDefinitions(arguments->path);
    if (is_source) line.exit_on_failure = kRunUnknown;
    line.command = [&line, arguments, is_source] {
      return is_source ? TestSource(line, *arguments) : TestDefinitions(line, *arguments);
    };
  });
}

}  // namespace pg_checker::ctl
