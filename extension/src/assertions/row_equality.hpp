// assert_equal: two datasets hold the same rows, in any order.
#pragma once

#include "assertions/report.hpp"
#include "assertions/row_source.hpp"

namespace pg_checker::assertions {

// Decides it and returns the assertion to record; the sample shows the difference.
engine::Result<Assertion> AssertEqual(RowSource& source, std::string_view left,
                                      std::string_view right, std::string_view message);

}  // namespace pg_checker::assertions
