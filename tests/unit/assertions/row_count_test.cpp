#include "assertions/row_count.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

#include "made_up_rows.hpp"

namespace pg_checker::assertions {
namespace {

using engine::RowCountOperator;

constexpr RowCountOperator kOperators[] = {RowCountOperator::kEqual,   RowCountOperator::kNotEqual,
                                           RowCountOperator::kLess,    RowCountOperator::kAtMost,
                                           RowCountOperator::kGreater, RowCountOperator::kAtLeast};
constexpr const char* kTexts[] = {"=", "<>", "<", "<=", ">", ">="};
constexpr int64_t kGreatest = std::numeric_limits<int64_t>::max();
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();

// The definition, on numbers wide enough for all.
bool Holds(RowCountOperator op, __int128 rows, __int128 limit) {
  const bool answers[] = {rows == limit, rows != limit, rows<limit, rows <= limit, rows> limit,
                          rows >= limit};
  return answers[static_cast<int>(op)];
}

Assertion Assert(MadeUpRows& rows, RowCountOperator op, int64_t limit, uint64_t count_limit = 0) {
  auto assertion = AssertRowCount(rows, "ds", op, limit, "message", count_limit);
  EXPECT_TRUE(assertion.ok());
  return *assertion;
}

TEST(RowCount, DecidesAsTheOperatorSaysWhateverIsRead) {
  for (RowCountOperator op : kOperators) {
    for (int64_t limit : {kLeast, kLeast + 1, int64_t{-2}, int64_t{-1}, int64_t{0}, int64_t{1},
                          int64_t{2}, int64_t{7}, kGreatest - 1, kGreatest}) {
      for (uint64_t rows : {0, 1, 2, 3, 6, 7, 8, 100}) {
        for (uint64_t count_limit : {0, 1, 7, 50, 1000}) {
          MadeUpRows source(rows);
          const Assertion assertion = Assert(source, op, limit, count_limit);
          EXPECT_EQ(assertion.outcome == Status::kOk, Holds(op, rows, limit))
              << rows << " " << kTexts[static_cast<int>(op)] << " " << limit << ", counting to "
              << count_limit;
          EXPECT_NE(assertion.outcome, Status::kWarn);
        }
      }
    }
  }
}

TEST(RowCount, TellsExactFiguresOnlyOfWhatEnded) {
  for (RowCountOperator op : kOperators) {
    for (int64_t limit : {-1, 0, 1, 5}) {
      for (uint64_t rows : {0, 1, 4, 5, 6, 20}) {
        MadeUpRows source(rows);
        const Assertion assertion = Assert(source, op, limit, 10);
        const uint64_t actual = std::stoull(*assertion.actual);
        EXPECT_LE(actual, rows);
        if (*assertion.exact) {
          EXPECT_EQ(actual, rows);
        }
      }
    }
  }
}

// Reading: how many rows of a million it takes.
struct Reading {
  RowCountOperator op;
  int64_t limit;
  uint64_t count_limit;
  uint64_t read;
};

class ReadsNoMoreThanDecides : public testing::TestWithParam<Reading> {};

TEST_P(ReadsNoMoreThanDecides, OfAMillionRows) {
  MadeUpRows source(1000000);
  Assert(source, GetParam().op, GetParam().limit, GetParam().count_limit);
  EXPECT_EQ(source.read, GetParam().read);
}

INSTANTIATE_TEST_SUITE_P(RowCount, ReadsNoMoreThanDecides,
                         testing::Values(
                             // What holds stops at the row that decides.
                             Reading{RowCountOperator::kGreater, 0, 10000, 1},
                             Reading{RowCountOperator::kGreater, 41, 10000, 42},
                             Reading{RowCountOperator::kAtLeast, 42, 10000, 42},
                             Reading{RowCountOperator::kAtLeast, 0, 10000, 0},
                             Reading{RowCountOperator::kNotEqual, 41, 10000, 42},
                             Reading{RowCountOperator::kGreater, -1, 10000, 0},
                             Reading{RowCountOperator::kNotEqual, -1, 10000, 0},
                             // What fails counts on to the limit, for the sake of the figure.
                             Reading{RowCountOperator::kEqual, 0, 10000, 10000},
                             Reading{RowCountOperator::kLess, 42, 10000, 10000},
                             Reading{RowCountOperator::kAtMost, 42, 100, 100},
                             Reading{RowCountOperator::kLess, -5, 10, 10},
                             // But never less than it needs to decide.
                             Reading{RowCountOperator::kLess, 42, 0, 42},
                             Reading{RowCountOperator::kAtMost, 42, 0, 43},
                             Reading{RowCountOperator::kEqual, 42, 0, 43},
                             Reading{RowCountOperator::kEqual, 0, 0, 1},
                             // And all of it where nothing less decides.
                             Reading{RowCountOperator::kLess, kGreatest, 10000, 1000000},
                             Reading{RowCountOperator::kEqual, 2000000, 10, 1000000}));

TEST(RowCount, TellsWhatWasExpectedAndFound) {
  for (int i = 0; i < 6; i++) {
    MadeUpRows source(3);
    const Assertion assertion = Assert(source, kOperators[i], -7);
    EXPECT_EQ(assertion.expected, std::string(kTexts[i]) + " -7");
    EXPECT_EQ(assertion.message, "message");
    EXPECT_EQ(source.asked_for, "ds");
  }
}

TEST(RowCount, KeepsASampleOfFailuresOnly) {
  MadeUpRows source(3);
  EXPECT_TRUE(Assert(source, RowCountOperator::kEqual, 0).sample.has_value());
  EXPECT_FALSE(Assert(source, RowCountOperator::kEqual, 3).sample.has_value());
}

TEST(RowCount, PassesTheErrorOfTheDatasetOn) {
  MadeUpRows source(3);
  source.failure = engine::Error{engine::ErrorKind::kDataset, "division by zero"};
  const auto assertion = AssertRowCount(source, "ds", RowCountOperator::kEqual, 0, "message", 10);
  ASSERT_FALSE(assertion.ok());
  EXPECT_EQ(assertion.error().message, "division by zero");
}

}  // namespace
}  // namespace pg_checker::assertions
