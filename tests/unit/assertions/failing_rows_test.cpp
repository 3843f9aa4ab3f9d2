#include "assertions/failing_rows.hpp"

#include <gtest/gtest.h>

namespace pg_checker::assertions {
namespace {

RowScan ScanOf(uint64_t rows, bool ended, std::optional<std::string> sample = std::nullopt) {
  RowScan scan;
  scan.rows = rows;
  scan.ended = ended;
  scan.sample = std::move(sample);
  return scan;
}

TEST(FailingRows, NoneIsASuccess) {
  const Assertion assertion = EachRowFails(ScanOf(0, true));
  EXPECT_EQ(assertion.outcome, Status::kOk);
  EXPECT_EQ(assertion.message, "the query returned no rows");
  EXPECT_EQ(assertion.actual, "0");
}

TEST(FailingRows, SaysHowMany) {
  EXPECT_EQ(EachRowFails(ScanOf(1, true)).message, "the query returned 1 row");
  EXPECT_EQ(EachRowFails(ScanOf(7, true)).message, "the query returned 7 rows");
  EXPECT_EQ(EachRowFails(ScanOf(7, false)).message, "the query returned at least 7 rows");
}

TEST(FailingRows, TakesTheMessageOfTheFirstRow) {
  const Assertion assertion =
      EachRowFails(ScanOf(2, true, R"([{"id":1,"message":"one"},{"id":2,"message":"two"}])"));
  EXPECT_EQ(assertion.outcome, Status::kFail);
  EXPECT_EQ(assertion.message, "one");
  EXPECT_TRUE(assertion.sample.has_value());
}

TEST(FailingRows, TakesNoMessageThatIsNoText) {
  for (const char* sample :
       {R"([{"message":3}])", R"([{"message":null}])", R"([{"text":"a"}])", "[]", "[1]"})
    EXPECT_EQ(EachRowFails(ScanOf(1, true, sample)).message, "the query returned 1 row") << sample;
}

TEST(FailingRows, CountAllInTheReport) {
  Report report(1);
  EXPECT_TRUE(report.Add(EachRowFails(ScanOf(57, true)), 57).ok());
  EXPECT_EQ(report.failures(), 57);
  EXPECT_EQ(report.assertions().size(), 1u);
}

}  // namespace
}  // namespace pg_checker::assertions
