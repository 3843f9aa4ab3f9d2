/*
 * Reads dataset "texts" (email text) and fails if one has no @ with something on both sides. Its
 * message is what all languages answer: the rows that break the rule, and those without an e-mail.
 */
#include "nulls.h"
#include "report.h"

static int IsEmail(const char* text, int32_t length) {
  for (int32_t i = 1; i < length - 1; i++) {
    if (text[i] == '@') return 1;
  }
  return 0;
}

CHECKER_EXPORT(check) void Check(void) {
  int64_t broken = 0;
  int64_t missing = 0;
  const int32_t handle = checker_dataset_open("texts", 5);
  struct ArrowArray batch;
  for (uint32_t rows; (rows = checker_dataset_next(handle, &batch)) > 0;) {
    const struct ArrowArray* emails = batch.children[0];
    const int32_t* offsets = emails->buffers[1];
    const char* bytes = emails->buffers[2];
    for (uint32_t row = 0; row < rows; row++) {
      if (IsNull(emails, row)) {
        missing++;
      } else {
        broken += !IsEmail(bytes + offsets[row], offsets[row + 1] - offsets[row]);
      }
    }
  }
  checker_dataset_close(handle);
  Report(broken, missing);
}
