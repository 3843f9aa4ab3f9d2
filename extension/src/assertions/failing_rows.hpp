// A query whose every row is a failure.
#pragma once

#include "assertions/report.hpp"
#include "assertions/row_source.hpp"

namespace pg_checker::assertions {

// The assertion to record for such a scan. A failure's message is the text in column "message" of
// the sample's first row, if there is one.
Assertion EachRowFails(RowScan scan);

}  // namespace pg_checker::assertions
