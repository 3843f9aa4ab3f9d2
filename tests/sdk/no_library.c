/* A checker that needs the compiler only: no C library, no compiler runtime. */
#include "checker.h"

CHECKER_EXPORT(check) void check(void) {
  struct checker_reader users;
  struct checker_column email;
  checker_open(&users, "users");
  checker_bind(&users, &email, "email", CHECKER_TEXT);
  int64_t missing = 0;
  while (checker_next(&users) > 0) {
    for (size_t row = 0; row < users.rows; ++row) missing += checker_is_null(&email, row);
  }
  checker_close(&users);
  struct checker_message text;
  checker_message_begin(&text);
  checker_append_decimal(&text, missing, 0);
  checker_append(&text, " users have no e-mail");
  checker_assert_true(missing == 0, text.text);
}
