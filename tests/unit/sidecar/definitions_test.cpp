#include "definitions/definition.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "definitions/document.hpp"
#include "definitions/sql_text.hpp"

namespace pg_checker::definitions {
namespace {

// The JSON of one YAML document, or the message that refuses it.
std::string Json(const std::string& yaml) {
  const auto documents = ReadYaml(yaml, "f.yaml");
  if (!documents.ok()) return documents.failure().message;
  return documents.value().empty() ? "(none)" : JsonText(documents.value()[0]);
}

// The messages that refuse a text, a line each; with "| hint" where there is a hint.
std::string Problems(const std::string& yaml) {
  std::string text;
  for (const Failure& problem : LoadText(yaml, "f.yaml").problems) {
    text += problem.message + (problem.hint.empty() ? "" : " | " + problem.hint) + "\n";
  }
  return text;
}

Definitions Good(const std::string& yaml) {
  Loaded loaded = LoadText(yaml, "f.yaml");
  EXPECT_TRUE(loaded.problems.empty()) << loaded.problems.front().message;
  return loaded.definitions;
}

TEST(Yaml, KeepsNumbersAsTheyAreWritten) {
  EXPECT_EQ(Json("[1.10, 12345678901234567890, 1e400, -0.0, 0.1]"),
            "[1.10, 12345678901234567890, 1e400, -0.0, 0.1]");
}

TEST(Yaml, SpellsNumbersAsJsonDoes) {
  EXPECT_EQ(Json("[+1, .5, 5., -.5e3, 0x1F, 0o17]"), "[1, 0.5, 5.0, -0.5e3, 31, 15]");
}

TEST(Yaml, ReadsPlainScalarsByTheCoreSchema) {
  EXPECT_EQ(
      Json("[yes, no, on, true, FALSE, null, ~, 2026-01-31, 1.2.3, '1', \"true\", !!str 1]"),
      R"(["yes", "no", "on", true, false, null, null, "2026-01-31", "1.2.3", "1", "true", "1"])");
}

TEST(Yaml, RefusesWhatIsNotClear) {
  EXPECT_EQ(Json("a: 007"),
            "f.yaml:1:4: \"007\" is not clear: a number has no leading zeros, and a text has "
            "quotes");
  EXPECT_EQ(Json("a: .inf"), "f.yaml:1:4: \".inf\" is not a number that JSON can hold");
  EXPECT_EQ(Json("a: 1\nb: {c: 1, c: 2}"),
            "f.yaml:2:11: key \"c\" stands here for the second time");
  EXPECT_EQ(Json("? [1]\n: 2"), "f.yaml:1:3: a key must be a text");
  EXPECT_EQ(Json("a: \"x\\0y\""), "f.yaml:1:4: a text holds the character NUL");
  EXPECT_EQ(Json("a: !secret x"), "f.yaml:1:4: tag \"!secret\" is not known");
  EXPECT_EQ(Json("a: \xff"), "f.yaml: the file is not UTF-8 text");
  EXPECT_EQ(Json("a: [1"), "f.yaml:1:1: not valid YAML: end of sequence flow not found");
}

TEST(Yaml, BoundsWhatAliasesGrowInto) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    std::string line = "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
    for (int j = 1; j < 10; ++j) line += ", " + last;
    bomb += line + "]\n";
  }
  EXPECT_NE(Json(bomb).find("more than 300000 values"), std::string::npos);
  EXPECT_NE(Json("&a [*a]").find("nested deeper than 100 levels"), std::string::npos);
}

TEST(Yaml, MergesWhatAMappingDoesNotSayItself) {
  EXPECT_EQ(Json("{<<: [{a: 1, b: 2}, {b: 3, c: 4}], a: 5}"), "{\"a\": 5, \"b\": 2, \"c\": 4}");
}

TEST(JsonReader, KeepsNumbersAndTheLastOfTwoKeys) {
  const auto value = ReadJson(R"({"a": 1.10, "b": [true, null], "a": 2.50})", "x");
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(JsonText(value.value()), R"({"a": 2.50, "b": [true, null]})");
  EXPECT_FALSE(ReadJson("[1,", "x").ok());
  EXPECT_FALSE(ReadJson(std::string(200, '[') + std::string(200, ']'), "x").ok());
}

TEST(Definitions, AreThoseOfTheContract) {
  const Definitions read = Good(R"(datasets:
  users_with_email_null: {query: SELECT username FROM users WHERE email IS NULL}
checkers:
  few_null_emails:
    language: rule
    datasets: [users_with_email_null]
    schedule: "*/5 * * * *"
    severity: warning
    source: [{dataset: users_with_email_null, assert: less_than, value: 1.10, message: Few}]
)");
  ASSERT_EQ(read.datasets.size(), 1U);
  EXPECT_EQ(read.datasets[0].name, "default.users_with_email_null");
  EXPECT_EQ(read.datasets[0].query, "SELECT username FROM users WHERE email IS NULL");
  ASSERT_EQ(read.checkers.size(), 1U);
  const CheckerDefinition& checker = read.checkers[0];
  EXPECT_EQ(checker.datasets, std::vector<std::string>{"default.users_with_email_null"});
  EXPECT_EQ(*checker.source,
            "[\n  {\"dataset\": \"users_with_email_null\", \"assert\": \"less_than\", \"value\": "
            "1.10, \"message\": \"Few\"}\n]");
  ASSERT_EQ(checker.options.size(), 2U);
  EXPECT_EQ(checker.options[1].name, "schedule");
  EXPECT_EQ(checker.options[1].text, "*/5 * * * *");
  EXPECT_EQ(read.namespaces, std::vector<std::string>{"default"});
}

