// Every user has an e-mail: reads dataset @NAME@_rows (id bigint, email text).
#include "checker.h"

CHECKER_EXPORT(check) void check(void) {
  struct checker_reader users;
  struct checker_column email;
  checker_open(&users, "@NAME@_rows");
  checker_bind(&users, &email, "email", CHECKER_TEXT);
  int64_t missing = 0;
  while (checker_next(&users) > 0) {
    for (size_t row = 0; row < users.rows; ++row) missing += checker_is_null(&email, row);
  }
  checker_close(&users);
  checker_assert_true(missing == 0, "every user has an e-mail");
}
