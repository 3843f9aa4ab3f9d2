// Few users are without an e-mail: less than parameter "limit" (3), or twice as many on days off.
// The host counts the rows of dataset users_without_email; none of them comes here.
#include "checker.hpp"

CHECKER_EXPORT(check) void Check() {
  const auto limit = checker::ParamOr<int64_t>("limit", 3);
  checker::AssertLessThan("users_without_email", checker::BusinessDay() ? limit : 2 * limit,
                          "few users are without an e-mail");
}
