// Fails, whatever the data.
#include "checker.h"

CHECKER_ENTRY(check) void Check(void) { Fail(TEXT("always fails")); }
