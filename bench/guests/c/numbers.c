/*
 * Reads dataset "numbers" (a bigint, b bigint) and fails if b is not 3 * a somewhere. Its message
 * is what all languages answer: the rows that break the rule, and the sum of b.
 */
#include "nulls.h"
#include "report.h"

CHECKER_EXPORT(check) void Check(void) {
  int64_t broken = 0;
  int64_t sum = 0;
  const int32_t handle = checker_dataset_open("numbers", 7);
  struct ArrowArray batch;
  for (uint32_t rows; (rows = checker_dataset_next(handle, &batch)) > 0;) {
    const struct ArrowArray* first = batch.children[0];
    const struct ArrowArray* second = batch.children[1];
    const int64_t* a = first->buffers[1];
    const int64_t* b = second->buffers[1];
    for (uint32_t row = 0; row < rows; row++) {
      const int a_is_null = IsNull(first, row);
      const int b_is_null = IsNull(second, row);
      if (!b_is_null) sum += b[row];
      broken += a_is_null || b_is_null ? a_is_null != b_is_null : a[row] * 3 != b[row];
    }
  }
  checker_dataset_close(handle);
  Report(broken, sum);
}
