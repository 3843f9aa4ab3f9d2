// Segments and start functions: what happens before a guest's entry is called.
#include <gtest/gtest.h>

#include <chrono>

#include "comparison.hpp"

namespace pg_checker::conformance {
namespace {

constexpr std::chrono::seconds kInterpreterLimit{60};

struct Beginning {
  const char* name;
  const char* memory;
  const char* fields;
  const char* start;
  End end;
};

constexpr Beginning kBeginnings[] = {
    {"DataUpToTheEdge", "1 1", R"((data (i32.const 65535) "a"))", "", End::kReturned},
    {"DataOverTheEdge", "1 1", R"((data (i32.const 65535) "ab"))", "", End::kOutOfBounds},
    {"DataBehindTheEdge", "1 1", R"((data (i32.const 65536) "a"))", "", End::kOutOfBounds},
    {"NoDataAtTheEdge", "1 1", R"((data (i32.const 65536) ""))", "", End::kReturned},
    {"NoDataBehindTheEdge", "1 1", R"((data (i32.const 65537) ""))", "", End::kOutOfBounds},
    {"DataAtTheLastAddress", "1 1", R"((data (i32.const -1) "a"))", "", End::kOutOfBounds},
    {"DataAtHalfOfAllAddresses", "1 1", R"((data (i32.const 0x80000000) "a"))", "",
     End::kOutOfBounds},
    {"DataWithoutPages", "0 1", R"((data (i32.const 0) "a"))", "", End::kOutOfBounds},
    {"NoDataWithoutPages", "0 1", R"((data (i32.const 0) ""))", "", End::kReturned},
    {"NoDataBehindNoPages", "0 1", R"((data (i32.const 1) ""))", "", End::kOutOfBounds},
    {"DataInOrder", "1 1", R"((data (i32.const 8) "abcd") (data (i32.const 10) "xyz"))", "",
     End::kReturned},
    {"PassiveDataLongerThanMemory", "0 0", R"((data "abcd"))", "", End::kReturned},
    {"MemoryWithoutMaximum", "1", R"((data (i32.const 65535) "a"))", "", End::kReturned},
    {"MemoryOfAllPagesAtMost", "1 65536", R"((data (i32.const 65535) "a"))", "", End::kReturned},
    {"ElementsUpToTheEdge", "1 1", "(table 2 funcref)(elem (i32.const 1) $x.i32)", "",
     End::kReturned},
    {"ElementsOverTheEdge", "1 1", "(table 2 funcref)(elem (i32.const 1) $x.i32 $x.i32)", "",
     End::kOutOfBounds},
    {"NoElementsAtTheEdge", "1 1", "(table 2 funcref)(elem (i32.const 2))", "", End::kReturned},
    {"NoElementsBehindTheEdge", "1 1", "(table 2 funcref)(elem (i32.const 3))", "",
     End::kOutOfBounds},
    {"ElementsAtTheLastIndex", "1 1", "(table 2 funcref)(elem (i32.const -1) $x.i32)", "",
     End::kOutOfBounds},
    {"ElementsInAnEmptyTable", "1 1", "(table 0 funcref)(elem (i32.const 0) $x.i32)", "",
     End::kOutOfBounds},
    {"ElementsOfTheSecondTable", "1 1",
     "(table 0 funcref)(table $t 1 externref)(elem (table $t) (i32.const 1) externref (ref.null "
     "extern))",
     "", End::kOutOfBounds},
    {"ElementsBeforeData", "1 1",
     R"((table 1 funcref)(elem (i32.const 1) $x.i32)(data (i32.const 65536) "a"))", "",
     End::kOutOfBounds},
    {"SegmentsWithoutTableOrUse", "1 1", "(elem funcref (ref.null func))(elem declare func $x.i32)",
     "", End::kReturned},
    {"StartSeesSegments", "1 1", R"((data (i32.const 0) "a"))",
     "(call $x.i32 (i32.load (i32.const 0)))(i32.store (i32.const 4) (i32.const 9))",
     End::kReturned},
    {"StartIsUnreachable", "1 1", "", "(call $x.i32 (i32.const 1))(unreachable)",
     End::kUnreachable},
    {"StartDividesByZero", "1 1", "(global $zero (mut i32) (i32.const 0))",
     "(call $x.i32 (i32.div_u (i32.const 1) (global.get $zero)))", End::kDivideByZero},
    {"StartReadsBehindMemory", "1 1", "", "(call $x.i32 (i32.load (i32.const 65533)))",
     End::kOutOfBounds},
    {"StartCallsNull", "1 1", "(table 1 funcref)", "(call_indirect (i32.const 0))",
     End::kIndirectCall},
    {"StartGrows", "1 2", "",
     "(call $x.i32 (memory.grow (i32.const 1)))(i32.store (i32.const 131068) (i32.const 1))",
     End::kReturned},
};

class Instantiation : public testing::TestWithParam<Beginning> {};

TEST_P(Instantiation, EndsAsInTheInterpreter) {
  GuestText text;
  text.SetMemory(GetParam().memory);
  text.Add(GetParam().fields);
  text.SetStart(GetParam().start);
  text.Add("(func $look (param i32) (call $x.i32 (memory.size)))");
  text.AddCases("$look", 1);
  const Guest guest = text.Assemble();
  NativeEngine engine(0);
  auto module = engine.Load(guest.wasm);
  ASSERT_TRUE(module.ok()) << module.error().message << " " << module.error().detail;
  const std::vector<Recording> native = engine.RecordCases(**module, guest.cases);
  const Verdict verdict = Compare(guest, native, Interpret(guest, kInterpreterLimit));
  EXPECT_EQ(verdict.difference, "");
  EXPECT_EQ(verdict.cut_short, "");
  ASSERT_EQ(native.size(), 1u);
  EXPECT_EQ(native.front().end, GetParam().end) << native.front().end_text;
}

INSTANTIATE_TEST_SUITE_P(All, Instantiation, testing::ValuesIn(kBeginnings),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace pg_checker::conformance
