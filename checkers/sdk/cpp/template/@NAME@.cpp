// Every user has an e-mail: reads dataset @NAME@_rows (id bigint, email text).
#include "checker.hpp"

CHECKER_EXPORT(check) void Check() {
  checker::Reader users("@NAME@_rows");
  const auto email = users.Bind<std::string_view>("email");
  int64_t missing = 0;
  for (const checker::Row row : users) missing += email.IsNull(row);
  checker::AssertTrue(missing == 0, "every user has an e-mail");
}
