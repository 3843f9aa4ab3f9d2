// Functions of module `checker` that carry text to the host and bring a number back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.hpp"
#include "guest.hpp"
#include "probe.hpp"

namespace pg_checker::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr uint64_t kContent = Probe::kContent;

struct OutcomeFunction {
  const char* name;
  Outcome outcome;
};

class OutcomeCall : public testing::TestWithParam<OutcomeFunction> {};

TEST_P(OutcomeCall, RecordsTheMessage) {
  FakeHost host;
  Probe probe("checker", GetParam().name, "ii:");
  const Probe::Reply reply = probe.Call(host, {kContent, 11}, "caf\xC3\xA9 is out!");
  EXPECT_EQ(Describe(reply.report), "none");
  EXPECT_THAT(host.outcomes, ElementsAre(Pair(GetParam().outcome, "caf\xC3\xA9 is ou")));
}

INSTANTIATE_TEST_SUITE_P(All, OutcomeCall,
                         testing::Values(OutcomeFunction{"fail", Outcome::kFail},
                                         OutcomeFunction{"warn", Outcome::kWarn},
                                         OutcomeFunction{"succeed", Outcome::kSucceed},
                                         OutcomeFunction{"ok", Outcome::kSucceed}),
                         [](const auto& test) { return test.param.name; });

TEST(Fail, RefusesPointersOutsideOfMemory) {
  FakeHost host;
  Probe probe("checker", "fail", "ii:");
  EXPECT_EQ(Describe(probe.Call(host, {70000, 10}).report),
            "trap \"checker\".\"fail\": pointer 70000 + length 10 is outside of the guest's memory "
            "of 65536 bytes");
  for (const auto& [pointer, length] :
       std::vector<std::pair<uint64_t, uint64_t>>{{65536, 1},
                                                  {65535, 2},
                                                  {0, 65537},
                                                  {0xFFFFFFFF, 1},
                                                  {0xFFFFFFFF, 0xFFFFFFFF},
                                                  {1, 0xFFFFFFFF},
                                                  {65537, 0}}) {
    EXPECT_THAT(Describe(probe.Call(host, {pointer, length}).report), HasSubstr("is outside of"))
        << pointer << " " << length;
  }
  EXPECT_TRUE(host.outcomes.empty());
  EXPECT_EQ(Describe(probe.Call(host, {65536, 0}).report), "none");
  EXPECT_EQ(Describe(probe.Call(host, {65535, 1}).report), "none");
}

TEST(Fail, RefusesTextThatIsNotUtf8) {
  FakeHost host;
  Probe probe("checker", "fail", "ii:");
  EXPECT_THAT(
      Describe(probe.Call(host, {kContent, 5}, "ab\xED\xA0\x80").report),
      "trap \"checker\".\"fail\": text of 5 bytes at pointer 1024 is not valid UTF-8 (byte 2)");
  // The sequence is whole in memory, but not within the length.
  EXPECT_THAT(Describe(probe.Call(host, {kContent, 2}, "a\xC3\xA4").report),
              HasSubstr("not valid UTF-8"));
  EXPECT_TRUE(host.outcomes.empty());
}

TEST(Fail, ShowsNulAsReplacementCharacter) {
  FakeHost host;
  Probe probe("checker", "fail", "ii:");
  EXPECT_EQ(Describe(probe.Call(host, {kContent, 3}, std::string_view("a\0b", 3)).report), "none");
  EXPECT_THAT(host.outcomes, ElementsAre(Pair(Outcome::kFail,
                                              "a\xEF\xBF\xBD"
                                              "b")));
}

TEST(Fail, TellsThatNoMemoryIsExported) {
  FakeHost host;
  const auto guest =
      Guest(R"((module (import "checker" "fail" (func $fail (param i32 i32))) (memory 1)
    (func (export "check") (call $fail (i32.const 0) (i32.const 1)))))");
  EXPECT_EQ(Describe(RunGuest(*guest, host)),
            "trap \"checker\".\"fail\": the guest exports no memory");
}

TEST(Fail, ChecksLongTextPieceByPieceToTheEnd) {
  // Three megabytes, in which every boundary of pieces cuts a sequence of three bytes.
  FakeHost host;
  const auto guest = Guest(R"((module
    (import "checker" "fail" (func $fail (param i32 i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 60)
    (data (i32.const 0) "\00\01\00\00\00\00\36\00")
    (func (export "check")
      (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))
      (call $fail (i32.const 256) (i32.load (i32.const 16))))))");
  std::string text = "a";
  while (text.size() < 3'000'000) text += "\xE2\x82\xAC";
  RunOptions options = Options();
  options.input = text;
  EXPECT_EQ(Describe(RunGuest(*guest, host, options)), "none");
  ASSERT_EQ(host.outcomes.size(), 1u);
  EXPECT_EQ(host.outcomes[0].second, text);

  text.pop_back();
  options.input = text;
  EXPECT_THAT(Describe(RunGuest(*guest, host, options)),
              HasSubstr("not valid UTF-8 (byte 2999998)"));
}

