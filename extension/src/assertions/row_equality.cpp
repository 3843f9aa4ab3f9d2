#include "assertions/row_equality.hpp"

namespace pg_checker::assertions {

engine::Result<Assertion> AssertEqual(RowSource& source, std::string_view left,
                                      std::string_view right, std::string_view message) {
  auto comparison = source.Compare(left, right);
  if (!comparison) return comparison.error();
  Assertion assertion;
  const bool holds = comparison->comparable && comparison->differences == 0;
  assertion.outcome = holds ? Status::kOk : Status::kFail;
  assertion.message = std::string(message);
  assertion.expected = "the rows of \"" + std::string(right) + "\"";
  assertion.exact = true;
  if (!comparison->comparable) {
    assertion.actual = "other columns";
  } else if (holds) {
    assertion.actual = "the same " + std::to_string(comparison->left_rows) + " rows";
  } else {
    assertion.actual = std::to_string(comparison->differences) +
                       (comparison->differences == 1 ? " differing row (" : " differing rows (") +
                       std::to_string(comparison->left_rows) + " against " +
                       std::to_string(comparison->right_rows) + ")";
    assertion.sample = std::move(comparison->sample);
  }
  return assertion;
}

}  // namespace pg_checker::assertions
