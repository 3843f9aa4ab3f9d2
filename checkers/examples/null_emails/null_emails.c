// Few users are without an e-mail: less than parameter "limit" (3), or twice as many on days off.
// The host counts the rows of dataset users_without_email; none of them comes here.
#include "checker.h"

CHECKER_EXPORT(check) void check(void) {
  const int64_t limit = checker_param_int64("limit", 3);
  checker_assert_less_than("users_without_email", checker_business_day() ? limit : 2 * limit,
                           "few users are without an e-mail");
}
