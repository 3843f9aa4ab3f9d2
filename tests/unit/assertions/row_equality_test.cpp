#include "assertions/row_equality.hpp"

#include <gtest/gtest.h>

#include "made_up_rows.hpp"

namespace pg_checker::assertions {
namespace {

Assertion Assert(const RowComparison& comparison) {
  MadeUpRows rows(0);
  rows.comparison = comparison;
  auto assertion = AssertEqual(rows, "a", "b", "message");
  EXPECT_EQ(rows.asked_for, "a and b");
  EXPECT_TRUE(assertion.ok());
  return *assertion;
}

TEST(RowEquality, HoldsWithoutDifferences) {
  RowComparison same;
  same.left_rows = same.right_rows = 4;
  const Assertion assertion = Assert(same);
  EXPECT_EQ(assertion.outcome, Status::kOk);
  EXPECT_EQ(assertion.expected, "the rows of \"b\"");
  EXPECT_EQ(assertion.actual, "the same 4 rows");
  EXPECT_FALSE(assertion.sample.has_value());
}

TEST(RowEquality, CountsAndShowsDifferences) {
  RowComparison different;
  different.left_rows = 4;
  different.right_rows = 5;
  different.differences = 3;
  different.sample = "[1]";
  const Assertion assertion = Assert(different);
  EXPECT_EQ(assertion.outcome, Status::kFail);
  EXPECT_EQ(assertion.actual, "3 differing rows (4 against 5)");
  EXPECT_EQ(assertion.sample, "[1]");
}

TEST(RowEquality, FailsOnOtherColumnsEvenWithoutRows) {
  RowComparison other;
  other.comparable = false;
  const Assertion assertion = Assert(other);
  EXPECT_EQ(assertion.outcome, Status::kFail);
  EXPECT_EQ(assertion.actual, "other columns");
}

TEST(RowEquality, PassesTheErrorOfADatasetOn) {
  MadeUpRows rows(0);
  rows.failure = engine::Error{engine::ErrorKind::kTimeout, "too late"};
  const auto assertion = AssertEqual(rows, "a", "b", "message");
  ASSERT_FALSE(assertion.ok());
  EXPECT_EQ(assertion.error().kind, engine::ErrorKind::kTimeout);
}

}  // namespace
}  // namespace pg_checker::assertions
