// The reader of rules: what it accepts, where it finds fault, and what it makes of JSON. The cases
// are those that the JSON Schema is held against in tests/rules.
#include "assertions/rules/rule_reader.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "assertions/rules/tolerance.hpp"
#include "assertions/rules/vocabulary.hpp"

namespace pg_checker::assertions::rules {
namespace {

Rule ReadOne(const std::string& source) {
  auto rules = ReadRules(source);
  EXPECT_TRUE(rules) << source;
  return rules ? (*rules)[0] : Rule();
}

Fault FaultOf(const std::string& source) {
  auto rules = ReadRules(source);
  EXPECT_FALSE(rules) << source;
  return rules ? Fault() : rules.fault();
}

TEST(RuleReader, AcceptsAndRefusesAsTheTableOfCasesSays) {
  std::ifstream file(RULE_CASES);
  const auto cases = nlohmann::json::parse(file);
  ASSERT_GT(cases.size(), 100u);
  for (const auto& one : cases) {
    const std::string source = one["source"].dump();
    const auto rules = ReadRules(source);
    if (!one.contains("fault_at")) {
      EXPECT_TRUE(rules) << source << (rules ? "" : "\n" + rules.fault().message);
      continue;
    }
    ASSERT_FALSE(rules) << source;
    EXPECT_EQ(rules.fault().path, one["fault_at"].get<std::string>()) << source << "\n"
                                                                      << rules.fault().message;
    EXPECT_EQ(rules.fault().sqlstate, "22023") << source;
    EXPECT_FALSE(rules.fault().message.empty());
    EXPECT_LE(rules.fault().offset, source.size());
  }
}

TEST(RuleReader, FindsEachAssertByItsName) {
  for (const AssertFacts& facts : Asserts()) {
    ASSERT_NE(FindAssert(facts.name), nullptr);
    EXPECT_EQ(FindAssert(facts.name)->assertion, facts.assertion);
    EXPECT_EQ(FactsOf(facts.assertion).name, facts.name);
  }
}

TEST(RuleReader, SaysWhatIsAllowed) {
  const Fault key = FaultOf(R"([{"dataset": "d", "assert": "not_null", "colum": "c"}])");
  EXPECT_EQ(key.message, "unknown key \"colum\"");
  EXPECT_NE(key.hint.find("column"), std::string::npos);
  const Fault assertion = FaultOf(R"({"dataset": "d", "assert": "nonull"})");
  EXPECT_EQ(assertion.message, "unknown assert \"nonull\"");
  EXPECT_NE(assertion.hint.find("not_null"), std::string::npos);
}

TEST(RuleReader, CountsLinesAndColumnsInCharacters) {
  const std::string source = "[\n  {\"dataset\": \"é\", \"assert\": 1}\n]";
  const TextPosition position = PositionAt(source, FaultOf(source).offset);
  EXPECT_EQ(position.line, 2u);
  EXPECT_EQ(position.column, 30u);
}

TEST(RuleReader, RefusesWhatIsNoJson) {
  for (const char* source :
       {"", "[", "{\"a\" 1}", "[1,]", "01", "1.", "-", "nul", "\"a", "\"\\x\"", "\"\\ud800\"",
        "\"\\u0000\"", "\"\x01\"", "[1] 2", "{\"a\":1,\"a\":2}"}) {
    EXPECT_EQ(FaultOf(source).sqlstate, "22P02") << source;
  }
  std::string many = "[0";
  for (int i = 0; i < 500'000; i++) many += ",0";
  EXPECT_EQ(FaultOf(many + "]").message, "more than 500000 values");
  EXPECT_EQ(FaultOf(std::string(100, '[')).message, "more than 64 levels of arrays and objects");
}

TEST(RuleReader, KeepsNumbersAsTheyWereWritten) {
  const Rule rule = ReadOne(
      R"({"dataset": "d", "assert": "less_than", "value": 12345678901234567890.1234567890e-3})");
  EXPECT_EQ(rule.fail->operand->text, "12345678901234567890.1234567890e-3");
  EXPECT_EQ(ToJson(*rule.fail->operand), rule.fail->operand->text);
}

TEST(RuleReader, DecodesTexts) {
  const Rule rule =
      ReadOne(R"({"dataset": "d", "assert": "empty", "message": "\u00e9\ud83d\ude00\"\\\n"})");
  EXPECT_EQ(rule.message, "é😀\"\\\n");
}

TEST(RuleReader, WritesAMessageWhereThereIsNone) {
  EXPECT_EQ(ReadOne(R"({"dataset": "users", "assert": "not_null", "column": "email"})").message,
            "users: email is not null");
  EXPECT_EQ(ReadOne(R"({"dataset": "users", "assert": "less_than", "value": 42})").message,
            "users: row_count < 42");
}

TEST(RuleReader, OnlyWarnsWithoutAValue) {
  const Rule rule = ReadOne(R"({"dataset": "d", "assert": "less_than", "warn_value": 3})");
  EXPECT_FALSE(rule.fail);
  EXPECT_TRUE(rule.warn);
}

TEST(Tolerance, IsExact) {
  EXPECT_TRUE(Tolerates({"0", false}, 0, 10));
  EXPECT_FALSE(Tolerates({"0", false}, 1, 10));
  EXPECT_TRUE(Tolerates({"1.5", false}, 1, 10));
  EXPECT_FALSE(Tolerates({"1.5", false}, 2, 10));
  EXPECT_TRUE(Tolerates({"10", true}, 1, 10));
  EXPECT_FALSE(Tolerates({"9.999999", true}, 1, 10));
  EXPECT_TRUE(Tolerates({"0", true}, 0, 0));
  EXPECT_TRUE(Tolerates({"100", true}, UINT64_MAX, UINT64_MAX));
  EXPECT_FALSE(Tolerates({"99.999999", true}, UINT64_MAX, UINT64_MAX));
}

}  // namespace
}  // namespace pg_checker::assertions::rules
