// Every user has an e-mail: reads dataset @NAME@_rows (id bigint, email text).
import { assertTrue, Dataset } from "checker";

export function check(): void {
  const users = new Dataset("@NAME@_rows");
  const email = users.text("email");
  let missing = 0;
  while (users.next()) {
    for (let row = 0; row < users.rows; row++) {
      if (email.isNull(row)) missing++;
    }
  }
  users.close();
  assertTrue(missing == 0, "every user has an e-mail");
}
