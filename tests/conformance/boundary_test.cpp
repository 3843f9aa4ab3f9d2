// Every instruction that the engine offers on the operands where implementations err, through the
// engine and through WABT's interpreter.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "boundary_table.hpp"
#include "comparison.hpp"

namespace pg_checker::conformance {
namespace {

constexpr std::chrono::seconds kInterpreterLimit{60};

const std::vector<BoundaryTable>& Tables() {
  static const std::vector<BoundaryTable> tables = AllBoundaryTables();
  return tables;
}

class BoundaryTables : public testing::TestWithParam<size_t> {};

TEST_P(BoundaryTables, AgreeWithTheInterpreter) {
  const Guest guest = Tables()[GetParam()].text().Assemble();
  NativeEngine engine(0);
  auto module = engine.Load(guest.wasm);
  ASSERT_TRUE(module.ok()) << module.error().message << " " << module.error().detail;
  const Verdict verdict = Compare(guest, engine.RecordCases(**module, guest.cases),
                                  Interpret(guest, kInterpreterLimit));
  EXPECT_EQ(verdict.difference, "");
  EXPECT_EQ(verdict.cut_short, "");
  EXPECT_EQ(verdict.cases, guest.cases);
  printf("%zu cases, %zu values, %zu traps\n", verdict.cases, verdict.values, verdict.traps);
}

std::string TestName(const testing::TestParamInfo<size_t>& info) {
  std::string name;
  bool capital = true;
  for (const char letter : Tables()[info.param].name()) {
    const bool plain = std::isalnum(static_cast<unsigned char>(letter)) != 0;
    if (plain) name += capital ? static_cast<char>(std::toupper(letter)) : letter;
    capital = !plain;
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, BoundaryTables, testing::Range(size_t{0}, Tables().size()), TestName);

TEST(BoundaryTableList, HasCasesForEveryInstruction) {
  std::set<std::string> without;
  for (const wabt::Opcode opcode : OfferedInstructions()) without.emplace(opcode.GetName());
  // 172 of the MVP, 5 sign extensions, 8 saturating conversions, 7 of bulk memory, 8 of references.
  EXPECT_EQ(without.size(), 200u) << "instructions; select with and without types is one";
  for (const BoundaryTable& table : Tables()) {
    for (const std::string& instruction : table.instructions()) without.erase(instruction);
  }
  EXPECT_EQ(without, std::set<std::string>()) << "instructions without a case";
}

}  // namespace
}  // namespace pg_checker::conformance
