#include "import/import.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "definitions/definition.hpp"
#include "definitions/document.hpp"
#include "definitions/yaml_writer.hpp"
#include "import/soda_condition.hpp"

namespace pg_checker::import {
namespace {

const std::string kFolder = IMPORT_FOLDER;

// Holds what was made against the file that is expected, which ACCEPT=1 writes.
void Expect(const Result<Suite>& suite, const std::string& name) {
  ASSERT_TRUE(suite.ok()) << suite.failure().message;
  std::string made = suite.value().Document(name);
  for (std::size_t at = made.find(kFolder); at != std::string::npos; at = made.find(kFolder)) {
    made.erase(at, kFolder.size() + 1);
  }
  const std::string path = kFolder + "/" + name + ".expected.yaml";
  if (std::getenv("ACCEPT") != nullptr) std::ofstream(path) << made;
  const auto expected = definitions::ReadFile(path);
  ASSERT_TRUE(expected.ok()) << expected.failure().message;
  EXPECT_EQ(made, expected.value()) << "run with ACCEPT=1 if this is right";
  const definitions::Loaded loaded = definitions::LoadText(made, path);
  for (const Failure& problem : loaded.problems) ADD_FAILURE() << problem.message;
}

TEST(Import, TakesDbtsTests) { Expect(ReadDbt(kFolder + "/dbt.yml", "public"), "dbt"); }
TEST(Import, TakesSodasChecks) { Expect(ReadSoda(kFolder + "/soda.yml", ""), "soda"); }
TEST(Import, TakesExpectations) { Expect(ReadExpectations(kFolder + "/gx.json", "", ""), "gx"); }

TEST(Import, RefusesWhatIsNoSuchFile) {
  EXPECT_FALSE(ReadDbt(kFolder + "/none.yml", "").ok());
  EXPECT_FALSE(ReadExpectations(kFolder + "/dbt.yml", "", "").ok());
}

TEST(SodaCondition, IsWhatHasToHold) {
  const auto text = [](const std::optional<SodaCondition>& condition) {
    return condition ? condition->assertion + " " + definitions::JsonText(condition->value) : "";
  };
  EXPECT_EQ(text(ParseSodaCondition("> 0")), "greater_than 0");
  EXPECT_EQ(text(ParseSodaCondition("< 5 %")), "less_than 5");
  EXPECT_EQ(text(ParseSodaCondition("between 1 and 2.50")), "between [1, 2.50]");
  EXPECT_EQ(text(ParseSodaCondition("between (1 and 2")), "");
  EXPECT_EQ(text(ParseSodaCondition("not between 1 and 2")), "");
  EXPECT_EQ(text(ParseSodaAlarm("when < 5")), "at_least 5");
  EXPECT_EQ(text(ParseSodaAlarm("when > 5%")), "at_most 5");
  EXPECT_EQ(text(ParseSodaAlarm("when not between 1 and 2")), "between [1, 2]");
  EXPECT_EQ(text(ParseSodaAlarm("when between 1 and 2")), "");
  EXPECT_EQ(text(ParseSodaCondition("roughly 5")), "");
}

// Texts that are easily read as something else, or not at all.
TEST(YamlWriter, WritesWhatIsReadBackTheSame) {
  using definitions::Value;
  const std::string texts[] = {"",
                               "plain text",
                               "yes",
                               "No",
                               "1.10",
                               "007",
                               "null",
                               "~",
                               "a: b",
                               "a #b",
                               "- a",
                               "[a]",
                               "{a}",
                               "'a'",
                               "\"a\"",
                               "a\\b",
                               " a",
                               "a ",
                               "a\nb",
                               "a\nb\n",
                               "a\n\nb\n\n",
                               "\na",
                               "a\n  b\n",
                               "  a\nb",
                               "a\tb",
                               "a\r\nb",
                               "a\n\tb",
                               "ä\nö",
                               "a\xc2\x85"
                               "b\nc",
                               "a,b",
                               "*a",
                               "&a",
                               "!a",
                               "%a",
                               "@a",
                               "`a`",
                               "a\x7f",
                               "2026-01-31",
                               "a:b",
                               "?",
                               "SELECT * FROM t WHERE a = 'x' AND b <> 1",
                               "...",
                               "---\na",
                               "a\xe2\x80\xa8"
                               "b\nc"};
  Value all = Value::Map();
  Value list = Value::List();
  int number = 0;
  for (const std::string& text : texts) {
    all.Add("key " + std::to_string(number++), Value::Text(text));
    all.Add(text + " as key", Value::Text("x"));
    list.items.push_back(Value::Text(text));
  }
  Value nested = Value::Map();
  nested.Add("list",
             Value::List({Value::List({Value::Text("a")}), list, Value::Map(), Value::List()}));
  nested.Add("numbers", Value::List({Value::Number("1.10"), Value::Boolean(true), Value{}}));
  all.Add("list", std::move(list));
  all.Add("nested", Value::List({nested, nested}));
  const std::string yaml = definitions::YamlText(all);
  const auto read = definitions::ReadYaml(yaml, "written");
  ASSERT_TRUE(read.ok()) << read.failure().message << "\n" << yaml;
  EXPECT_EQ(definitions::JsonText(read.value().at(0)), definitions::JsonText(all)) << yaml;
  EXPECT_EQ(definitions::YamlText(read.value().at(0)), yaml);
}

}  // namespace
}  // namespace pg_checker::import
