/*
 * Reads dataset "numbers" (a bigint, b bigint) and fails if b is not 3 * a somewhere. Its message
 * is what all languages answer: the rows that break the rule, and the sum of b.
 */
#include "report.h"

CHECKER_EXPORT(check) void check(void) {
  int64_t broken = 0;
  int64_t sum = 0;
  struct checker_reader numbers;
  struct checker_column first, second;
  checker_open(&numbers, "numbers");
  checker_bind(&numbers, &first, "a", CHECKER_INT64);
  checker_bind(&numbers, &second, "b", CHECKER_INT64);
  while (checker_next(&numbers) > 0) {
    const int64_t* a = checker_int64_values(&first);
    const int64_t* b = checker_int64_values(&second);
    for (size_t row = 0; row < numbers.rows; row++) {
      const bool a_is_null = checker_is_null(&first, row);
      const bool b_is_null = checker_is_null(&second, row);
      if (!b_is_null) sum += b[row];
      broken += a_is_null || b_is_null ? a_is_null != b_is_null : a[row] * 3 != b[row];
    }
  }
  checker_close(&numbers);
  report(broken, sum);
}
