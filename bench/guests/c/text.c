/*
 * Reads dataset "texts" (email text) and fails if one has no @ with something on both sides. Its
 * message is what all languages answer: the rows that break the rule, and those without an e-mail.
 */
#include "report.h"

static bool is_email(struct checker_text text) {
  for (size_t i = 1; i + 1 < text.length; i++) {
    if (text.data[i] == '@') return true;
  }
  return false;
}

CHECKER_EXPORT(check) void check(void) {
  int64_t broken = 0;
  int64_t missing = 0;
  struct checker_reader texts;
  struct checker_column email;
  checker_open(&texts, "texts");
  checker_bind(&texts, &email, "email", CHECKER_TEXT);
  while (checker_next(&texts) > 0) {
    for (size_t row = 0; row < texts.rows; row++) {
      const struct checker_text text = checker_text_at(&email, row);
      if (text.data == NULL) {
        missing++;
      } else {
        broken += !is_email(text);
      }
    }
  }
  checker_close(&texts);
  report(broken, missing);
}
