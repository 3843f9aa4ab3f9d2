// Amounts are distributed as before: their mean has moved by at most parameter "max_shift" (0.5) of
// the standard deviation that they had.
// Reads datasets amounts_before and amounts_now: amount double precision, nulls left out.
#include "checker.h"

struct moments {
  int64_t count;
  double mean;
  double squares;  // sum of the squared distances from the mean
};

// Welford's method: one pass, and no great numbers that cancel each other.
static struct moments measure(const char* dataset) {
  struct moments moments = {0, 0, 0};
  struct checker_reader amounts;
  struct checker_column amount;
  checker_open(&amounts, dataset);
  checker_bind(&amounts, &amount, "amount", CHECKER_DOUBLE);
  while (checker_next(&amounts) > 0) {
    const double* values = checker_double_values(&amount);
    for (size_t row = 0; row < amounts.rows; ++row) {
      if (checker_is_null(&amount, row)) continue;
      const double distance = values[row] - moments.mean;
      moments.mean += distance / (double)++moments.count;
      moments.squares += distance * (values[row] - moments.mean);
    }
  }
  checker_close(&amounts);
  return moments;
}

CHECKER_EXPORT(check) void check(void) {
  const double max_shift = checker_param_double("max_shift", 0.5);
  const struct moments before = measure("amounts_before");
  const struct moments now = measure("amounts_now");
  struct checker_message text;
  checker_message_begin(&text);
  checker_append_int64(&text, before.count);
  checker_append(&text, " amounts before, ");
  checker_append_int64(&text, now.count);
  checker_append(&text, " now");
  checker_log(CHECKER_INFO, text.text);
  if (before.count < 2 || now.count < 1) {
    checker_warn("there are too few amounts to compare");
    return;
  }
  const double shift = now.mean - before.mean;
  const double variance = before.squares / (double)(before.count - 1);
  checker_assert_true(shift * shift <= max_shift * max_shift * variance,
                      "amounts are distributed as before");
}
