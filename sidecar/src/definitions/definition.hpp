// What definition files say, checked as far as that is possible without a server.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "definitions/value.hpp"
#include "result.hpp"

namespace pg_checker::definitions {

// Where a thing stands: "file:line:column", for messages.
using Origin = std::string;

struct DatasetDefinition {
  std::string name;  // namespace.name
  Origin origin;
  Origin query_origin;
  std::string query;
  std::optional<std::string> params;  // JSON text
  std::optional<std::string> description;
};

// An option of create_checker.
struct OptionValue {
  std::string name;
  std::string type;  // in SQL, such as text[]
  std::string text;  // the value as that type's input has it
};

// What a test case wants of a run. What is not said may be anything.
struct Expectation {
  std::optional<std::string> status;
  std::optional<std::string> message;
  std::optional<std::string> error;   // a part of the error's text
  std::optional<std::string> output;  // a part of the captured output
  std::optional<std::string> failures;
  std::optional<std::string> passes;
  std::vector<Value> assertions;  // maps; each wants one assertion with these members, in order
};

struct TestCase {
  std::string name;
  Origin origin;
  std::string datasets = "{}";  // JSON: name to rows
  std::optional<std::string> at;
  std::optional<std::string> input;   // JSON text
  std::optional<std::string> params;  // JSON text
  Expectation expect;
};

struct CheckerDefinition {
  std::string name;  // namespace.name
  Origin origin;
  Origin source_origin;
  std::vector<Origin> source_lines;  // of each line of a generated source; else empty
  std::string language;              // wasm for a binary
  std::optional<std::string> source;
  std::optional<std::string> module;  // the binary's bytes
  std::vector<std::string> datasets;  // namespace.name
  std::vector<OptionValue> options;
  std::vector<TestCase> tests;
};

struct Definitions {
  std::vector<DatasetDefinition> datasets;  // in the order of the files
  std::vector<CheckerDefinition> checkers;
  std::vector<std::string> namespaces;  // that the files speak of, sorted
};

// Reads all definitions at a path, a file or a folder. Names are unique over all files.
struct Loaded {
  Definitions definitions;
  std::vector<Failure> problems;  // if any, the definitions are not complete
};
Loaded Load(const std::string& path);

// The same for a text; `name` stands for the file, relative to which files are found.
Loaded LoadText(const std::string& text, const std::string& name);

}  // namespace pg_checker::definitions
