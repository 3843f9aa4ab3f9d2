// Tells the rows of its dataset "rows", as CSV, in the message of a success.
#include "checker.h"

CHECKER_ENTRY(check) void Check(void) {
  Rows rows;
  DatasetCsv(TEXT("rows"), &rows);
  Succeed(rows.data, rows.length);
}