TEST(Definitions, HaveNamesInNamespaces) {
  const Definitions read = Good(R"(namespace: sales
datasets:
  a: {query: SELECT 1 AS one}
  other.b: {query: SELECT 1 AS one}
checkers:
  c: {language: sql, source: SELECT 1 AS one, datasets: [a, other.b], depends_on: [d]}
---
datasets:
  a: {query: SELECT 1 AS one}
)");
  EXPECT_EQ(read.datasets[0].name, "sales.a");
  EXPECT_EQ(read.datasets[1].name, "other.b");
  EXPECT_EQ(read.datasets[2].name, "default.a");
  EXPECT_EQ(read.checkers[0].datasets, (std::vector<std::string>{"sales.a", "other.b"}));
  EXPECT_EQ(read.checkers[0].options[0].text, "{\"sales.d\"}");
  EXPECT_EQ(read.namespaces, (std::vector<std::string>{"default", "other", "sales"}));
}

TEST(Definitions, NameDatasetsOfTheirNamespaceInRules) {
  const Definitions read = Good(
      "namespace: sales\ncheckers: {c: {language: rule, datasets: [a, default.b], source: "
      "[{dataset: a, "
      "other: b, metric: {percent_of: a}, message: a}, {dataset: x.a}]}}");
  EXPECT_EQ(*read.checkers[0].source,
            "[\n  {\"dataset\": \"sales.a\", \"other\": \"b\", \"metric\": {\"percent_of\": "
            "\"sales.a\"}, \"message\": \"a\"},\n  {\"dataset\": \"x.a\"}\n]");
}

TEST(Definitions, TellAllFaultsWithTheirPlaces) {
  EXPECT_EQ(
      Problems(R"(dataset: {}
datasets:
  a: {query: 1, oops: 2}
  9x: {query: SELECT 1 AS one}
  b: {description: no query}
checkers:
  c: {language: sql, source: [1], for_runs: 1.5, enabled: yes, labels: [], alarm_on: [fail, 3]}
  d: {language: python}
  e: {source: x}
  f: 3
)"),
      R"(f.yaml:1:1: unknown key "dataset" of the file | It may have namespace, datasets, checkers.
f.yaml:3:17: unknown key "oops" of dataset "default.a" | It may have query, params, description, for_each.
f.yaml:3:14: "query" is a number and takes a text | Quote it.
f.yaml:4:3: "9x" is not a valid name for a dataset | A name is "name" or "namespace.name"; each part starts with a letter or underscore and goes on with letters, digits, underscores and hyphens, 63 at most.
f.yaml:5:3: dataset "default.b" has no query
f.yaml:7:30: "source" is a list and takes a text | Only a rule is written as a list.
f.yaml:7:72: "labels" is a list and takes a mapping
f.yaml:7:59: "enabled" is a text and takes true or false
f.yaml:7:45: "for_runs" is a number and takes a whole number
f.yaml:7:93: "alarm_on[1]" is a number and takes a text | Quote it.
f.yaml:8:3: checker "default.d" has no program | Give it source, source_file or module_file.
f.yaml:9:3: checker "default.e" has no language | Languages are sql, rule, javascript, python and wat.
f.yaml:10:6: checker "f" is not a mapping
)");
}

TEST(Definitions, SayHowACommaIsWritten) {
  EXPECT_EQ(
      Problems("datasets: {a: {query: SELECT 1 AS x, 2 AS y}}"),
      "f.yaml:1:38: unknown key \"2 AS y\" of dataset \"default.a\" | It may have query, params, "
      "description, for_each. Inside of {}, a text with a comma needs quotes.\n");
}

TEST(Definitions, AreDefinedOnce) {
  EXPECT_EQ(Problems("datasets: {a: {query: SELECT 1 AS x}, default.a: {query: SELECT 1 AS x}}"),
            "f.yaml:1:39: dataset \"default.a\" is defined twice | The first one is at "
            "f.yaml:1:12.\n");
  EXPECT_EQ(Problems("checkers: {a: {language: sql, source: x, datasets: [b, default.b]}}"),
            "f.yaml:1:56: dataset \"default.b\" stands in the list twice\n");
}

