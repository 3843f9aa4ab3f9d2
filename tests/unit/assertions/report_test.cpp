#include "assertions/report.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace pg_checker::assertions {
namespace {

struct Outcome {
  Status status;
  const char* message;
};

Report ReportOf(const std::vector<Outcome>& outcomes) {
  Report report(100);
  for (const Outcome& outcome : outcomes) {
    Assertion assertion;
    assertion.outcome = outcome.status;
    assertion.message = outcome.message;
    EXPECT_TRUE(report.Add(std::move(assertion)).ok());
  }
  return report;
}

TEST(Report, OfNothingIsOkWithoutMessage) {
  const Report report(10);
  EXPECT_EQ(report.status(), Status::kOk);
  EXPECT_FALSE(report.message().has_value());
  EXPECT_EQ(report.failures(), 0);
  EXPECT_EQ(report.passes(), 0);
}

TEST(Report, TellsTheLastSuccess) {
  const Report report = ReportOf({{Status::kOk, "one"}, {Status::kOk, "two"}});
  EXPECT_EQ(report.status(), Status::kOk);
  EXPECT_EQ(report.message(), "two");
  EXPECT_EQ(report.passes(), 2);
}

TEST(Report, PrefersTheFirstWarningToSuccesses) {
  const Report report = ReportOf({{Status::kOk, "fine"},
                                  {Status::kWarn, "odd"},
                                  {Status::kWarn, "odder"},
                                  {Status::kOk, "x"}});
  EXPECT_EQ(report.status(), Status::kWarn);
  EXPECT_EQ(report.message(), "odd");
  EXPECT_EQ(report.failures(), 0);
  EXPECT_EQ(report.passes(), 2);
}

TEST(Report, PrefersTheFirstFailureToAll) {
  const Report report = ReportOf({{Status::kWarn, "odd"},
                                  {Status::kFail, "bad"},
                                  {Status::kOk, "fine"},
                                  {Status::kFail, "worse"}});
  EXPECT_EQ(report.status(), Status::kFail);
  EXPECT_EQ(report.message(), "bad");
  EXPECT_EQ(report.failures(), 2);
  EXPECT_EQ(report.passes(), 1);
}

TEST(Report, KeepsAllInOrder) {
  const Report report = ReportOf({{Status::kFail, "a"}, {Status::kOk, "b"}, {Status::kWarn, "c"}});
  ASSERT_EQ(report.assertions().size(), 3u);
  EXPECT_EQ(report.assertions()[0].message, "a");
  EXPECT_EQ(report.assertions()[2].message, "c");
}

TEST(Report, RefusesMoreThanItsLimit) {
  Report report(2);
  EXPECT_TRUE(report.Add({}).ok());
  EXPECT_TRUE(report.Add({}).ok());
  Assertion failure;
  failure.outcome = Status::kFail;
  const auto refused = report.Add(failure);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, engine::ErrorKind::kAssertionLimit);
  EXPECT_NE(refused.error().message.find("2"), std::string::npos);
  EXPECT_EQ(report.assertions().size(), 2u);
  EXPECT_EQ(report.failures(), 0);
  EXPECT_EQ(report.status(), Status::kOk);
}

TEST(Status, HasANameEach) {
  for (Status status :
       {Status::kOk, Status::kWarn, Status::kFail, Status::kNoData, Status::kError}) {
    EXPECT_EQ(StatusFromName(StatusName(status)), status);
  }
  EXPECT_EQ(StatusName(Status::kNoData), "no_data");
  EXPECT_FALSE(StatusFromName("OK").has_value());
  EXPECT_FALSE(StatusFromName("").has_value());
}

}  // namespace
}  // namespace pg_checker::assertions
