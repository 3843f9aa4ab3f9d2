#include "definitions/for_each.hpp"

#include <gtest/gtest.h>

#include "definitions/definition.hpp"

namespace pg_checker::definitions {
namespace {

std::string Names(const Definitions& read) {
  std::string names;
  for (const auto& dataset : read.datasets) names += dataset.name + " " + dataset.query + "\n";
  return names;
}

std::string Read(const std::string& yaml) {
  const Loaded loaded = LoadText(yaml, "f.yaml");
  if (loaded.problems.empty()) return Names(loaded.definitions);
  return loaded.problems[0].message + " | " + loaded.problems[0].hint;
}

TEST(ForEach, MakesOneDefinitionForEachValue) {
  EXPECT_EQ(
      Read(
          R"y(datasets: {"${table}_rows": {for_each: {table: [users, sales.Order Items]}, query: "SELECT * FROM ${table}"}})y"),
      "default.users_rows SELECT * FROM users\n"
      "default.sales_Order_Items_rows SELECT * FROM sales.\"Order Items\"\n");
}

TEST(ForEach, TakesEveryCombination) {
  EXPECT_EQ(
      Read(
          R"y(datasets: {"${t}_${c}": {for_each: {t: [a, b], c: [x, y]}, query: "SELECT ${c} FROM ${t}"}})y"),
      "default.a_x SELECT x FROM a\ndefault.a_y SELECT y FROM a\n"
      "default.b_x SELECT x FROM b\ndefault.b_y SELECT y FROM b\n");
}

TEST(ForEach, TakesChosenCombinations) {
  EXPECT_EQ(
      Read(
          R"y(datasets: {"${t}_${c}": {for_each: [{t: a, c: x}, {t: b, c: y}], query: "SELECT ${c} FROM ${t}"}})y"),
      "default.a_x SELECT x FROM a\ndefault.b_y SELECT y FROM b\n");
  EXPECT_EQ(
      Read(
          R"y(datasets: {"${o.t}_n": {for_each: {o: [{t: a, c: [x, user]}]}, query: "SELECT ${o.c} FROM ${o.t}"}})y"),
      "default.a_n SELECT x, \"user\" FROM a\n");
}

TEST(ForEach, WritesValuesInTheirForms) {
  EXPECT_EQ(
      Read(
          R"y(datasets: {d: {for_each: [{v: "it's", n: 1.10, l: [a, 2]}], query: "SELECT ${v:literal}, ${n}, ${n:literal}, ${v:text}, ${l:literal}, ${v:name}, $${v}"}})y"),
      "default.d SELECT 'it''s', 1.10, 1.10, it's, 'a', 2, it_s, ${v}\n");
}

TEST(ForEach, ReachesRulesOptionsAndTests) {
  const Loaded loaded = LoadText(R"y(checkers:
  "${table}_filled":
    for_each: {table: [{name: sales.orders, least: 1.10}]}
    language: rule
    datasets: ["${table.name}_rows"]
    labels: {table: "${table.name}"}
    source: [{dataset: "${table.name}_rows", assert: at_least, value: "${table.least}", message: "${table.name} has rows"}]
    tests: [{datasets: {"${table.name}_rows": [{a: "${table.name}"}]}, expect: ok}]
)y",
                                 "f.yaml");
  ASSERT_EQ(loaded.problems.size(), 1U) << "a mapping is no part of a name";
  EXPECT_EQ(loaded.problems[0].message,
            "f.yaml:2:3: placeholder \"${table}\" stands for a mapping, which cannot be written "
            "here");
  const Loaded good = LoadText(R"y(checkers:
  "${table.name}_filled":
    for_each: {table: [{name: sales.orders, least: 1.10}]}
    language: rule
    datasets: ["${table.name}_rows"]
    labels: {table: "${table.name}"}
    source: [{dataset: "${table.name}_rows", assert: at_least, value: "${table.least}", other: "${table.name}_rows", message: "${table.name} has rows"}]
    tests: [{datasets: {"${table.name}_rows": [{a: "${table.name}"}]}, expect: ok}]
)y",
                               "f.yaml");
  ASSERT_TRUE(good.problems.empty()) << good.problems[0].message;
  const CheckerDefinition& checker = good.definitions.checkers.at(0);
  EXPECT_EQ(checker.name, "default.sales_orders_filled");
  EXPECT_EQ(checker.datasets.at(0), "default.sales_orders_rows");
  EXPECT_EQ(checker.options.at(0).text, "{\"table\": \"sales.orders\"}");
  EXPECT_EQ(*checker.source,
            "[\n  {\"dataset\": \"sales_orders_rows\", \"assert\": \"at_least\", \"value\": 1.10, "
            "\"other\": \"sales_orders_rows\", \"message\": \"sales.orders has rows\"}\n]");
  EXPECT_EQ(checker.tests.at(0).datasets, R"({"sales_orders_rows": [{"a": "sales.orders"}]})");
}

TEST(ForEach, LeavesScriptsAndOtherDefinitionsAlone) {
  const Loaded loaded = LoadText(R"y(datasets: {d: {query: "SELECT '${x}' AS x"}}
checkers: {"${x}": {for_each: {x: [a]}, language: javascript, source: "log(`${x} ${y}`)"}}
)y",
                                 "f.yaml");
  ASSERT_TRUE(loaded.problems.empty()) << loaded.problems[0].message;
  EXPECT_EQ(loaded.definitions.datasets[0].query, "SELECT '${x}' AS x");
  EXPECT_EQ(loaded.definitions.checkers[0].source, "log(`${x} ${y}`)");
}

TEST(ForEach, NamesThePlaceholderThatIsWrong) {
  EXPECT_EQ(
      Read(R"y(datasets: {"${t}": {for_each: {t: [a]}, query: "SELECT ${column} FROM ${t}"}})y"),
      "f.yaml:1:48: placeholder \"${column}\" is not in for_each | Here are ${t}; a ${ that is "
      "meant as text is written $${.");
  EXPECT_EQ(Read(R"y(datasets: {"${t}": {for_each: {t: [a]}, query: "SELECT ${t:upper}"}})y"),
            "f.yaml:1:48: placeholder \"${t:upper}\" has an unknown form | Forms are text, name, "
            "identifier and literal.");
  EXPECT_EQ(
      Read(R"y(datasets: {"${t}": {for_each: {t: [a]}, query: "SELECT ${t"}})y"),
      "f.yaml:1:48: placeholder \"${t\" has no } | A ${ that is meant as text is written $${.");
}

TEST(ForEach, RefusesAnotherShape) {
  const std::string hint =
      " | It is a mapping from names to lists of values, or a list of mappings.";
  EXPECT_EQ(Read("datasets: {a: {for_each: {t: users}, query: x}}"),
            "f.yaml:1:30: for_each is not of the right shape" + hint);
  EXPECT_EQ(Read("datasets: {a: {for_each: [users], query: x}}"),
            "f.yaml:1:27: for_each is not of the right shape" + hint);
  EXPECT_EQ(Read("datasets: {a: {for_each: {t: []}, query: x}}"),
            "f.yaml:1:26: for_each has no values" + hint);
  EXPECT_EQ(Read("datasets: {a: {for_each: {t: [x, y]}, query: x}}"),
            "f.yaml:1:12: dataset \"default.a\" is defined twice | The first one is at "
            "f.yaml:1:12.");
}

}  // namespace
}  // namespace pg_checker::definitions