TEST(Definitions, CarryTestCases) {
  const Definitions read = Good(R"(checkers:
  c:
    language: sql
    source: SELECT 1 AS one
    tests:
      - {name: bad, datasets: {users: [{id: 1, email: null}]}, at: 2026-01-05, expect: fail}
      - {datasets: {users: []}, params: {n: 1.0}, expect: {status: ok, passes: 1, assertions: [{ok: true}]}}
)");
  const auto& tests = read.checkers[0].tests;
  ASSERT_EQ(tests.size(), 2U);
  EXPECT_EQ(tests[0].datasets, R"({"users": [{"id": 1, "email": null}]})");
  EXPECT_EQ(tests[0].at, "2026-01-05");
  EXPECT_EQ(tests[0].expect.status, "fail");
  EXPECT_EQ(tests[1].name, "case 2");
  EXPECT_EQ(tests[1].params, "{\"n\": 1.0}");
  EXPECT_EQ(tests[1].expect.passes, "1");
  EXPECT_EQ(tests[1].expect.assertions.size(), 1U);
  EXPECT_EQ(
      Problems("checkers: {c: {language: sql, source: x, tests: [{expect: good}, {name: n}, "
               "{datasets: {a: {}}, expect: ok}]}}"),
      "f.yaml:1:59: status \"good\" does not exist | Statuses are ok, warn, fail, no_data and "
      "error.\n"
      "f.yaml:1:66: test case \"n\" expects nothing | Give it a status, as in expect: fail.\n"
      "f.yaml:1:92: rows of dataset \"a\" are not a list of mappings | Write them as [{id: 1, "
      "email: null}, …]; [] is no rows.\n");
}

class Folder : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/definitions-XXXXXX";
    path_ = mkdtemp(name);
  }
  void TearDown() override { std::filesystem::remove_all(path_); }
  void Write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
  }
  std::filesystem::path path_;
};

TEST_F(Folder, IsReadInTheOrderOfItsPaths) {
  Write("b.yml", "datasets: {b: {query: SELECT 1 AS x}}");
  Write("a/z.yaml", "datasets: {a: {query: SELECT 1 AS x}}");
  Write(".hidden.yaml", "nonsense");
  Write("README.md", "nonsense");
  const Loaded loaded = Load(path_);
  ASSERT_TRUE(loaded.problems.empty()) << loaded.problems[0].message;
  ASSERT_EQ(loaded.definitions.datasets.size(), 2U);
  EXPECT_EQ(loaded.definitions.datasets[0].name, "default.a");
}

TEST_F(Folder, HoldsSourcesAndModulesBesideTheDefinitions) {
  Write("c.yaml",
        "checkers: {js: {source_file: src/a.js}, binary: {module_file: m.wasm, source_file: m.c}, "
        "text: {module_file: m.wat}}");
  Write("src/a.js", "ok('fine')");
  Write("m.wasm", std::string("\0asm\1\0\0\0", 8));
  Write("m.c", "int x;");
  Write("m.wat", "(module)");
  const Loaded loaded = Load(path_ / "c.yaml");
  ASSERT_TRUE(loaded.problems.empty()) << loaded.problems[0].message;
  const auto& checkers = loaded.definitions.checkers;
  EXPECT_EQ(checkers[0].language, "javascript");
  EXPECT_EQ(checkers[0].source, "ok('fine')");
  EXPECT_EQ(checkers[1].language, "wasm");
  EXPECT_EQ(checkers[1].module->size(), 8U);
  EXPECT_EQ(checkers[1].source, "int x;");
  EXPECT_EQ(checkers[2].language, "wat");
  EXPECT_EQ(checkers[2].source, "(module)");
}

TEST_F(Folder, WithoutDefinitionsOrWithoutWhatTheyNameIsRefused) {
  EXPECT_NE(Load(path_).problems.at(0).message.find("has no .yaml files"), std::string::npos);
  EXPECT_NE(Load(path_ / "none").problems.at(0).message.find("does not exist"), std::string::npos);
  Write("c.yaml", "checkers: {js: {source_file: a.js}}");
  EXPECT_NE(Load(path_).problems.at(0).message.find("c.yaml:1:30: could not read file"),
            std::string::npos);
}

TEST(SqlText, QuotesWhatHasToBe) {
  EXPECT_EQ(QuoteQualifiedName("users"), "users");
  EXPECT_EQ(QuoteQualifiedName("sales.Orders"), "sales.\"Orders\"");
  EXPECT_EQ(QuoteQualifiedName("user"), "\"user\"");
  EXPECT_EQ(QuoteQualifiedName("a b; drop"), "\"a b; drop\"");
  EXPECT_EQ(QuoteQualifiedName("\"a.b\".c"), "\"a.b\".c");
  EXPECT_EQ(QuoteQualifiedName("\"a\"; drop"), "\"\"\"a\"\"; drop\"");
  EXPECT_EQ(QuoteQualifiedName("a..b"), "a.\"\".b");
  EXPECT_EQ(QuoteLiteral("it's"), "'it''s'");
  EXPECT_EQ(QuoteLiteral("a\\'b"), "E'a\\\\''b'");
}

}  // namespace
}  // namespace pg_checker::definitions