TEST(Fail, PassesTheHostsErrorOn) {
  FakeHost host;
  host.on_record = [](std::string_view) {
    return Error{ErrorKind::kAssertionLimit, "more than 3 assertions", "A detail.", "A hint."};
  };
  Probe probe("checker", "fail", "ii:");
  const Probe::Reply reply = probe.Call(host, {kContent, 1}, "x");
  EXPECT_EQ(Describe(reply.report), "assertions more than 3 assertions (A detail.)");
  EXPECT_EQ(reply.report.error->hint, "A hint.");
}

TEST(AssertEmpty, AsksTheHostAndReturnsWhetherItHolds) {
  FakeHost host;
  for (const char* name : {"assert_empty", "assert_not_empty"}) {
    Probe probe("checker", name, "iiii:i");
    for (const bool holds : {true, false}) {
      host.holds = holds;
      const Probe::Reply reply = probe.Call(host, {kContent, 5, kContent + 5, 7}, "usersno rows");
      EXPECT_EQ(Describe(reply.report), "none");
      EXPECT_EQ(reply.results[0], holds ? 1u : 0u);
    }
    EXPECT_THAT(Describe(probe.Call(host, {70000, 1, kContent, 1}).report),
                HasSubstr("pointer 70000"));
    EXPECT_THAT(Describe(probe.Call(host, {kContent, 1, 80000, 1}).report),
                HasSubstr("pointer 80000"));
  }
  EXPECT_THAT(host.assertions, ElementsAre("empty|users|no rows", "empty|users|no rows",
                                           "not_empty|users|no rows", "not_empty|users|no rows"));
}

TEST(AssertRowCount, TakesOperatorsAndLimitsOf64Bits) {
  FakeHost host;
  Probe less("checker", "assert_less_than", "iiIii:i");
  Probe greater("checker", "assert_greater_than", "iiIii:i");
  Probe rows("checker", "assert_row_count", "iiiIii:i");
  const auto minus_one = static_cast<uint64_t>(-1);
  EXPECT_EQ(less.Call(host, {kContent, 1, 42, kContent + 1, 1}, "um").results[0], 1u);
  EXPECT_EQ(greater.Call(host, {kContent, 1, minus_one, kContent + 1, 1}, "um").results[0], 1u);
  EXPECT_EQ(rows.Call(host, {kContent, 1, 5, uint64_t{1} << 40, kContent + 1, 1}, "um").results[0],
            1u);
  EXPECT_THAT(host.assertions,
              ElementsAre("rows 2 42|u|m", "rows 4 -1|u|m", "rows 5 1099511627776|u|m"));
  EXPECT_EQ(Describe(rows.Call(host, {kContent, 1, 6, 1, kContent, 1}, "um").report),
            "trap \"checker\".\"assert_row_count\": operator 6 is not one of 0 to 5");
  EXPECT_THAT(Describe(rows.Call(host, {kContent, 1, 0xFFFFFFFF, 1, kContent, 1}, "um").report),
              HasSubstr("operator 4294967295"));
}

TEST(AssertEqual, TakesTwoDatasets) {
  FakeHost host;
  host.holds = false;
  Probe probe("checker", "assert_equal", "iiiiii:i");
  EXPECT_EQ(probe.Call(host, {kContent, 1, kContent + 1, 1, kContent + 2, 1}, "abm").results[0],
            0u);
  EXPECT_THAT(host.assertions, ElementsAre("equal a|b|m"));
  EXPECT_THAT(Describe(probe.Call(host, {0, 1, 0, 1, 65536, 1}).report),
              HasSubstr("pointer 65536"));
}

TEST(AssertTrue, PassesTheValueAndWhatIsExpected) {
  FakeHost host;
  Probe is_true("checker", "assert_true", "iii:i");
  Probe is_false("checker", "assert_false", "iii:i");
  is_true.Call(host, {2, kContent, 1}, "m");
  is_true.Call(host, {0, kContent, 1}, "m");
  is_false.Call(host, {0, kContent, 1}, "m");
  EXPECT_THAT(host.assertions, ElementsAre("true|true|m", "false|true|m", "false|false|m"));
}

TEST(Now, IsTheHostsMicroseconds) {
  FakeHost host;
  host.now = -5;
  Probe probe("checker", "now", ":I");
  EXPECT_EQ(static_cast<int64_t>(probe.Call(host, {}).results[0]), -5);
}

TEST(BusinessDay, IsTheHosts) {
  FakeHost host;
  Probe probe("checker", "business_day", ":i");
  EXPECT_EQ(probe.Call(host, {}).results[0], 1u);
  host.business_day = false;
  EXPECT_EQ(probe.Call(host, {}).results[0], 0u);
}

TEST(Log, KnowsFourLevels) {
  FakeHost host;
  Probe probe("checker", "log", "iii:");
  probe.Call(host, {0, kContent, 2}, "hi");
  probe.Call(host, {3, kContent, 2}, "hi");
  EXPECT_THAT(host.log, ElementsAre(Pair(LogLevel::kDebug, "hi"), Pair(LogLevel::kError, "hi")));
  EXPECT_EQ(Describe(probe.Call(host, {4, kContent, 2}, "hi").report),
            "trap \"checker\".\"log\": level 4 is not one of 0 to 3");
  EXPECT_THAT(Describe(probe.Call(host, {0, 0xFFFFFFF0, 32}).report), HasSubstr("is outside of"));
}

}  // namespace
}  // namespace pg_checker::engine
